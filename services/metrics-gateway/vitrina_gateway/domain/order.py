"""Rows in the order of one sort key, and where a page begins in it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from vitrina_contracts.device import DeviceKey, Status

from vitrina_gateway.domain.device import DeviceState
from vitrina_gateway.domain.folding import fold_for_order
from vitrina_gateway.domain.row import Row

SortValue = str | float | None
Place = tuple[SortValue, DeviceKey]
"""Where a row stands in an order."""

_SEVERITY: Final = {Status.OFFLINE: 0, Status.UNKNOWN: 1, Status.ONLINE: 2}
_LONGER_THAN_TIME: Final = 1e11
"""More Unix seconds than any device will be in a status for."""


def _urgency(state: DeviceState) -> float:
    """Dark devices first, then unknown ones, the newest first within each; a number, so that cursors stay plain."""
    return _SEVERITY[state.status] * _LONGER_THAN_TIME - state.status_since


def _folded(text: str | None) -> str | None:
    return None if text is None else fold_for_order(text)


def _flag(value: bool | None) -> float | None:  # noqa: FBT001 - a plain value
    return None if value is None else float(value)


_TEXTS: Final[dict[str, Callable[[Row], str | None]]] = {
    "name": lambda row: row.name,
    "platform": lambda row: row.state.platform,
    "source": lambda row: row.state.source,
    "device_id": lambda row: row.state.device_id,
    "cause": lambda row: None if row.state.cause is None else row.state.cause.value,
    "site": lambda row: _folded(row.state.local.site),
    "city": lambda row: _folded(row.state.local.city),
    "vendor_state": lambda row: _folded(row.state.facts.vendor_state),
    "playback": lambda row: row.state.facts.playback.value,
    "player_version": lambda row: row.state.facts.player_version,
    "ip": lambda row: row.state.facts.ip,
    "external_ip": lambda row: row.state.facts.external_ip,
    "time_zone": lambda row: row.state.time_zone,
}
_NUMBERS: Final[dict[str, Callable[[Row], float | None]]] = {
    "status": lambda row: _urgency(row.state),
    "status_since": lambda row: row.state.status_since,
    "last_seen": lambda row: row.state.last_seen,
    "observed_at": lambda row: row.state.observed_at,
    "activated": lambda row: _flag(row.state.facts.activated),
}
_VALUES: Final[dict[str, Callable[[Row], SortValue]]] = {**_TEXTS, **_NUMBERS}
SORT_KEYS: Final = tuple(_VALUES)


def sort_value(row: Row, key: str) -> SortValue:
    return _VALUES[key](row)


def is_numeric(key: str) -> bool:
    return key in _NUMBERS


_LAST: Final = 1 << 62
"""Behind every position."""


class Order:
    """Rows by one sort key, ties by identity; rows without a value come last in either direction."""

    def __init__(self, rows: Sequence[Row], key: str) -> None:
        self._key = key
        self._filled: list[tuple[SortValue, DeviceKey, int]] = []
        self._empty: list[tuple[DeviceKey, int]] = []
        self._take(rows, range(len(rows)))

    @classmethod
    def of(cls, rows: Sequence[Row], positions: Iterable[int], key: str) -> "Order":
        """Of some of the rows."""
        order = cls((), key)
        order._take(rows, positions)
        return order

    def walk(self, *, descending: bool, after: Place | None) -> Iterator[int]:
        """Positions in this order; with `after`, from behind where the row of this value and key stands or stood."""
        if after is not None and after[0] is None:
            yield from (position for _, position in self._empty[bisect_right(self._empty, (after[1], _LAST)) :])
            return
        if descending:
            end = len(self._filled) if after is None else bisect_left(self._filled, after)
            yield from (self._filled[at][2] for at in range(end - 1, -1, -1))
        else:
            start = 0 if after is None else bisect_right(self._filled, (*after, _LAST))
            yield from (self._filled[at][2] for at in range(start, len(self._filled)))
        yield from (position for _, position in self._empty)

    def after_change(self, before: Sequence[Row], rows: Sequence[Row], changed: Sequence[int]) -> "Order":
        """The order of rows that differ from those before at the changed positions alone."""
        value = _VALUES[self._key]
        moved = [position for position in changed if value(before[position]) != value(rows[position])]
        if not moved:
            return self
        gone = frozenset(moved)
        order = Order((), self._key)
        order._filled = [entry for entry in self._filled if entry[2] not in gone]
        order._empty = [entry for entry in self._empty if entry[1] not in gone]
        order._take(rows, moved)
        return order

    def _take(self, rows: Sequence[Row], positions: Iterable[int]) -> None:
        """Sorting finds what is in order already, so a few more rows cost little."""
        value = _VALUES[self._key]
        filled, empty = [], []
        for position in positions:
            row = rows[position]
            found = value(row)
            if found is None:
                empty.append((row.state.key, position))
            else:
                filled.append((found, row.state.key, position))
        self._filled += sorted(filled)
        self._filled.sort()
        self._empty += sorted(empty)
        self._empty.sort()
