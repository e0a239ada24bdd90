"""Reading the list to its end, whatever the pages do meanwhile. The vendor is a function of the request."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from vitrina_addreality.client import DeviceList
from vitrina_addreality.config import AddrealityConfig
from vitrina_addreality.platform import Addreality, to_listing
from vitrina_sdk import BadPayload, IncompleteList, Listing
from vitrina_sdk.clock import SystemClock

CONFIG = AddrealityConfig.model_validate({"api_url": "https://vendor.example/list", "api_token": "token"})
Pages = Callable[[int, int], Any]


class Vendor:
    """Stands in for `VendorClient`: `pages(offset, limit)` gives the answer."""

    clock = SystemClock()

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.asked: list[tuple[int, int]] = []

    async def post_json(self, url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> bytes:
        assert (url, headers, body["id"]) == ("https://vendor.example/list", {"X-API-Token": "token"}, [])
        self.asked.append((body.get("offset", 0), body["limit"]))
        assert len(self.asked) < 50, "the client loops"
        answer = self._pages(*self.asked[-1])
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()


def device(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": number, "name": f"n{number}", "connection_state": "online", **fields}


def page(devices: list[dict[str, Any]], offset: int, limit: int, total: int | None = None) -> dict[str, Any]:
    count = len(devices) if total is None else total
    return {
        "pagination": {"offset": offset, "limit": limit, "total": count},
        "data": devices[offset : offset + limit],
    }


async def read(pages: Pages) -> tuple[Listing, Vendor, DeviceList]:
    vendor = Vendor(pages)
    listed = DeviceList(CONFIG, vendor)  # type: ignore[arg-type] # a stand-in with the one method that is used
    return to_listing(await listed.read()), vendor, listed


def ids(listing: Listing) -> set[str]:
    return {reading.device_id for reading in listing.readings}


def numbers(count: int) -> set[str]:
    return {str(number) for number in range(count)}


FLEET = [device(number) for number in range(1000)]


async def test_all_pages_are_read() -> None:
    listing, vendor, _ = await read(lambda offset, limit: page(FLEET, offset, limit))
    assert ids(listing) == numbers(1000)
    assert vendor.asked == [(0, 300), (300, 300), (600, 300), (900, 300)]
    assert (listing.rejected, listing.problems) == (0, {})


async def test_a_vendor_that_gives_smaller_pages_is_followed() -> None:
    listing, _, _ = await read(lambda offset, limit: page(FLEET, offset, min(limit, 100)))
    assert ids(listing) == numbers(1000)


async def test_an_account_without_devices_is_an_empty_list() -> None:
    listing, vendor, _ = await read(lambda offset, limit: page([], offset, limit))
    assert listing.readings == []
    assert len(vendor.asked) == 1


@pytest.mark.parametrize("tells_offset", [True, False])
async def test_an_api_that_ignores_offset_is_noticed_and_asked_for_all_at_once(tells_offset: bool) -> None:  # noqa: FBT001
    def pages(_: int, limit: int) -> dict[str, Any]:
        answer = page(FLEET, 0, limit)
        if not tells_offset:
            del answer["pagination"]["offset"]
        return answer

    listing, vendor, listed = await read(pages)
    assert ids(listing) == numbers(1000)
    assert listed.offset_ignored
    assert vendor.asked == [(0, 300), (300, 300), (0, 1000)]


async def test_an_api_that_ignores_offset_and_caps_the_page_gives_no_list() -> None:
    with pytest.raises(IncompleteList, match="ignores offset"):
        await read(lambda _, limit: page(FLEET, 0, min(limit, 300)))


async def test_a_device_that_moves_between_pages_is_found_by_a_second_walk() -> None:
    first_walk = True

    def pages(offset: int, limit: int) -> dict[str, Any]:
        nonlocal first_walk
        # While page 2 was read, device 0 went from the first page to the last: 300 slipped into the first page.
        moved = [*FLEET[1:], FLEET[0]]
        answer = page(moved if first_walk and offset else FLEET, offset, limit)
        first_walk = first_walk and offset != 900
        return answer

    listing, _, _ = await read(pages)
    assert ids(listing) == numbers(1000)


async def test_a_vendor_that_repeats_records_is_read_once_more_and_believed() -> None:
    doubled = [*FLEET[:299], FLEET[0]]
    listing, vendor, _ = await read(lambda offset, limit: page(doubled, offset, limit))
    assert ids(listing) == numbers(299)
    assert listing.problems == {"duplicate": 1}
    assert len(vendor.asked) == 2


async def test_a_total_that_shrinks_while_reading_ends_the_list_earlier() -> None:
    def pages(offset: int, limit: int) -> dict[str, Any]:
        return page(FLEET[: 1000 if offset == 0 else 950], offset, limit)

    listing, _, _ = await read(pages)
    assert ids(listing) == numbers(950)


@pytest.mark.parametrize(
    "pages",
    [
        lambda offset, limit: {**page(FLEET, offset, limit), "data": FLEET[offset : offset + limit // 2]},
        lambda offset, limit: {**page(FLEET, offset, limit), "data": []},
        lambda offset, limit: page(FLEET[:300] if offset == 0 else [], offset, limit, total=1000),
    ],
    ids=["half a page", "an empty page", "nothing after the first page"],
)
async def test_a_page_that_holds_less_than_it_says_is_no_list(pages: Pages) -> None:
    with pytest.raises(IncompleteList):
        await read(pages)


async def test_a_list_that_grows_for_ever_is_given_up() -> None:
    def pages(offset: int, limit: int) -> dict[str, Any]:
        devices = [device(number) for number in range(offset, offset + limit)]
        return {"pagination": {"offset": offset, "limit": limit, "total": 10**9}, "data": devices}

    vendor = Vendor(pages)
    listed = DeviceList(CONFIG, vendor)  # type: ignore[arg-type] # a stand-in with the one method that is used
    listed._pages_left = 10
    with pytest.raises(IncompleteList, match="no end"):
        await listed.read()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"\xff",
        b"[]",
        b"{}",
        b'{"data": []}',
        b'{"pagination": {"total": -1}, "data": []}',
        b'{"pagination": {"total": "x"}, "data": []}',
        b'{"pagination": {"total": NaN}, "data": []}',
        b"[" * 100_000,
    ],
)
async def test_an_answer_of_another_shape_is_a_bad_payload(answer: bytes) -> None:
    with pytest.raises(BadPayload):
        await read(lambda _, __: answer)


async def test_unreadable_records_are_counted_and_do_not_hide_the_others() -> None:
    broken: list[Any] = [*FLEET[:95], None, {"id": "x"}, {"name": "no id"}, 7, {"id": 500, "connection_state": None}]
    listing, _, _ = await read(lambda offset, limit: page(broken, offset, limit))
    assert ids(listing) == numbers(95)
    assert listing.rejected == 5


async def test_of_two_records_of_a_device_the_newest_contact_counts() -> None:
    old = device(1, connection_state="offline", last_online="2025-01-01T00:00:00Z")
    new = device(1, connection_state="online", last_online="2025-01-02T00:00:00Z")
    for records in ([old, new], [new, old]):
        listing, _, _ = await read(lambda offset, limit, records=records: page(records, offset, limit))
        assert [reading.vendor_state for reading in listing.readings] == ["online"]


async def test_of_two_records_without_a_time_that_can_be_compared_offline_does_not_count() -> None:
    offline, online = device(1, connection_state="offline", last_online="2025-01-01T00:00:00Z"), device(1)
    for records in ([offline, online], [online, offline]):
        listing, _, _ = await read(lambda offset, limit, records=records: page(records, offset, limit))
        assert [reading.vendor_state for reading in listing.readings] == ["online"]


def test_the_token_is_not_in_the_printed_configuration() -> None:
    config = Addreality().configure({"api_url": "https://vendor.example", "api_token": "canary"})
    assert "canary" not in repr(config)
