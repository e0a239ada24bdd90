"""All devices of one instant, indexed for questions; never changed after it is made.

Rows stand in the order of names. Everything that depends on the rows is made when first asked for and kept; a new index
takes over from the one before what did not change, rendered rows above all. A new one is made in a thread of its own
while questions are put to the one before, so what those may add to is copied before it is walked through.
"""

from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Final

from vitrina_contracts.device import DeviceKey

from vitrina_gateway.domain.device import DeviceState, render_head, render_tail
from vitrina_gateway.domain.folding import readings
from vitrina_gateway.domain.kinds import FIXED, LARGEST_FACET, NARROW, WIDE
from vitrina_gateway.domain.masks import Mask, mask_of, positions, selectors, union
from vitrina_gateway.domain.order import Order
from vitrina_gateway.domain.row import Row, RowChange, next_row
from vitrina_gateway.domain.scope import Scope

_SEARCHES_KEPT: Final = 64
_COUNTS_KEPT: Final = 64
_FEW: Final = 2000
"""Rows."""
_MOST_REPAIRED: Final = 20_000
"""Changed rows."""


class Index:
    """Make one with `build`."""

    def __init__(self, rows: list[Row], places: dict[DeviceKey, int]) -> None:
        self.rows = rows
        self.places: Final = places
        self._orders: dict[str, Order] = {}
        self._inherited: dict[str, Order] = {}
        self._searches: OrderedDict[str, Mask] = OrderedDict()
        self._haystack: tuple[str, list[int]] | None = None
        self._masks: dict[str, dict[str, Mask]] = {}
        self._columns: dict[str, list[str | None]] = {}
        self._counts: OrderedDict[tuple[str, Mask], dict[str, int]] = OrderedDict()
        """Of wide kinds."""
        self._tails: dict[float | None, bytes] = {}

    def followed_by(self, rows: list[Row], changed: Sequence[int]) -> "Index":
        """An index of rows in the same places, of which those at the changed positions read differently.

        It takes over whatever these do not touch, and repairs the rest, unless that would take longer than making it.
        """
        index = Index(rows, self.places)
        few = len(changed) <= _MOST_REPAIRED
        index._masks = {
            kind: masks if kind in FIXED else self._repaired(kind, masks, rows, changed)
            for kind, masks in list(self._masks.items())
            if few or kind in FIXED
        }
        if not few:
            return index
        orders = {**self._inherited, **self._orders} if not changed else dict(self._orders)
        repaired = {key: order.after_change(rows, changed) for key, order in orders.items() if key != "observed_at"}
        index._inherited = {key: order for key, order in repaired.items() if order is not None}
        if all(self.rows[position].text == rows[position].text for position in changed):
            index._haystack, index._searches = self._haystack, self._searches.copy()
        if all(self.rows[position].state.local is rows[position].state.local for position in changed):
            index._columns, index._counts = self._columns.copy(), self._counts.copy()
        return index

    def _repaired(self, kind: str, masks: dict[str, Mask], rows: list[Row], changed: Sequence[int]) -> dict[str, Mask]:
        value = NARROW[kind]
        flips: dict[str, list[int]] = {}
        for position in changed:
            before, after = value(self.rows[position].state), value(rows[position].state)
            if before != after:
                for each in (before, after):
                    if each is not None:
                        flips.setdefault(each, []).append(position)
        repaired = dict(masks)
        for each, flipped in flips.items():
            repaired[each] = masks.get(each, 0) ^ mask_of(flipped, len(rows))
        return repaired

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, key: object) -> bool:
        return key in self.places

    def find(self, key: DeviceKey) -> Row | None:
        position = self.places.get(key)
        return None if position is None else self.rows[position]

    def position(self, key: DeviceKey) -> int | None:
        return self.places.get(key)

    def json_of(self, row: Row) -> bytes:
        """The device as the contract's JSON."""
        if row.head is None:
            row.head = render_head(row.state)
        return row.head + self._tail(row.state.observed_at)

    def masks(self, kind: str) -> Mapping[str, Mask]:
        """The devices of each value of a narrow kind."""
        found = self._masks.get(kind)
        if found is None:
            value = NARROW[kind]
            members: dict[str, list[int]] = {}
            for position, row in enumerate(self.rows):
                if (of := value(row.state)) is not None:
                    members.setdefault(of, []).append(position)
            found = {of: mask_of(positions, len(self.rows)) for of, positions in members.items()}
            self._masks[kind] = found
        return found

    def having(self, kind: str, values: Iterable[str]) -> Mask:
        """Devices with one of these values; a value that no device has finds nothing."""
        if kind in NARROW:
            masks = self.masks(kind)
            return union(masks.get(value, 0) for value in values)
        wanted = frozenset(values)
        return mask_of((at for at, value in enumerate(self._column(kind)) if value in wanted), len(self.rows))

    def count(self, kind: str, within: Mask, visible: Mask) -> dict[str, int]:
        """How many devices within the mask have each value.

        Values of a narrow kind that `visible` devices have are told with 0, too; of a wide kind the most frequent.
        """
        if kind in NARROW:
            masks = sorted(self.masks(kind).items())
            return {value: (within & mask).bit_count() for value, mask in masks if mask & visible}
        return self._wide_count(kind, within)

    def _wide_count(self, kind: str, within: Mask) -> dict[str, int]:
        """Kept, because those who may see the same count the same again and again."""
        found = self._counts.get((kind, within))
        if found is None:
            counter = Counter(self._values(kind, within))
            del counter[None]
            found = {value: number for value, number in counter.most_common(LARGEST_FACET) if value is not None}
            self._counts[kind, within] = found
            if len(self._counts) > _COUNTS_KEPT:
                self._counts.popitem(last=False)
        return found

    @property
    def by_status(self) -> Mapping[str, Mask]:
        return self.masks("status")

    @property
    def by_source(self) -> Mapping[str, Mask]:
        return self.masks("source")

    def visible(self, scope: Scope) -> Mask:
        if scope.sources is None:
            return (1 << len(self.rows)) - 1
        return union(self.by_source.get(source, 0) for source in scope.sources)

    def search(self, text: str) -> Mask:
        """Rows that hold every word of the text somewhere, in one of its readings."""
        mask = (1 << len(self.rows)) - 1
        for word in text.split():
            mask &= union(self._containing(reading) for reading in readings(word))
        return mask

    def order(self, key: str) -> Order:
        order = self._orders.get(key)
        if order is None:
            inherited = self._inherited.pop(key) if key in self._inherited else None
            order = self._orders[key] = inherited or Order(self.rows, key)
        return order

    def _column(self, kind: str) -> list[str | None]:
        column = self._columns.get(kind)
        if column is None:
            value = WIDE[kind]
            column = self._columns[kind] = [value(row.state) for row in self.rows]
        return column

    def _values(self, kind: str, within: Mask) -> Iterable[str | None]:
        column = self._column(kind)
        if within.bit_count() <= _FEW:
            return (column[position] for position in positions(within, len(self.rows)))
        return compress(column, selectors(within, len(self.rows)))

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

    def _tail(self, observed_at: float | None) -> bytes:
        tail = self._tails.get(observed_at)
        if tail is None:
            tail = self._tails[observed_at] = render_tail(observed_at)
        return tail


def build(before: Index | None, devices: Iterable[DeviceState]) -> tuple[Index, list[RowChange]]:
    """The index of these devices, and the rows that are new or read differently from before (removed ones not told)."""
    changes: list[RowChange] = []
    if before is None or len(before) == 0:
        rows = [next_row(None, state, changes) for state in devices]
        return _sorted_anew(rows), changes
    rows = []
    ordered = list(before.rows)
    same_places = True
    places = before.places
    for state in devices:
        position = places.get(state.key)
        old = None if position is None else before.rows[position]
        row = next_row(old, state, changes)
        rows.append(row)
        if old is None or position is None or old.name != row.name:
            same_places = False
        else:
            ordered[position] = row
    if same_places and len(rows) == len(before):
        return before.followed_by(ordered, [places[change.row.state.key] for change in changes]), changes
    return _sorted_anew(rows), changes


def _sorted_anew(rows: list[Row]) -> Index:
    rows.sort(key=lambda row: (row.name, row.state.key))
    return Index(rows, {row.state.key: position for position, row in enumerate(rows)})


def _haystack(rows: list[Row]) -> tuple[str, list[int]]:
    """All texts in one string, a line each (so that no word matches across two), and where each begins."""
    starts = []
    at = 0
    for row in rows:
        starts.append(at)
        at += len(row.text) + 1
    return "\n".join(row.text for row in rows), starts
