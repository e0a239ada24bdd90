"""The devices that fit a filter within a scope: how many, in which order, and how many more of each kind there are."""

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from functools import cached_property, reduce
from operator import and_
from typing import Final

from vitrina_contracts.device import Status

from vitrina_gateway.domain.device_filter import DeviceFilter
from vitrina_gateway.domain.index import Index
from vitrina_gateway.domain.masks import Mask, positions
from vitrina_gateway.domain.order import Order, Place
from vitrina_gateway.domain.row import Row
from vitrina_gateway.domain.scope import Scope

FACETS: Final = ("status", "platform", "source", "cause", "work", "site", "city", "player_version")
_FEW: Final = 2000
"""Rows. To sort them is quicker than to walk past all the others."""
_KEPT: Final = 64


class Chosen:
    """Some rows of an index, by any sort key."""

    def __init__(self, index: Index, mask: Mask) -> None:
        self.mask = mask
        self._index = index
        self._orders_of_few: dict[str, Order] = {}

    def __len__(self) -> int:
        return self.mask.bit_count()

    def in_order(self, sort: str, after: Place | None = None) -> Iterator[Row]:
        """`sort` with `-` in front for descending; with `after`, from behind where a row stands or stood."""
        rows, key, descending = self._index.rows, sort.removeprefix("-"), sort.startswith("-")
        if len(self) <= _FEW:
            return (rows[at] for at in self._of_few(key).walk(descending=descending, after=after))
        bits = self.mask.to_bytes((len(rows) + 7) // 8, "little")
        walk = self._index.order(key).walk(descending=descending, after=after)
        return (rows[at] for at in walk if bits[at >> 3] >> (at & 7) & 1)

    def _of_few(self, key: str) -> Order:
        order = self._orders_of_few.get(key)
        if order is None:
            rows = self._index.rows
            order = self._orders_of_few[key] = Order(rows, key, positions(self.mask, len(rows)))
        return order


class Selection:
    """A value that exists only outside the scope behaves like one that does not exist."""

    def __init__(self, index: Index, scope: Scope, wanted: DeviceFilter) -> None:
        """The filter must have been checked."""
        self._index = index
        self._visible = index.visible(scope)
        self._base = self._visible & index.search(wanted.search) if wanted.search else self._visible
        self._kinds: dict[str, Mask] = {
            kind: index.having(kind, values) for kind, values in wanted.kinds.items() if values
        }
        self.devices = Chosen(index, reduce(and_, self._kinds.values(), self._base))

    @cached_property
    def facets(self) -> Mapping[str, Mapping[str, int]]:
        """How many more there are of each kind, the kind's own filter left out."""
        facets = {kind: self._facet(kind) for kind in FACETS}
        facets["status"] = {status.value: facets["status"].get(status.value, 0) for status in Status}
        return facets

    def _facet(self, kind: str) -> dict[str, int]:
        others = reduce(and_, (mask for other, mask in self._kinds.items() if other != kind), self._base)
        return self._index.count(kind, others, self._visible)


class Selections:
    """Those of one index that were asked for last: for other pages, other orders, and others who ask."""

    def __init__(self, index: Index) -> None:
        self.index: Final = index
        self._kept: OrderedDict[Hashable, Selection] = OrderedDict()

    def of(self, scope: Scope, wanted: DeviceFilter) -> Selection:
        """Raises `InvalidParameterError`."""
        wanted.check()
        key = (scope, wanted.search, frozenset(wanted.kinds.items()))
        selection = self._kept.get(key)
        if selection is None:
            selection = self._kept[key] = Selection(self.index, scope, wanted)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return selection
