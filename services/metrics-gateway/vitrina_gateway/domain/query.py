"""Questions about the list of devices: filter, sort, page, and how many there are of each kind."""

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import and_
from typing import Final

import msgspec
from vitrina_contracts.device import Cause, DeviceKey, Status

from vitrina_gateway.domain.errors import InvalidParameterError
from vitrina_gateway.domain.index import SORT_KEYS, Index, Mask, Row, SortValue, sort_value, union
from vitrina_gateway.domain.scope import Scope

LARGEST_PAGE: Final = 1000
LONGEST_SEARCH: Final = 200


@dataclass(frozen=True)
class DeviceQuery:
    """An empty set filters nothing. `sort` is a key of `SORT_KEYS`, with `-` in front for descending."""

    search: str = ""
    statuses: frozenset[str] = frozenset()
    platforms: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    causes: frozenset[str] = frozenset()
    sort: str = "name"
    limit: int = 100
    cursor: str | None = None

    def check(self) -> None:
        """Raises `InvalidParameterError` for a value that no list could be made for."""
        if unknown := self.statuses - set(Status):
            allowed = ", ".join(Status)
            raise InvalidParameterError("status", f"{', '.join(sorted(unknown))} is no status; allowed are {allowed}")
        if unknown := self.causes - set(Cause):
            allowed = ", ".join(Cause)
            raise InvalidParameterError("cause", f"{', '.join(sorted(unknown))} is no cause; allowed are {allowed}")
        if self.sort.removeprefix("-") not in SORT_KEYS:
            allowed = ", ".join(SORT_KEYS)
            raise InvalidParameterError("sort", f"sort by one of {allowed}, with - in front for descending")
        if not 1 <= self.limit <= LARGEST_PAGE:
            raise InvalidParameterError("limit", f"from 1 to {LARGEST_PAGE}")
        if len(self.search) > LONGEST_SEARCH:
            raise InvalidParameterError("search", f"at most {LONGEST_SEARCH} characters")

    def fingerprint(self) -> str:
        """What a cursor is bound to: filter and sort, not the size of a page."""
        kinds = (self.statuses, self.platforms, self.sources, self.causes)
        parts = (self.search, *(",".join(sorted(kind)) for kind in kinds))
        return hashlib.sha256("\x1f".join((*parts, self.sort)).encode()).hexdigest()[:16]


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
    filters = _Filters(index, scope, query)
    matching = filters.all()
    rows = _page(index, matching, query, after)
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    next_cursor = _write_cursor(rows[-1], query) if more else None
    return Page(rows, matching.bit_count(), next_cursor, filters.facets())


class _Filters:
    """Masks of one query. A value that exists only outside the scope behaves like one that does not exist."""

    def __init__(self, index: Index, scope: Scope, query: DeviceQuery) -> None:
        self._visible = index.visible(scope)
        self._base = self._visible & index.search(query.search)
        self._kinds: dict[str, Mapping[str, Mask]] = {
            "status": index.by_status,
            "platform": index.by_platform,
            "source": index.by_source,
            "cause": index.by_cause,
        }
        wanted = {
            "status": query.statuses,
            "platform": query.platforms,
            "source": query.sources,
            "cause": query.causes,
        }
        self._chosen: dict[str, Mask] = {
            kind: union(self._kinds[kind].get(value, 0) for value in values) if values else -1
            for kind, values in wanted.items()
        }

    def all(self) -> Mask:
        return reduce(and_, self._chosen.values(), self._base)

    def facets(self) -> dict[str, dict[str, int]]:
        facets = {kind: self._facet(kind) for kind in self._kinds}
        facets["status"] = {status.value: facets["status"].get(status.value, 0) for status in Status}
        return facets

    def _facet(self, kind: str) -> dict[str, int]:
        others = self._base
        for other, mask in self._chosen.items():
            if other != kind:
                others &= mask
        return {
            value: (others & mask).bit_count()
            for value, mask in sorted(self._kinds[kind].items())
            if mask & self._visible
        }


def _page(index: Index, matching: Mask, query: DeviceQuery, after: tuple[SortValue, DeviceKey] | None) -> list[Row]:
    """The rows of a page and one more, if there is one."""
    order = index.order(query.sort.removeprefix("-"))
    walk = order.walk(descending=query.sort.startswith("-"), after=after)
    bits = matching.to_bytes((len(index) + 7) // 8, "little")
    hits: Iterator[int] = (position for position in walk if bits[position >> 3] >> (position & 7) & 1)
    return [index.rows[position] for position in islice(hits, query.limit + 1)]


def _write_cursor(row: Row, query: DeviceQuery) -> str:
    cursor = _Cursor(query.fingerprint(), sort_value(row, query.sort.removeprefix("-")), row.state.key)
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


_decoder: Final = msgspec.json.Decoder(_Cursor)


def _read_cursor(text: str, query: DeviceQuery) -> tuple[SortValue, DeviceKey]:
    try:
        cursor = _decoder.decode(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (msgspec.DecodeError, binascii.Error, ValueError):
        raise InvalidParameterError("cursor", "this is no cursor of ours: begin without one") from None
    if cursor.query != query.fingerprint():
        raise InvalidParameterError("cursor", "this cursor belongs to another filter or sort: begin without one")
    numeric = query.sort.removeprefix("-") in {"status", "status_since", "last_seen"}
    if cursor.value is not None and isinstance(cursor.value, str) is numeric:
        raise InvalidParameterError("cursor", "this is no cursor of ours: begin without one")
    return cursor.value, cursor.key
