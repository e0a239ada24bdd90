"""A list that is read again and again, in virtual time: the real platform and poller, the simulator without sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from vitrina_addreality.platform import Addreality
from vitrina_addreality.simulator import LIST_PATH, AddrealityApi
from vitrina_contracts.device import Status
from vitrina_contracts.source_file import ExporterConfig, SourceConfig
from vitrina_sdk.errors import RateLimited, ServerFailed
from vitrina_sdk.own_metrics import OwnMetrics
from vitrina_sdk.source_record import SourceRecord
from vitrina_sdk.sources import Sources
from vitrina_sdk.testing.in_process import InProcessVendor
from vitrina_sdk.testing.virtual_time import VirtualClock, run_in_virtual_time

DEVICES = 45
INTERVAL = 60.0
FRESH = 300.0


class Account:
    """A source of all devices of a vendor's account, polled each minute."""

    def __init__(self) -> None:
        self.api = AddrealityApi(DEVICES, seed=1, token_file=None)
        self.vendor = InProcessVendor(self.api, latency=(0.01, 0.05))
        self.vendor.faults = frozenset({"small_pages"})
        self.clock = VirtualClock()
        self.sources = Sources(Addreality(), OwnMetrics("addreality"), self.clock, self.vendor.connect)

    @property
    def record(self) -> SourceRecord:
        return self.sources.records["shops"]

    async def begin(self) -> None:
        config = {"api_url": f"https://vendor.example{LIST_PATH}", "api_token": "token"}
        await self.sources.apply(
            ExporterConfig(
                exporter="addreality",
                platform="addreality",
                revision=1,
                poll_interval_seconds=INTERVAL,
                fresh_seconds=FRESH,
                sources=[SourceConfig(name="shops", config=config, request_budget=20)],
            ),
            {},
        )
        await asyncio.sleep(30)
        assert self.shown() == self.truth()

    async def polls(self, count: int = 1) -> None:
        await asyncio.sleep(count * INTERVAL)

    def fault(self, *kinds: str) -> None:
        self.vendor.faults = frozenset({"small_pages", *kinds})

    def shown(self) -> dict[str, Status]:
        return self.record.board.statuses(self.clock.monotonic())

    def truth(self) -> dict[str, Status]:
        return {device.id: Status(device.status) for device in self.api.fleet.devices}


@asynccontextmanager
async def an_account() -> AsyncIterator[Account]:
    account = Account()
    await account.begin()
    yield account
    await account.sources.close()


def test_a_removed_device_goes_with_the_second_list_without_it() -> None:
    async def main() -> None:
        async with an_account() as account:
            removed = account.api.fleet.devices[7]
            account.api.fleet.remove(removed)
            await account.polls()
            assert removed.id in account.shown()
            await account.polls()
            assert account.shown() == account.truth()

    run_in_virtual_time(main())


def test_a_renamed_device_keeps_its_state_series() -> None:
    async def main() -> None:
        async with an_account() as account:
            device = next(device for device in account.api.fleet.devices if device.status == "online")
            series = f'signage_device_up{{platform="addreality",source="shops",device_id="{device.id}"}} 1'.encode()
            account.api.fleet.rename(device, "Псков, Мира 1")
            await account.polls()
            up, info, *_ = account.record.board.families(account.clock.monotonic())
            assert series in b"".join(up).splitlines()
            assert "Псков, Мира 1".encode() in b"".join(info)

    run_in_virtual_time(main())


@pytest.mark.parametrize("kind", ["moving", "duplicates", "clock_ahead", "clock_behind", "megabyte_names"])
def test_odd_lists_show_the_devices_as_they_are(kind: str) -> None:
    async def main() -> None:
        async with an_account() as account:
            account.fault(kind)
            for device in account.api.fleet.devices[:4]:
                account.api.fleet.set_status(device, "online" if device.status == "offline" else "offline")
                await account.polls(3)
                assert account.shown() == account.truth()
            assert account.record.up

    run_in_virtual_time(main())


def test_a_total_that_shrinks_while_pages_are_read_takes_no_device_away() -> None:
    async def main() -> None:
        async with an_account() as account:
            before = account.shown()
            account.fault("shrinking_total")
            await account.polls(3)
            assert account.record.up
            assert account.shown() == before
            assert account.record.problems["total_shrank"] >= 2
            await asyncio.sleep(FRESH)
            shown = account.shown()
            assert set(shown) == set(before)
            assert list(shown.values()).count(Status.UNKNOWN) == 5, "nobody has heard of the last five for long"
            account.fault()
            await account.polls()
            assert account.shown() == before

    run_in_virtual_time(main())


def test_an_api_that_ignores_offset_and_caps_its_pages_fails_the_poll_and_keeps_what_is_fresh() -> None:
    async def main() -> None:
        async with an_account() as account:
            before = account.shown()
            account.fault("ignore_offset")
            await account.polls(2)
            assert account.record.failure is not None
            assert account.record.failure.reason == "incomplete_list"
            assert account.shown() == before
            await asyncio.sleep(FRESH)
            assert account.shown() == dict.fromkeys(before, Status.UNKNOWN)

    run_in_virtual_time(main())


def test_a_list_that_is_empty_once_is_a_failure_and_twice_the_truth() -> None:
    async def main() -> None:
        async with an_account() as account:
            before = account.shown()
            account.fault("empty")
            await account.polls()
            assert account.record.failure is not None
            assert (account.record.failure.reason, account.shown()) == ("empty_list", before)
            await account.polls(2)
            assert (account.record.up, account.shown()) == (True, {})

    run_in_virtual_time(main())


def test_our_own_clock_may_jump_by_a_day_without_a_change_of_any_status() -> None:
    async def main() -> None:
        async with an_account() as account:
            for skew in (86_400.0, -86_400.0, 0.0):
                before = account.shown()
                account.vendor.failure = lambda: ServerFailed("The vendor answered 500")
                account.clock.skew = skew
                await asyncio.sleep(FRESH - INTERVAL - 10)
                assert account.shown() == before
                await asyncio.sleep(INTERVAL + 20)
                assert account.shown() == dict.fromkeys(before, Status.UNKNOWN)
                account.vendor.failure = lambda: None
                await asyncio.sleep(2 * INTERVAL)
                assert account.shown() == account.truth()

    run_in_virtual_time(main())


def test_a_vendor_that_names_a_time_is_left_alone_until_then() -> None:
    async def main() -> None:
        async with an_account() as account:
            account.vendor.failure = lambda: RateLimited("later", 600)
            await account.polls(2)
            asked = len(account.vendor.seen)
            account.vendor.failure = lambda: None
            await asyncio.sleep(400)
            assert len(account.vendor.seen) == asked
            await asyncio.sleep(200)
            assert account.shown() == account.truth()

    run_in_virtual_time(main())
