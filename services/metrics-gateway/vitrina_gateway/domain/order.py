"""Rows in the order of one sort key, and where a page begins in it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from vitrina_contracts.device import DeviceKey, Status

from vitrina_gateway.domain.device import DeviceState
from vitrina_gateway.domain.folding import fold_for_order
from vitrina_gateway.domain.row import Row

SortValue = str | float | None

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


class Order:
    """Rows by one sort key, ties by identity; rows without a value come last in either direction."""

    def __init__(self, rows: Sequence[Row], key: str) -> None:
        value = _VALUES[key]
        present = [(value(row), row.state.key, position) for position, row in enumerate(rows)]
        filled = sorted(item for item in present if item[0] is not None)
        empty = sorted((key, position) for found, key, position in present if found is None)
        self._marks: list[tuple[SortValue, DeviceKey]] = [(found, key) for found, key, _ in filled]
        self._positions = [position for _, _, position in filled]
        self._empty_keys = [key for key, _ in empty]
        self._empty_positions = [position for _, position in empty]

    def walk(self, *, descending: bool, after: tuple[SortValue, DeviceKey] | None) -> Iterator[int]:
        """Positions in this order; with `after`, from behind where the row of this value and key stands or stood."""
        if after is not None and after[0] is None:
            yield from self._empty_positions[bisect_right(self._empty_keys, after[1]) :]
            return
        if descending:
            end = len(self._marks) if after is None else bisect_left(self._marks, after)
            yield from reversed(self._positions[:end])
        else:
            start = 0 if after is None else bisect_right(self._marks, after)
            yield from self._positions[start:]
        yield from self._empty_positions
