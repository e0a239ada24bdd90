"""Rounds of questions and lists, with a vendor made of plain functions in place of HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import pytest
from vitrina_contracts.device import Status
from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import SystemClock
from vitrina_sdk.cycles import Interrupted, Round, poll_list
from vitrina_sdk.errors import PollError, RateLimited, ServerFailed, SuddenlyEmpty, TooManyRejected
from vitrina_sdk.exporter import Answer, AskedDevice, Listing
from vitrina_sdk.http import VendorClient
from vitrina_sdk.reading import Reading
from vitrina_sdk.source_record import SourceRecord

Said = Callable[[str], Status]


class AskingPlatform:
    name = "acme"
    version = "1"

    def __init__(self, count: int, said: Said) -> None:
        self._devices = [AskedDevice(str(number), str(number)) for number in range(count)]
        self.said = said
        self.asked: list[str] = []

    def configure(self, config: Mapping[str, Any]) -> Mapping[str, Any]:
        return config

    def devices(self, _config: Mapping[str, Any]) -> Sequence[AskedDevice]:
        return self._devices

    async def ask(self, _config: Mapping[str, Any], device: AskedDevice, vendor: VendorClient) -> Answer:
        async with vendor.budget.request():
            pass
        self.asked.append(device.device_id)
        status = self.said(device.device_id)
        return Answer(Reading(device.device_id, status, status.value))


class ListingPlatform:
    name = "acme"
    version = "1"

    def __init__(self) -> None:
        self.listing = Listing(readings=[])

    def configure(self, config: Mapping[str, Any]) -> Mapping[str, Any]:
        return config

    async def list_devices(self, _config: Mapping[str, Any], _vendor: VendorClient) -> Listing:
        return self.listing


@pytest.fixture
async def vendor() -> AsyncIterator[VendorClient]:
    client = VendorClient(Budget(100_000, SystemClock()), (), 1, SystemClock())
    yield client
    await client.close()


@pytest.fixture
def record() -> SourceRecord:
    made = SourceRecord("acme", "north", Budget(1000, SystemClock()))
    made.board.set_window(300)
    return made


async def one_round(platform: AskingPlatform, vendor: VendorClient, record: SourceRecord) -> list[str]:
    """Runs a round; returns the reasons that were told while it ran."""
    told: list[str] = []
    await Round(platform, {}, platform.devices({}), vendor, record, slice_seconds=30).run(
        on_call_failed=lambda _: None, on_failing=lambda error: told.append(error.reason)
    )
    return told


def online(_: str) -> Status:
    return Status.ONLINE


def shown(record: SourceRecord) -> list[Status]:
    return list(record.board.statuses(SystemClock().monotonic()).values())


async def test_up_to_five_percent_of_failed_calls_are_the_devices_own_affair(
    vendor: VendorClient, record: SourceRecord
) -> None:
    def five_fail(device: str) -> Status:
        if int(device) % 20 == 0:
            raise ServerFailed("500")
        return Status.ONLINE

    assert await one_round(AskingPlatform(100, five_fail), vendor, record) == []
    assert len(record.board) == 95


async def test_more_failed_calls_fail_the_round_but_each_answer_stands(
    vendor: VendorClient, record: SourceRecord
) -> None:
    def six_fail(device: str) -> Status:
        if int(device) in range(0, 96, 16):
            raise ServerFailed("500")
        return Status.ONLINE

    with pytest.raises(ServerFailed):
        await one_round(AskingPlatform(100, six_fail), vendor, record)
    assert shown(record) == [Status.ONLINE] * 94


async def test_a_vendor_that_is_down_is_not_asked_about_every_device(
    vendor: VendorClient, record: SourceRecord
) -> None:
    def down(_: str) -> Status:
        raise ServerFailed("500")

    platform = AskingPlatform(10_000, down)
    with pytest.raises(Interrupted):
        await one_round(platform, vendor, record)
    assert len(platform.asked) < 150


async def test_a_round_that_was_stopped_goes_on_where_it_was(vendor: VendorClient, record: SourceRecord) -> None:
    allowed = 0

    def limited(_: str) -> Status:
        nonlocal allowed
        if allowed == 0:
            raise RateLimited("429", 1)
        allowed -= 1
        return Status.ONLINE

    platform = AskingPlatform(1000, limited)
    for _ in range(20):
        allowed = 60
        with pytest.raises(Interrupted) as caught:
            await one_round(platform, vendor, record)
        assert isinstance(caught.value.error, RateLimited)
    assert len(record.board) == 1000


async def test_a_mass_change_between_two_rounds_waits_for_a_third(vendor: VendorClient, record: SourceRecord) -> None:
    platform = AskingPlatform(50, online)
    await one_round(platform, vendor, record)
    platform.said = lambda _: Status.OFFLINE
    await one_round(platform, vendor, record)
    assert shown(record) == [Status.ONLINE] * 50
    await one_round(platform, vendor, record)
    assert shown(record) == [Status.OFFLINE] * 50


async def test_a_mistake_in_a_platform_comes_through_as_it_is(vendor: VendorClient, record: SourceRecord) -> None:
    def wrong(_: str) -> Status:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await one_round(AskingPlatform(3, wrong), vendor, record)


async def test_a_round_that_ends_early_leaves_no_request_to_cancel_its_poller(
    vendor: VendorClient, record: SourceRecord
) -> None:
    def refused(_: str) -> Status:
        raise RateLimited("later", None)

    with pytest.raises(Interrupted):
        await one_round(AskingPlatform(30, refused), vendor, record)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def list_once(platform: ListingPlatform, vendor: VendorClient, record: SourceRecord) -> PollError | None:
    try:
        await poll_list(platform, {}, vendor, [record])
    except PollError as error:
        return error
    return None


def online_list(count: int, rejected: int = 0) -> Listing:
    return Listing([Reading(str(number), Status.ONLINE, "online") for number in range(count)], rejected=rejected)


async def test_a_list_with_more_than_five_percent_rejected_records_does_not_count(
    vendor: VendorClient, record: SourceRecord
) -> None:
    platform = ListingPlatform()
    platform.listing = online_list(94, rejected=6)
    assert isinstance(await list_once(platform, vendor, record), TooManyRejected)
    assert not len(record.board)
    platform.listing = online_list(95, rejected=5)
    assert await list_once(platform, vendor, record) is None
    assert len(record.board) == 95


async def test_a_list_that_drops_to_nothing_needs_two_polls(vendor: VendorClient, record: SourceRecord) -> None:
    platform = ListingPlatform()
    assert await list_once(platform, vendor, record) is None, "an account may have no devices"
    platform.listing = online_list(5)
    await list_once(platform, vendor, record)
    platform.listing = online_list(0)
    assert isinstance(await list_once(platform, vendor, record), SuddenlyEmpty)
    assert shown(record) == [Status.ONLINE] * 5
    assert await list_once(platform, vendor, record) is None
    assert not len(record.board)
