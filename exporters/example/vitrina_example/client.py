"""The vendor's calls: `GET <api_url>?page=N` answers `{"count", "pages", "screens": [...]}`, pages counted from 1.

The list counts only when all its screens were read; half of it would make the other half look gone.
"""

from typing import Final

import msgspec
from vitrina_sdk import BadPayload, IncompleteList, Reading, VendorClient

from vitrina_example.config import ExampleConfig
from vitrina_example.mapping import ScreenRecord, to_reading

MAX_PAGES: Final = 1_000


class _Page(msgspec.Struct):
    count: int
    pages: int
    screens: list[msgspec.Raw]


_decode_page: Final = msgspec.json.Decoder(_Page).decode
_decode_record: Final = msgspec.json.Decoder(ScreenRecord).decode


async def list_screens(config: ExampleConfig, vendor: VendorClient) -> list[Reading | None]:
    """A reading for each screen of the account, null for a record that cannot be read.

    Raises:
        PollError: the list could not be read to its end.
    """
    readings: list[Reading | None] = []
    page, pages = 0, 1
    while page < pages:
        page += 1
        answer = await _page(config, page, vendor)
        pages = answer.pages
        if pages > MAX_PAGES:
            raise IncompleteList(f"The list has {pages} pages; no more than {MAX_PAGES} are read")
        readings.extend(_read(raw, vendor.clock.wall()) for raw in answer.screens)
    if len(readings) != answer.count:
        raise IncompleteList(f"The vendor counts {answer.count} screens but lists {len(readings)}")
    return readings


async def _page(config: ExampleConfig, page: int, vendor: VendorClient) -> _Page:
    headers = {"Authorization": f"Bearer {config.api_key.get_secret_value()}"}
    body = await vendor.get(f"{config.api_url}?page={page}", headers)
    try:
        return _decode_page(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadPayload("The vendor's answer is not a page of screens") from error


def _read(raw: msgspec.Raw, now: float) -> Reading | None:
    try:
        return to_reading(_decode_record(raw), now)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
