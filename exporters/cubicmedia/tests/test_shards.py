"""Devices spread over shards: each is served by exactly one, also while their number changes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vitrina_contracts.device import Status
from vitrina_contracts.source_file import ExporterConfig, SourceConfig
from vitrina_cubicmedia.platform import CubicMedia
from vitrina_cubicmedia.simulator import CubicMediaApi
from vitrina_sdk.own_metrics import OwnMetrics
from vitrina_sdk.shard import Shard
from vitrina_sdk.sources import Sources
from vitrina_sdk.state_file import SavedSource, StateFile
from vitrina_sdk.testing.in_process import InProcessVendor
from vitrina_sdk.testing.virtual_time import VirtualClock, run_in_virtual_time

DEVICES = 600
BUDGET = 12
CYCLE = DEVICES / BUDGET


@dataclass
class Shards:
    """The running instances of one exporter over a shared state folder, changed as the orchestrator changes them."""

    vendor: InProcessVendor
    folder: Path
    running: dict[int, Sources] = field(default_factory=dict)
    count: int = 0

    async def change(self, count: int) -> list[Counter[str]]:
        """To `count` shards: first those that gain devices, then those that lose them. Who serves what at each step."""
        before, self.count, steps = self.count, count, list[Counter[str]]()
        for number in (*range(before, count), *range(min(before, count))):
            self._save()
            await self._configure(number)
            await asyncio.sleep(1)
            steps.append(self.served())
        for number in range(count, before):
            await self.running.pop(number).close()
            steps.append(self.served())
        self._save()
        return steps

    def served(self) -> Counter[str]:
        """How many shards show each device."""
        return Counter(device for statuses in self.shown() for device in statuses)

    def shown(self) -> list[Mapping[str, Status]]:
        now = asyncio.get_running_loop().time()
        records = (record for sources in self.running.values() for record in sources.records.values())
        return [record.board.statuses(now) for record in records]

    async def _configure(self, number: int) -> None:
        platform = CubicMedia()
        if number not in self.running:
            self.running[number] = Sources(
                platform, OwnMetrics(platform.name), VirtualClock(), connect=self.vendor.connect
            )
        config = ExporterConfig(
            exporter="cubicmedia",
            platform="cubicmedia",
            revision=self.count,
            poll_interval_seconds=60,
            fresh_seconds=300,
            shard=number,
            shards=self.count,
            sources=[a_source(self.vendor)],
        )
        await self.running[number].apply(config, self._saved())

    def _save(self) -> None:
        for number, sources in self.running.items():
            StateFile(self.folder).save(sources.saved_state(), Shard(number, max(len(self.running), self.count)))

    def _saved(self) -> Mapping[str, SavedSource]:
        return StateFile(self.folder).load("cubicmedia")


def a_source(vendor: InProcessVendor) -> SourceConfig:
    url = "https://vendor.example/api/v0.1/players/status-check?mac="
    macs = [device.id for device in vendor.api.fleet.devices]
    return SourceConfig(name="shops", config={"api_url": url, "macs": macs}, request_budget=BUDGET)


@asynccontextmanager
async def sharded(folder: Path) -> AsyncIterator[Shards]:
    vendor = InProcessVendor(CubicMediaApi(DEVICES, seed=1, token_file=None), latency=(0.02, 0.2))
    shards = Shards(vendor, folder)
    try:
        yield shards
    finally:
        for sources in shards.running.values():
            await sources.close()


@pytest.mark.parametrize("counts", [(1, 2), (2, 3), (3, 4), (4, 3), (3, 1), (1, 4, 2)])
def test_a_change_of_their_number_leaves_no_device_without_a_shard_and_none_with_two(
    tmp_path: Path, counts: tuple[int, ...]
) -> None:
    async def main() -> None:
        async with sharded(tmp_path) as shards:
            truth = {device.id: Status(device.status) for device in shards.vendor.api.fleet.devices}
            await shards.change(counts[0])
            await asyncio.sleep(1.5 * CYCLE)
            for count in counts[1:]:
                steps = await shards.change(count)
                assert all(len(step) == DEVICES for step in steps), "a device was served by no shard"
                assert set(shards.served().values()) == {1}
                for statuses in shards.shown():
                    assert statuses.items() <= truth.items(), "a device that moved lost its status"
                await asyncio.sleep(CYCLE)
            assert set(shards.served().values()) == {1}

    run_in_virtual_time(main())


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_all_shards_together_keep_the_budget_and_need_it(tmp_path: Path, count: int) -> None:
    async def main() -> None:
        async with sharded(tmp_path) as shards:
            await shards.change(count)
            await asyncio.sleep(60 + 2.5 * CYCLE)
            assert shards.vendor.busiest_second() <= BUDGET
            assert len(shards.vendor.seen) >= 2 * DEVICES

    run_in_virtual_time(main())


macs = st.sets(st.integers(0, 2**48 - 1), min_size=1, max_size=60).map(
    lambda numbers: [f"{number:012x}" for number in numbers]
)


@given(macs=macs, count=st.integers(1, 12))
def test_every_device_belongs_to_exactly_one_shard_whatever_their_number(macs: list[str], count: int) -> None:
    devices = CubicMedia().devices(CubicMedia().configure({"api_url": "https://vendor.example", "macs": macs}))
    owners = Counter(
        device.device_id
        for number in range(count)
        for device in devices
        if Shard(number, count).serves_device("shops", device.device_id)
    )
    assert owners == Counter(device.device_id for device in devices)


@given(macs=macs, count=st.integers(1, 12))
def test_one_shard_more_takes_devices_and_moves_none_between_the_others(macs: list[str], count: int) -> None:
    for number in range(count):
        for mac in macs:
            if Shard(number, count + 1).serves_device("shops", mac):
                assert Shard(number, count).serves_device("shops", mac)
