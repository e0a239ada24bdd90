"""Questions about the list of devices: filter, sort, page, and how many there are of each kind."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from operator import and_
from typing import Final

import msgspec
from vitrina_contracts.device import Cause, DeviceKey, Playback, Status
from vitrina_contracts.work import WorkKind

from vitrina_gateway.domain.errors import InvalidParameterError
from vitrina_gateway.domain.index import Index
from vitrina_gateway.domain.kinds import NARROW, NO_WORK, UNKNOWN, WIDE
from vitrina_gateway.domain.masks import Mask, mask_of
from vitrina_gateway.domain.order import SORT_KEYS, Place, is_numeric, sort_value
from vitrina_gateway.domain.row import Row
from vitrina_gateway.domain.scope import Scope

LARGEST_PAGE: Final = 1000
LONGEST_SEARCH: Final = 200

FILTERS: Final = (*NARROW, *WIDE)
FACETS: Final = ("status", "platform", "source", "cause", "work", "site", "city")
_ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "status": frozenset(Status),
    "cause": frozenset(Cause),
    "playback": frozenset(Playback),
    "activated": frozenset({"true", "false", UNKNOWN}),
    "work": frozenset({NO_WORK, *WorkKind}),
}
"""Of the kinds whose values are the contract's; the others are the installation's own."""


@dataclass(frozen=True)
class DeviceFilter:
    """`kinds`: for each kind of `FILTERS` the values of which a device must have one; no values filter nothing."""

    search: str = ""
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def check(self) -> None:
        """Raises `InvalidParameterError` for a value that no list could be made for."""
        for kind, allowed in _ALLOWED.items():
            if unknown := self.kinds.get(kind, frozenset()) - allowed:
                wrong = f"{', '.join(sorted(unknown))} does not fit; allowed are {', '.join(sorted(allowed))}"
                raise InvalidParameterError(kind, wrong)
        if len(self.search) > LONGEST_SEARCH:
            raise InvalidParameterError("search", f"at most {LONGEST_SEARCH} characters")


@dataclass(frozen=True)
class DeviceQuery:
    """`sort` is a key of `SORT_KEYS`, with `-` in front for descending."""

    filter: DeviceFilter = DeviceFilter()
    sort: str = "name"
    limit: int = 100
    cursor: str | None = None

    def check(self) -> None:
        """Raises `InvalidParameterError`."""
        self.filter.check()
        check_sort(self.sort)
        if not 1 <= self.limit <= LARGEST_PAGE:
            raise InvalidParameterError("limit", f"from 1 to {LARGEST_PAGE}")

    def fingerprint(self) -> str:
        """What a cursor is bound to: filter and sort, not the size of a page."""
        kinds = (sorted(self.filter.kinds.get(kind, ())) for kind in FILTERS)
        parts = msgspec.json.encode([self.filter.search, self.sort, *kinds])
        return hashlib.sha256(parts).hexdigest()[:16]


def check_sort(sort: str) -> None:
    """Raises `InvalidParameterError`."""
    if sort.removeprefix("-") not in SORT_KEYS:
        allowed = ", ".join(SORT_KEYS)
        raise InvalidParameterError("sort", f"sort by one of {allowed}, with - in front for descending")


@dataclass(frozen=True)
class Page:
    """`total`: devices that fit the filter. `facets`: how many more of each kind, the kind's own filter left out."""

    rows: list[Row]
    total: int
    next_cursor: str | None
    facets: Mapping[str, Mapping[str, int]]


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The last row of a page: where the next begins also when rows came, went or moved meanwhile."""

    query: str
    value: str | float | None
    key: DeviceKey


def select(index: Index, scope: Scope, query: DeviceQuery) -> Page:
    """Answers a query within a scope.

    Raises:
        InvalidParameterError: a value does not fit; `cursor` when it is damaged or belongs to another filter or sort.
    """
    query.check()
    after = None if query.cursor is None else _read_cursor(query.cursor, query)
    chosen = _Chosen(index, scope, query.filter)
    matching = chosen.all()
    rows = list(islice(_walk(index, matching, query.sort, after), query.limit + 1))
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    next_cursor = _write_cursor(rows[-1], query) if more else None
    return Page(rows, matching.bit_count(), next_cursor, chosen.facets())


def select_all(index: Index, scope: Scope, wanted: DeviceFilter, sort: str) -> Iterator[Row]:
    """Every device that fits, in order. Raises `InvalidParameterError` before the first one."""
    wanted.check()
    check_sort(sort)
    return _walk(index, _Chosen(index, scope, wanted).all(), sort, None)


def select_keys(index: Index, scope: Scope, keys: Iterable[DeviceKey], sort: str) -> Iterator[Row]:
    """Those that are there and in the scope, in order. Raises `InvalidParameterError` before the first one."""
    check_sort(sort)
    positions = map(index.position, keys)
    wanted = mask_of((position for position in positions if position is not None), len(index.rows))
    return _walk(index, wanted & index.visible(scope), sort, None)


def ordered(index: Index, matching: Mask, sort: str, limit: int) -> list[Row]:
    """The first rows of a mask."""
    return list(islice(_walk(index, matching, sort, None), limit))


class _Chosen:
    """Masks of one filter. A value that exists only outside the scope behaves like one that does not exist."""

    def __init__(self, index: Index, scope: Scope, wanted: DeviceFilter) -> None:
        self._index = index
        self._visible = index.visible(scope)
        self._base = self._visible & index.search(wanted.search)
        self._kinds: dict[str, Mask] = {
            kind: index.having(kind, values) for kind, values in wanted.kinds.items() if values
        }

    def all(self) -> Mask:
        return reduce(and_, self._kinds.values(), self._base)

    def facets(self) -> dict[str, dict[str, int]]:
        facets = {kind: self._facet(kind) for kind in FACETS}
        facets["status"] = {status.value: facets["status"].get(status.value, 0) for status in Status}
        return facets

    def _facet(self, kind: str) -> dict[str, int]:
        others = reduce(and_, (mask for other, mask in self._kinds.items() if other != kind), self._base)
        return self._index.count(kind, others, self._visible)


def _walk(index: Index, matching: Mask, sort: str, after: Place | None) -> Iterator[Row]:
    return index.in_order(matching, sort.removeprefix("-"), descending=sort.startswith("-"), after=after)


def _write_cursor(row: Row, query: DeviceQuery) -> str:
    cursor = _Cursor(query.fingerprint(), sort_value(row, query.sort.removeprefix("-")), row.state.key)
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


_decoder: Final = msgspec.json.Decoder(_Cursor)


def _read_cursor(text: str, query: DeviceQuery) -> Place:
    try:
        cursor = _decoder.decode(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (msgspec.DecodeError, binascii.Error, ValueError):
        raise InvalidParameterError("cursor", "this is no cursor of ours: begin without one") from None
    if cursor.query != query.fingerprint():
        raise InvalidParameterError("cursor", "this cursor belongs to another filter or sort: begin without one")
    if cursor.value is not None and isinstance(cursor.value, str) is is_numeric(query.sort.removeprefix("-")):
        raise InvalidParameterError("cursor", "this is no cursor of ours: begin without one")
    return cursor.value, cursor.key
