"""Rows in the order of one sort key, and where a page begins in it."""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import filterfalse
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


_OF_ROWS: Final = "name"
"""What the rows themselves stand in the order of, ties by identity, too."""
_MOST_INSERTED: Final = 1000
"""Rows; of more, sorting all again is quicker."""


class Order:
    """Rows by one sort key, ties by identity; rows without a value come last in either direction.

    Only positions are kept, four bytes each: a value is read from its row when a page begins in the middle.
    """

    def __init__(self, rows: Sequence[Row], key: str, positions: Iterable[int] | None = None) -> None:
        """Of all rows, or of some, whose positions ascend."""
        self._rows = rows
        self._key = key
        chosen = range(len(rows)) if positions is None else positions
        self._filled, self._empty = array("I"), array("I")
        if key == _OF_ROWS:
            self._filled.extend(chosen)
        else:
            self._sort(chosen)

    def _sort(self, positions: Iterable[int]) -> None:
        rows, value = self._rows, _VALUES[self._key]
        filled: list[tuple[SortValue, DeviceKey, int]] = []
        empty: list[tuple[DeviceKey, int]] = []
        for position in positions:
            row = rows[position]
            found = value(row)
            if found is None:
                empty.append((row.state.key, position))
            else:
                filled.append((found, row.state.key, position))
        filled.sort()
        empty.sort()
        self._filled.extend([position for _, _, position in filled])
        self._empty.extend([position for _, position in empty])

    def walk(self, *, descending: bool, after: Place | None) -> Iterator[int]:
        """Positions in this order; with `after`, from behind where the row of this value and key stands or stood."""
        filled, empty = self._filled, self._empty
        if after is not None and after[0] is None:
            yield from empty[bisect_right(empty, after[1], key=self._identity) :]
            return
        if descending:
            end = len(filled) if after is None else bisect_left(filled, after, key=self._place)
            yield from (filled[at] for at in range(end - 1, -1, -1))
        else:
            start = 0 if after is None else bisect_right(filled, after, key=self._place)
            yield from (filled[at] for at in range(start, len(filled)))
        yield from empty

    def after_change(self, rows: Sequence[Row], changed: Sequence[int]) -> "Order | None":
        """The order of rows that differ from these at the changed positions alone; None: make it anew when asked."""
        value = _VALUES[self._key]
        moved = [position for position in changed if value(self._rows[position]) != value(rows[position])]
        if len(moved) > _MOST_INSERTED:
            return None
        order = Order(rows, self._key, ())
        has_moved = frozenset(moved).__contains__
        order._filled = array("I", filterfalse(has_moved, self._filled)) if moved else self._filled
        order._empty = array("I", filterfalse(has_moved, self._empty)) if moved else self._empty
        for position in moved:
            if value(rows[position]) is None:
                insort(order._empty, position, key=order._identity)
            else:
                insort(order._filled, position, key=order._place)
        return order

    def _place(self, position: int) -> Place:
        row = self._rows[position]
        return (_VALUES[self._key](row), row.state.key)

    def _identity(self, position: int) -> DeviceKey:
        return self._rows[position].state.key
