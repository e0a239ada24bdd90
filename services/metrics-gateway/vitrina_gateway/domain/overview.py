"""Counts for the first page. Their cost grows with the number of sources, not of devices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from vitrina_contracts.device import Cause, DeviceKey, Status

from vitrina_gateway.domain.index import Index
from vitrina_gateway.domain.judging import SourceHealth
from vitrina_gateway.domain.kinds import NO_WORK
from vitrina_gateway.domain.masks import Mask, union
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.domain.snapshot import StatusChange

_RECENT_OF_A_SOURCE = 20


@dataclass(frozen=True)
class Counts:
    online: int = 0
    offline: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        return self.online + self.offline + self.unknown


@dataclass(frozen=True)
class SourceCounts:
    health: SourceHealth
    counts: Counts


class Change(msgspec.Struct, frozen=True):
    """A status change of the near past; `removed`: the device left the list. `at` in Unix seconds."""

    key: DeviceKey
    name: str
    previous: Status | None
    status: Status
    cause: Cause | None
    at: float
    removed: bool = False


@dataclass
class RecentChanges:
    """The newest changes of each source, so that a busy source does not push another's out."""

    by_source: dict[str, list[Change]] = field(default_factory=dict)

    def add(self, changes: Iterable[Change]) -> None:
        for change in changes:
            kept = self.by_source.setdefault(change.key[1], [])
            kept.append(change)
            del kept[:-_RECENT_OF_A_SOURCE]

    def seen_by(self, scope: Scope, limit: int) -> list[Change]:
        """Newest first."""
        visible = [change for source, changes in self.by_source.items() if scope.sees(source) for change in changes]
        return sorted(visible, key=lambda change: change.at, reverse=True)[:limit]


def recent_of(changes: Iterable[StatusChange], at: float) -> list[Change]:
    """Changes worth showing: a device seen for the first time has not changed."""
    found = []
    for change in changes:
        device = change.after or change.before
        if device is not None and change.before is not None:
            removed = change.after is None
            found.append(
                Change(device.key, device.facts.name, change.before.status, device.status, device.cause, at, removed)
            )
    return found


def count(index: Index, mask: Mask) -> Counts:
    return Counts(*((index.by_status.get(status.value, 0) & mask).bit_count() for status in Status))


def in_work(index: Index) -> Mask:
    """Devices of which somebody takes care."""
    return union(mask for kind, mask in index.masks("work").items() if kind != NO_WORK)


def count_sources(index: Index, sources: Sequence[SourceHealth], scope: Scope) -> list[SourceCounts]:
    return [
        SourceCounts(health, count(index, index.by_source.get(health.known.source, 0)))
        for health in sources
        if scope.sees(health.known.source)
    ]


def count_causes(index: Index, mask: Mask) -> dict[str, int]:
    """Most frequent first."""
    counts = {cause: (members & mask).bit_count() for cause, members in index.masks("cause").items()}
    return dict(sorted(((cause, n) for cause, n in counts.items() if n), key=lambda item: -item[1]))
