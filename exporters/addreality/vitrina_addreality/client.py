"""Addreality's device list, read to its end.

The list counts only when every device of it was seen. That `offset` moves the page is assumed, not documented: an API
that ignores it is noticed by the repeated page, and asked once for everything in one page.
"""

from typing import Final

import msgspec
from vitrina_sdk import BadPayload, IncompleteList, VendorClient

from vitrina_addreality.config import AddrealityConfig

PAGE_SIZE: Final = 300
MAX_PAGES: Final = 2_000
_ROUNDS: Final = 3
"""Readings of all pages until the number of different devices reaches the total: devices move while pages are read."""


class _Pagination(msgspec.Struct):
    total: int
    offset: int | None = None
    limit: int | None = None


class _Page(msgspec.Struct):
    pagination: _Pagination
    data: list[msgspec.Raw]


class _Identity(msgspec.Struct):
    id: int


_decode_page: Final = msgspec.json.Decoder(_Page).decode
_decode_identity: Final = msgspec.json.Decoder(_Identity).decode


class DeviceList:
    """One reading of the list. `records` are raw, each device once or more often; unreadable ones are counted."""

    def __init__(self, config: AddrealityConfig, vendor: VendorClient) -> None:
        self._url = config.api_url
        self._headers = {"X-API-Token": config.api_token.get_secret_value()}
        self._vendor = vendor
        self._pages_left = MAX_PAGES
        self._seen: set[int] = set()
        self.records: list[msgspec.Raw] = []
        self.unreadable = 0
        self.offset_ignored = False

    async def read(self) -> None:
        """Raises `IncompleteList` when the end cannot be reached, `BadPayload` for an answer of another shape."""
        for _ in range(_ROUNDS):
            total = await self._read_pages()
            if len(self._seen) + self.unreadable >= total:
                return
        raise IncompleteList(f"The vendor counts {total} devices but its pages hold {len(self._seen)}")

    async def _read_pages(self) -> int:
        """One walk over all pages. Returns the vendor's newest total."""
        offset = 0
        self.unreadable = 0
        while True:
            page = await self._page(offset, PAGE_SIZE)
            total = page.pagination.total
            if offset and self._repeats(page, offset):
                return await self._read_in_one_page(total)
            self._take(page)
            offset += len(page.data)
            if offset >= total:
                return total

    async def _read_in_one_page(self, total: int) -> int:
        self.offset_ignored = True
        page = await self._page(0, total)
        if len(page.data) < page.pagination.total:
            raise IncompleteList(
                f"The vendor ignores offset and gives {len(page.data)} of {page.pagination.total} devices a page"
            )
        self.unreadable = 0
        self._take(page)
        return page.pagination.total

    async def _page(self, offset: int, limit: int) -> _Page:
        if not self._pages_left:
            raise IncompleteList(f"The list has no end: {MAX_PAGES} pages were read")
        self._pages_left -= 1
        asked = {"id": [], "limit": limit, "offset": offset} if offset else {"id": [], "limit": limit}
        body = await self._vendor.post_json(self._url, asked, self._headers)
        try:
            page = _decode_page(body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise BadPayload("The vendor's answer is not a page of devices") from error
        _check(page, offset, limit)
        return page

    def _repeats(self, page: _Page, offset: int) -> bool:
        """Whether a page after the first is the first one again."""
        told = page.pagination.offset
        if told is not None and told != offset:
            return True
        identities = [identity for raw in page.data if (identity := _identity(raw)) is not None]
        return told is None and bool(identities) and all(identity in self._seen for identity in identities)

    def _take(self, page: _Page) -> None:
        for raw in page.data:
            identity = _identity(raw)
            if identity is None:
                self.unreadable += 1
            else:
                self._seen.add(identity)
            self.records.append(raw)


def _identity(raw: msgspec.Raw) -> int | None:
    try:
        return _decode_identity(raw).id
    except (msgspec.DecodeError, RecursionError):
        return None


def _check(page: _Page, offset: int, limit: int) -> None:
    """Refuses a page that holds fewer devices than it says itself."""
    total, told_limit = page.pagination.total, page.pagination.limit
    if total < 0:
        raise BadPayload("The vendor counts fewer than no devices")
    expected = min(limit if told_limit is None else told_limit, total - offset)
    if len(page.data) < expected:
        raise IncompleteList(f"A page holds {len(page.data)} devices instead of {expected}")
    if not page.data and offset < total:
        raise IncompleteList(f"The list ends after {offset} of {total} devices")
