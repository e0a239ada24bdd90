"""How much Prometheus has stored, how it grows, and when its limit is reached. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

HEAD_SERIES: Final = "prometheus_tsdb_head_series"
LIMIT_BYTES: Final = "prometheus_tsdb_retention_limit_bytes"
OLDEST: Final = "prometheus_tsdb_lowest_timestamp_seconds"
BLOCKS_BYTES: Final = "prometheus_tsdb_storage_blocks_bytes"
ON_DISK: Final = (
    BLOCKS_BYTES,
    "prometheus_tsdb_wal_storage_size_bytes",
    "prometheus_tsdb_head_chunks_storage_size_bytes",
)
FIGURES: Final = (HEAD_SERIES, LIMIT_BYTES, OLDEST, *ON_DISK)


@dataclass(frozen=True)
class Storage:
    """None: Prometheus does not tell. `growth` in bytes a day; `limit` None also when there is none."""

    series: int | None
    size: int | None
    limit: int | None
    growth: float | None
    oldest: float | None
    """Unix seconds of the oldest sample."""

    @property
    def days_left(self) -> float | None:
        """Until the limit is reached and the oldest samples are dropped for it."""
        if self.size is None or self.limit is None or self.growth is None or self.growth <= 0:
            return None
        return max(0.0, (self.limit - self.size) / self.growth)


def storage_of(figures: Mapping[str, float], growth: float | None) -> Storage:
    """`figures` by the names of Prometheus' own metrics."""
    size = [figures[name] for name in ON_DISK if name in figures]
    return Storage(
        series=_whole(figures.get(HEAD_SERIES)),
        size=_whole(sum(size)) if size else None,
        limit=_whole(figures.get(LIMIT_BYTES)) or None,
        growth=growth,
        oldest=figures.get(OLDEST),
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
