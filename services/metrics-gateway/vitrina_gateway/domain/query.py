"""Questions about the list of devices: filter, sort, page, and how many there are of each kind."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import msgspec
from vitrina_contracts.device import DeviceKey

from vitrina_gateway.domain.device_filter import FILTERS, DeviceFilter
from vitrina_gateway.domain.errors import InvalidParameterError
from vitrina_gateway.domain.index import Index
from vitrina_gateway.domain.masks import mask_of
from vitrina_gateway.domain.order import SORT_KEYS, Place, is_numeric, sort_value
from vitrina_gateway.domain.row import Row
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.domain.selection import Chosen, Selection, Selections

LARGEST_PAGE: Final = 1000


@dataclass(frozen=True)
class DeviceQuery:
    """`sort` is a key of `SORT_KEYS`, with `-` in front for descending."""

    filter: DeviceFilter = field(default_factory=DeviceFilter)
    sort: str = "name"
    limit: int = 100
    cursor: str | None = None

    def check(self) -> None:
        """Raises `InvalidParameterError`."""
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


def select(selections: Selections, scope: Scope, query: DeviceQuery) -> Page:
    """Answers a query within a scope.

    Raises:
        InvalidParameterError: a value does not fit; `cursor` when it is damaged or belongs to another filter or sort.
    """
    query.check()
    selection = selections.of(scope, query.filter)
    after = None if query.cursor is None else _read_cursor(query.cursor, query)
    rows = list(islice(selection.devices.in_order(query.sort, after), query.limit + 1))
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    next_cursor = _write_cursor(rows[-1], query) if more else None
    return Page(rows, len(selection.devices), next_cursor, selection.facets)


def select_all(index: Index, scope: Scope, wanted: DeviceFilter, sort: str) -> Iterator[Row]:
    """Every device that fits, in order. Raises `InvalidParameterError` before the first one."""
    wanted.check()
    check_sort(sort)
    return Selection(index, scope, wanted).devices.in_order(sort)


def select_keys(index: Index, scope: Scope, keys: Iterable[DeviceKey], sort: str) -> Iterator[Row]:
    """Those that are there and in the scope, in order. Raises `InvalidParameterError` before the first one."""
    check_sort(sort)
    positions = map(index.position, keys)
    wanted = mask_of((position for position in positions if position is not None), len(index.rows))
    return Chosen(index, wanted & index.visible(scope)).in_order(sort)


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
