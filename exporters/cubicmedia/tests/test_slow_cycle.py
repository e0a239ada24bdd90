"""Twelve thousand players at ten requests a second: a cycle takes twenty minutes, in virtual time a few seconds.

The real platform, pollers, budget and board; the vendor's simulator answers without sockets.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from vitrina_contracts.device import Status
from vitrina_contracts.source_file import ExporterConfig, SourceConfig
from vitrina_cubicmedia.platform import CubicMedia
from vitrina_cubicmedia.simulator import CubicMediaApi
from vitrina_sdk.errors import ServerFailed
from vitrina_sdk.own_metrics import OwnMetrics
from vitrina_sdk.source_record import SourceRecord
from vitrina_sdk.sources import Sources
from vitrina_sdk.state_file import SavedSource
from vitrina_sdk.testing.in_process import InProcessVendor
from vitrina_sdk.testing.virtual_time import VirtualClock, run_in_virtual_time

BUDGET = 10
LATENCY = (0.02, 0.2)
SCRAPES = 15.0
FEW, MANY = 3_000, 12_000


def a_vendor(count: int) -> InProcessVendor:
    return InProcessVendor(CubicMediaApi(count, seed=1, token_file=None), LATENCY)


@asynccontextmanager
async def polled(
    vendor: InProcessVendor, saved: dict[str, SavedSource] | None = None
) -> AsyncIterator[tuple[Sources, SourceRecord]]:
    """An exporter's sources, as `run` makes them, with one source of all the vendor's devices."""
    platform, clock = CubicMedia(), VirtualClock()
    sources = Sources(platform, OwnMetrics(platform.name), clock, vendor.connect)
    macs = [device.id for device in vendor.api.fleet.devices]
    url = "https://vendor.example/api/v0.1/players/status-check?mac="
    source = SourceConfig(name="shops", config={"api_url": url, "macs": macs}, request_budget=BUDGET)
    config = ExporterConfig(
        exporter="cubicmedia",
        platform="cubicmedia",
        revision=1,
        poll_interval_seconds=60,
        fresh_seconds=300,
        sources=[source],
    )
    await sources.apply(config, saved or {})
    try:
        yield sources, sources.records["shops"]
    finally:
        await sources.close()


def shown(record: SourceRecord) -> dict[str, Status]:
    return record.board.statuses(asyncio.get_running_loop().time())


def truth(vendor: InProcessVendor) -> dict[str, Status]:
    return {device.id: Status(device.status) for device in vendor.api.fleet.devices}


def test_no_device_turns_unknown_because_the_cycle_is_slow_and_no_second_exceeds_the_budget() -> None:
    async def main() -> None:
        vendor = a_vendor(MANY)
        async with polled(vendor) as (_, record):
            while record.up is None:  # noqa: ASYNC110 - scrapes see it no sooner
                await asyncio.sleep(SCRAPES)
            assert shown(record) == truth(vendor)
            ends = asyncio.get_running_loop().time() + 3.5 * MANY / BUDGET
            while asyncio.get_running_loop().time() < ends:
                await asyncio.sleep(SCRAPES)
                assert Status.UNKNOWN not in shown(record).values()
                assert record.up
        assert vendor.busiest_second() <= BUDGET
        assert len(vendor.seen) > 4 * MANY, "the budget was not used"

    run_in_virtual_time(main())


def test_a_vendor_that_is_down_takes_no_fresh_status_and_all_come_back_within_a_cycle() -> None:
    async def main() -> None:
        vendor = a_vendor(FEW)
        cycle = FEW / BUDGET
        async with polled(vendor) as (_, record):
            await asyncio.sleep(1.3 * cycle)
            before = shown(record)
            vendor.failure = lambda: ServerFailed("The vendor answered 500")
            await asyncio.sleep(1.6 * cycle)
            assert record.up is False
            assert shown(record) == before
            await asyncio.sleep(2.4 * cycle)
            assert set(shown(record).values()) == {Status.UNKNOWN}
            vendor.failure = lambda: None
            await asyncio.sleep(60 + 1.3 * cycle)
            assert record.up
            assert shown(record) == truth(vendor)
        assert vendor.busiest_second() <= BUDGET

    run_in_virtual_time(main())


def test_an_exporter_that_is_replaced_again_and_again_still_asks_about_every_device() -> None:
    """Each one lives for a third of a cycle: it begins with the devices whose answers are oldest."""

    async def main() -> None:
        vendor, saved = a_vendor(FEW), dict[str, SavedSource]()
        asked = Counter[str]()
        for _ in range(9):
            async with polled(vendor, saved) as (sources, record):
                await asyncio.sleep(FEW / BUDGET / 3)
                asked.update(device for device, status in shown(record).items() if status is not Status.UNKNOWN)
                saved = sources.saved_state().sources
        assert len(asked) == FEW
        assert min(asked.values()) >= 5

    run_in_virtual_time(main())
