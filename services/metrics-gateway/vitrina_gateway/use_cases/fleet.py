"""The present list of devices: one object that every answer is made from, replaced as a whole by each tick."""

from dataclasses import dataclass, field

from vitrina_contracts.device import DeviceKey

from vitrina_gateway.domain.device import DeviceState
from vitrina_gateway.domain.errors import NotReadyError
from vitrina_gateway.domain.index import Index
from vitrina_gateway.domain.judging import SourceHealth
from vitrina_gateway.domain.overview import RecentChanges
from vitrina_gateway.domain.selection import Selections


@dataclass(frozen=True)
class Snapshot:
    """`as_of`: the last instant at which Prometheus answered. `evaluated_at`: the last tick. Unix seconds."""

    number: int
    as_of: float
    evaluated_at: float
    answered: bool
    selections: Selections
    sources: list[SourceHealth]

    @property
    def index(self) -> Index:
        return self.selections.index


@dataclass
class Fleet:
    snapshot: Snapshot | None = None
    recent: RecentChanges = field(default_factory=RecentChanges)
    hidden: frozenset[str] = frozenset()
    """Sources that were deleted and whose series are being removed; empty until the registry has answered."""

    def find(self, key: DeviceKey) -> DeviceState | None:
        """The device as it is listed."""
        row = self.snapshot.index.find(key) if self.snapshot else None
        return row.state if row else None

    def present(self) -> Snapshot:
        """Raises `NotReadyError` rather than let anybody read an empty list as the truth."""
        if self.snapshot is None:
            raise NotReadyError
        return self.snapshot
