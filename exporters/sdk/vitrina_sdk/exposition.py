"""The document that Prometheus reads: device series joined from rendered chunks, then the exporter's own metrics."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest as own_text
from prometheus_client.openmetrics.exposition import generate_latest as own_openmetrics

from vitrina_sdk.clock import Clock
from vitrina_sdk.rendering import HEADERS
from vitrina_sdk.source_record import SourceRecord

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"
_OWN_RENDERERS: Final[dict[bool, Callable[[CollectorRegistry], bytes]]] = {True: own_openmetrics, False: own_text}
_BATCH: Final = 1 << 18
_GZIP: Final = 31
"""zlib's `wbits` for gzip framing."""


class Exposition:
    """Takes one instant of all boards. A compressed copy of the device part is kept until a device changes."""

    def __init__(self, records: Mapping[str, SourceRecord], registry: CollectorRegistry, clock: Clock) -> None:
        self._records = records
        self._registry = registry
        self._clock = clock
        self._parts: list[bytes] = []
        self._compressed: tuple[list[bytes], bytes, zlib._Compress] | None = None

    def take(self, *, openmetrics: bool) -> tuple[list[bytes], bytes]:
        """The device part in pieces, which nobody changes, and the exporter's own part."""
        own = _OWN_RENDERERS[openmetrics](self._registry)
        return self._device_parts(), own

    def compress(self, parts: list[bytes], own: bytes) -> bytes:
        """The whole document as gzip. May run in a thread: it reads and sets one reference only."""
        kept = self._compressed
        if kept is None or kept[0] is not parts:
            compressor = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
            body = b"".join([compressor.compress(part) for part in parts]) + compressor.flush(zlib.Z_SYNC_FLUSH)
            kept = (parts, body, compressor)
            self._compressed = kept
        # The kept compressor stays where the device part ends; a copy of it writes the rest and the checksum of all.
        rest = kept[2].copy()
        return kept[1] + rest.compress(own) + rest.flush()

    def _device_parts(self) -> list[bytes]:
        now = self._clock.monotonic()
        shown = [record.board.families(now) for record in self._records.values()]
        parts: list[bytes] = []
        for index, header in enumerate(HEADERS):
            family = [piece for families in shown for piece in families[index]]
            if any(family):
                parts.append(header)
                parts.extend(family)
        # The same pieces again: the same list, by which the compressed copy is known.
        if parts != self._parts:
            self._parts = parts
        return self._parts


def in_batches(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces joined to some `_BATCH` bytes each.

    All of them in one would take memory of its own at each scrape, and fetching that costs more than the copy.
    """
    batch: list[bytes] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += len(piece)
        if size >= _BATCH:
            yield b"".join(batch)
            batch, size = [], 0
    if size:
        yield b"".join(batch)


def wants_openmetrics(accept: str) -> bool:
    """Whether the caller prefers OpenMetrics to the text format, by the `Accept` header."""
    return _quality(accept, "application/openmetrics-text") > _quality(accept, "text/plain")


def _quality(accept: str, media_type: str) -> float:
    best = 0.0
    for item in accept.lower().split(","):
        name, _, parameters = item.strip().partition(";")
        if name.strip() == media_type:
            best = max(best, _q(parameters))
    return best


def _q(parameters: str) -> float:
    for parameter in parameters.split(";"):
        key, _, value = parameter.strip().partition("=")
        if key == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
