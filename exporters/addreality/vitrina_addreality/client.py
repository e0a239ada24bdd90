"""Addreality's device list, read to its end.

The list counts only when every device of it was seen. That `offset` moves the page is assumed, not documented: an API
that ignores it is noticed by the repeated page, and asked once for everything in one page.
"""

from collections.abc import Container
from typing import Final, NamedTuple

import msgspec
from vitrina_sdk import BadPayload, IncompleteList, Reading, VendorClient

from vitrina_addreality.config import AddrealityConfig
from vitrina_addreality.mapping import DeviceRecord, to_reading

PAGE_SIZE: Final = 300
MAX_PAGES: Final = 2_000
_WALKS: Final = 3


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
_decode_record: Final = msgspec.json.Decoder(DeviceRecord).decode
_decode_identity: Final = msgspec.json.Decoder(_Identity).decode


class _Walk(NamedTuple):
    """One way through all pages."""

    records: int
    total: int
    """The vendor's newest word."""
    most: int
    """The largest total that it told on the way."""


class DeviceList:
    """One reading of the list, by as many walks over its pages as it takes."""

    def __init__(self, config: AddrealityConfig, vendor: VendorClient) -> None:
        self._url = config.api_url
        self._headers = {"X-API-Token": config.api_token.get_secret_value()}
        self._vendor = vendor
        self._pages_left = MAX_PAGES
        self._readings: dict[int, list[Reading | None]] = {}
        """By id, as the newest walk that met the id gave them; more than one when the vendor repeats itself."""
        self._nameless = 0
        self.offset_ignored = False
        self.whole = True
        """False when the vendor ended the list before the number of devices that it had told."""

    async def read(self) -> list[Reading | None]:
        """A reading for each record of the list, null for one that cannot be read.

        Devices move between pages while these are read: then one is met twice and another not at all, and the pages
        are walked again, as they are when the total shrinks on the way. Where a walk finds nothing new, the vendor
        simply repeats records or contradicts itself.

        Raises `IncompleteList` when the end cannot be reached, `BadPayload` for an answer of another shape.
        """
        for _ in range(_WALKS):
            known = len(self._readings)
            walk = await self._walk()
            found = len(self._readings)
            self.whole = walk.records >= walk.most
            if found == known or (found + self._nameless >= walk.total and self.whole):
                return [*(reading for same in self._readings.values() for reading in same), *[None] * self._nameless]
        raise IncompleteList(f"The vendor counts {walk.total} devices but its pages hold {found}")

    async def _walk(self) -> _Walk:
        """Reads all pages, each record as its page comes."""
        met: dict[int, list[Reading | None]] = {}
        nameless = offset = most = 0
        while True:
            page = await self._page(offset, PAGE_SIZE)
            if offset and _repeats(page, offset, met):
                page = await self._everything_in_one_page(page.pagination.total)
                met, nameless, offset = {}, 0, 0
            most = max(most, page.pagination.total)
            now = self._vendor.clock.wall()
            for raw in page.data:
                identity = _identity(raw)
                if identity is None:
                    nameless += 1
                else:
                    met.setdefault(identity, []).append(read_record(raw, now))
            offset += len(page.data)
            if offset >= page.pagination.total:
                break
        self._readings.update(met)
        self._nameless = nameless
        return _Walk(records=offset, total=page.pagination.total, most=most)

    async def _everything_in_one_page(self, total: int) -> _Page:
        self.offset_ignored = True
        page = await self._page(0, total)
        if len(page.data) < page.pagination.total:
            raise IncompleteList(
                f"The vendor ignores offset and gives {len(page.data)} of {page.pagination.total} devices a page"
            )
        return page

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


def _repeats(page: _Page, offset: int, met: Container[int]) -> bool:
    """Whether a page after the first is the first one again."""
    told = page.pagination.offset
    if told is not None:
        return told != offset
    identities = [identity for raw in page.data if (identity := _identity(raw)) is not None]
    return bool(identities) and all(identity in met for identity in identities)


def _identity(raw: msgspec.Raw) -> int | None:
    try:
        return _decode_identity(raw).id
    except (msgspec.DecodeError, RecursionError):
        return None


def read_record(raw: msgspec.Raw, now: float) -> Reading | None:
    """One record of the list; null if it cannot be read. `now` is in Unix seconds."""
    try:
        return to_reading(_decode_record(raw), now)
    except (msgspec.DecodeError, ValueError, RecursionError):
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
