"""All devices of one instant, indexed for questions; never changed after it is made.

Rows stand in the order of names. A set of rows is an integer with a bit for each (`Mask`): filters are `&`, counts are
`bit_count`, which costs microseconds for a hundred thousand rows. Everything that depends on the rows is made when
first asked for and kept; a new index takes over from the one before what did not change, rendered rows above all.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec
from vitrina_contracts.device import DeviceKey, Status

from vitrina_gateway.domain.device import DeviceState, Facts, render_head, render_tail, same_but_for_times
from vitrina_gateway.domain.scope import Scope

Mask = int
SortValue = str | float | None

_SEARCHES_KEPT: Final = 64


class Row(msgspec.Struct, gc=False):
    """`text` is what a search looks through, `name` what names sort by; both folded.

    `head` is rendered when it is first asked for: most rows change more often than anybody looks at them.
    """

    state: DeviceState
    name: str
    text: str
    head: bytes | None = None


class RowChange(msgspec.Struct, frozen=True, gc=False):
    """`noticeable`: more than the times of the last contact changed."""

    row: Row
    noticeable: bool


_SEVERITY: Final = {Status.OFFLINE: 0, Status.UNKNOWN: 1, Status.ONLINE: 2}
_LONGER_THAN_TIME: Final = 1e11
"""More Unix seconds than any device will be in a status for."""


def _urgency(state: DeviceState) -> float:
    """Dark devices first, then unknown ones, the newest first within each; a number, so that cursors stay plain."""
    return _SEVERITY[state.status] * _LONGER_THAN_TIME - state.status_since


_SORT_VALUES: Final[dict[str, Callable[[Row], SortValue]]] = {
    "name": lambda row: row.name,
    "status": lambda row: _urgency(row.state),
    "status_since": lambda row: row.state.status_since,
    "last_seen": lambda row: row.state.last_seen,
    "platform": lambda row: row.state.platform,
    "source": lambda row: row.state.source,
    "device_id": lambda row: row.state.device_id,
}
SORT_KEYS: Final = tuple(_SORT_VALUES)


def fold(text: str) -> str:
    """For comparing as people do: case, compatibility forms and the dots of the letter yo make no difference."""
    return unicodedata.normalize("NFKC", text).casefold().replace("\u0451", "\u0435").replace("\n", " ")


class Order:
    """Rows by one sort key, ties by identity; rows without a value come last in either direction."""

    def __init__(self, rows: list[Row], value: Callable[[Row], SortValue]) -> None:
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


class Index:
    """Make one with `build`."""

    def __init__(self, rows: list[Row], positions: dict[DeviceKey, int], before: "Index | None" = None) -> None:
        self.rows = rows
        self._positions = positions
        self._orders: dict[str, Order] = {}
        self._searches: OrderedDict[str, Mask] = OrderedDict()
        self._haystack: tuple[str, list[int]] | None = None
        self._by_status: dict[str, Mask] | None = None
        self._by_cause: dict[str, Mask] | None = None
        self._tails: dict[float | None, bytes] = {}
        self._by_platform: dict[str, Mask] | None = before._by_platform if before else None  # noqa: SLF001 - own class
        self._by_source: dict[str, Mask] | None = before._by_source if before else None  # noqa: SLF001 - own class

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, key: object) -> bool:
        return key in self._positions

    def find(self, key: DeviceKey) -> Row | None:
        position = self._positions.get(key)
        return None if position is None else self.rows[position]

    def json_of(self, row: Row) -> bytes:
        """The device as the contract's JSON."""
        if row.head is None:
            row.head = render_head(row.state)
        return row.head + self._tail(row.state.observed_at)

    @property
    def by_status(self) -> Mapping[str, Mask]:
        if self._by_status is None:
            self._by_status = self._masks(lambda row: row.state.status.value)
        return self._by_status

    @property
    def by_cause(self) -> Mapping[str, Mask]:
        if self._by_cause is None:
            self._by_cause = self._masks(lambda row: None if row.state.cause is None else row.state.cause.value)
        return self._by_cause

    @property
    def by_platform(self) -> Mapping[str, Mask]:
        if self._by_platform is None:
            self._by_platform = self._masks(lambda row: row.state.platform)
        return self._by_platform

    @property
    def by_source(self) -> Mapping[str, Mask]:
        if self._by_source is None:
            self._by_source = self._masks(lambda row: row.state.source)
        return self._by_source

    def visible(self, scope: Scope) -> Mask:
        if scope.sources is None:
            return (1 << len(self.rows)) - 1
        return union(self.by_source.get(source, 0) for source in scope.sources)

    def search(self, text: str) -> Mask:
        """Rows that hold every word of the text somewhere."""
        mask = (1 << len(self.rows)) - 1
        for word in fold(text).split():
            mask &= self._containing(word)
        return mask

    def order(self, key: str) -> Order:
        if key not in self._orders:
            self._orders[key] = Order(self.rows, _SORT_VALUES[key])
        return self._orders[key]

    def _containing(self, word: str) -> Mask:
        found = self._searches.get(word)
        if found is None:
            found = self._searches[word] = mask_of(self._occurrences(word), len(self.rows))
            if len(self._searches) > _SEARCHES_KEPT:
                self._searches.popitem(last=False)
        return found

    def _occurrences(self, word: str) -> Iterator[int]:
        if self._haystack is None:
            self._haystack = _haystack(self.rows)
        text, starts = self._haystack
        at = text.find(word)
        while at >= 0:
            position = bisect_right(starts, at) - 1
            yield position
            if position + 1 == len(starts):
                return
            at = text.find(word, starts[position + 1])

    def _masks(self, value: Callable[[Row], str | None]) -> dict[str, Mask]:
        members: dict[str, list[int]] = {}
        for position, row in enumerate(self.rows):
            found = value(row)
            if found is not None:
                members.setdefault(found, []).append(position)
        return {found: mask_of(positions, len(self.rows)) for found, positions in members.items()}

    def _tail(self, observed_at: float | None) -> bytes:
        tail = self._tails.get(observed_at)
        if tail is None:
            tail = self._tails[observed_at] = render_tail(observed_at)
        return tail


def sort_value(row: Row, key: str) -> SortValue:
    return _SORT_VALUES[key](row)


def mask_of(positions: Iterable[int], size: int) -> Mask:
    bits = bytearray((size + 7) // 8)
    for position in positions:
        bits[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(bits, "little")


def union(masks: Iterable[Mask]) -> Mask:
    result = 0
    for mask in masks:
        result |= mask
    return result


def build(before: Index | None, devices: Iterable[DeviceState]) -> tuple[Index, list[RowChange]]:
    """The index of these devices, and the rows that are new or read differently from before (removed ones not told)."""
    changes: list[RowChange] = []
    rows = [_row(before.find(state.key) if before else None, state, changes) for state in devices]
    if before is not None and _same_order(before, rows):
        ordered = list(before.rows)
        for row in rows:
            ordered[before._positions[row.state.key]] = row  # noqa: SLF001 - the module's own class
        return Index(ordered, before._positions, before), changes  # noqa: SLF001 - the module's own class
    rows.sort(key=lambda row: (row.name, row.state.key))
    return Index(rows, {row.state.key: position for position, row in enumerate(rows)}), changes


def _same_order(before: Index, rows: list[Row]) -> bool:
    if len(before) != len(rows):
        return False
    found = (before.find(row.state.key) for row in rows)
    return all(old is not None and old.name == row.name for old, row in zip(found, rows, strict=True))


def _row(before: Row | None, state: DeviceState, changes: list[RowChange]) -> Row:
    if before is None:
        row = Row(state, fold(state.facts.name), _text(state, state.facts))
        changes.append(RowChange(row, noticeable=True))
        return row
    if before.state is state:
        return before
    same = same_but_for_times(before.state, state)
    if same and before.state.last_seen == state.last_seen:
        return Row(state, before.name, before.text, before.head)
    if before.state.facts is state.facts:
        row = Row(state, before.name, before.text)
    else:
        row = Row(state, fold(state.facts.name), _text(state, state.facts))
    changes.append(RowChange(row, noticeable=not same))
    return row


def _text(state: DeviceState, facts: Facts) -> str:
    parts = (facts.name, state.device_id, state.source, facts.ip, facts.external_ip)
    return fold(" ".join(part for part in parts if part))


def _haystack(rows: list[Row]) -> tuple[str, list[int]]:
    """All texts in one string, a line each (so that no word matches across two), and where each begins."""
    starts = []
    at = 0
    for row in rows:
        starts.append(at)
        at += len(row.text) + 1
    return "\n".join(row.text for row in rows), starts
