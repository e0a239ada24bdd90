"""Trying a source once, with platforms made of plain functions; the conformance suite tries the real ones."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest
from vitrina_contracts.device import Status
from vitrina_contracts.selection import DeviceSelection
from vitrina_contracts.source_check import SourceCheck, TriedSource
from vitrina_sdk.check import ASKED, SAMPLE, check_source
from vitrina_sdk.clock import SystemClock
from vitrina_sdk.errors import ServerFailed
from vitrina_sdk.exporter import Answer, AskedDevice, Listing, Platform
from vitrina_sdk.http import VendorClient
from vitrina_sdk.reading import Reading

Asked = Callable[[int], Awaitable[Answer]]


class AskedPlatform:
    name = "acme"
    version = "1"

    def __init__(self, count: int, answer: Asked) -> None:
        self._count = count
        self._answer = answer

    def configure(self, config: Mapping[str, Any]) -> Mapping[str, Any]:
        return config

    def devices(self, _config: Mapping[str, Any]) -> Sequence[AskedDevice]:
        return [AskedDevice(str(number), str(number)) for number in range(self._count)]

    async def ask(self, _config: Mapping[str, Any], device: AskedDevice, vendor: VendorClient) -> Answer:
        async with vendor.budget.request():
            return await self._answer(int(device.device_id))


class ListedPlatform:
    name = "acme"
    version = "1"

    def __init__(self, listing: Listing) -> None:
        self._listing = listing

    def configure(self, config: Mapping[str, Any]) -> Mapping[str, Any]:
        return config

    async def list_devices(self, _config: Mapping[str, Any], _vendor: VendorClient) -> Listing:
        return self._listing


async def known(number: int) -> Answer:
    return Answer(Reading(str(number), Status.ONLINE, "online"))


async def checked(platform: Platform, *, budget: float = 1000, seconds: float = 2) -> SourceCheck:
    source = TriedSource(name="tried", config={}, request_budget=budget)
    return await check_source(platform, source, (), seconds, SystemClock())


async def test_a_vendor_without_a_list_is_asked_about_some_devices_from_all_over_the_list() -> None:
    found = await checked(AskedPlatform(12_000, known))
    assert (found.ok, found.devices, found.asked, len(found.sample)) == (True, 12_000, ASKED, SAMPLE)
    assert {int(device.device_id) // 600 for device in found.sample} == set(range(SAMPLE))


async def test_what_the_vendor_does_not_know_is_told_without_being_an_error() -> None:
    async def unknown(number: int) -> Answer:
        return Answer(Reading.not_known(str(number)), problem="not_known")

    found = await checked(AskedPlatform(3, unknown))
    assert (found.ok, found.problems) == (True, {"not_known": 3})


async def test_a_small_budget_is_kept_and_what_it_allowed_is_told() -> None:
    found = await checked(AskedPlatform(100, known), budget=10, seconds=1)
    assert found.ok
    assert 1 <= found.asked <= 10


async def test_one_device_that_fails_is_counted_and_more_than_that_are_an_error() -> None:
    def failing_below(limit: int) -> Asked:
        async def ask(number: int) -> Answer:
            if number < limit:
                raise ServerFailed("The vendor answered 500")
            return await known(number)

        return ask

    found = await checked(AskedPlatform(ASKED, failing_below(1)))
    assert (found.ok, found.problems) == (True, {"http_5xx": 1})
    found = await checked(AskedPlatform(ASKED, failing_below(2)))
    assert found.error is not None
    assert (found.ok, found.error.reason) == (False, "http_5xx")


async def test_a_vendor_that_never_answers_costs_the_time_that_was_given() -> None:
    async def never(_: int) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    found = await checked(AskedPlatform(5, never), seconds=0.2)
    assert found.error is not None
    assert found.error.reason == "timeout"
    assert found.seconds < 1


async def test_a_mistake_in_a_platform_is_told_without_its_words() -> None:
    async def wrong(_: int) -> Answer:
        raise ZeroDivisionError("canary-token")

    found = await checked(AskedPlatform(1, wrong))
    assert found.error is not None
    assert found.error.reason == "internal"
    assert "canary" not in found.model_dump_json()


@pytest.mark.parametrize(("rejected", "ok"), [(0, True), (5, True), (6, False)])
async def test_a_list_has_to_be_readable_as_when_it_is_polled(rejected: int, ok: bool) -> None:  # noqa: FBT001
    readings = [Reading(str(number), Status.OFFLINE, "offline") for number in range(100 - rejected)]
    found = await checked(ListedPlatform(Listing(readings, rejected=rejected)))
    assert found.ok is ok
    assert found.devices == (len(readings) if ok else None)


async def test_a_source_that_shares_its_account_is_told_its_part_and_what_would_be_nobodys() -> None:
    readings = [Reading(str(number), Status.ONLINE, "online", name=f"Shop {number}") for number in range(10)]
    source = TriedSource(
        name="tried",
        config={},
        request_budget=1000,
        selection=DeviceSelection(names=("shop ?",)),
        others={"few": DeviceSelection(ids=("3", "4"))},
    )
    platform = ListedPlatform(Listing(readings))
    found = await check_source(platform, source, (), 2, SystemClock())
    assert (found.devices, found.unmatched, [device.device_id for device in found.sample]) == (8, 0, list("01256789"))
    alone = source.model_copy(update={"selection": DeviceSelection(ids=("1",))})
    found = await check_source(platform, alone, (), 2, SystemClock())
    assert (found.ok, found.devices, found.unmatched) == (True, 1, 7)


async def test_a_source_without_devices_is_none_too_many() -> None:
    for platform in (ListedPlatform(Listing([])), AskedPlatform(0, known)):
        found = await checked(platform)
        assert (found.ok, found.devices, found.asked) == (True, 0, 0)
