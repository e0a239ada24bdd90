"""Pollers come and go with the configuration, and with nothing else."""

import asyncio
from collections.abc import Mapping
from typing import Any

from vitrina_contracts.device import Status
from vitrina_contracts.source_file import ExporterConfig, SourceConfig
from vitrina_sdk.clock import SystemClock
from vitrina_sdk.exporter import Listing
from vitrina_sdk.http import VendorClient
from vitrina_sdk.own_metrics import OwnMetrics
from vitrina_sdk.reading import Reading
from vitrina_sdk.sources import Sources


class CountedPlatform:
    name = "acme"
    version = "1"

    def __init__(self) -> None:
        self.polls = 0
        self.polled = asyncio.Event()

    def configure(self, config: Mapping[str, Any]) -> Mapping[str, Any]:
        return config

    async def list_devices(self, _config: Mapping[str, Any], _vendor: VendorClient) -> Listing:
        self.polls += 1
        self.polled.set()
        return Listing(readings=[Reading("1", Status.ONLINE, "online")])


async def test_a_poller_that_ends_by_itself_is_replaced() -> None:
    platform = CountedPlatform()
    sources = Sources(platform, OwnMetrics(platform.name), SystemClock())
    source = SourceConfig(name="shop", config={}, request_budget=10)
    config = ExporterConfig(
        exporter="acme", platform="acme", revision=1, poll_interval_seconds=3600, fresh_seconds=300, sources=[source]
    )
    await sources.apply(config, {})
    await asyncio.wait_for(platform.polled.wait(), 5)
    platform.polled.clear()

    (poller,) = [task for task in asyncio.all_tasks() if task.get_name() == "poll shop"]
    poller.cancel()
    await asyncio.wait_for(platform.polled.wait(), 5)
    assert platform.polls == 2

    await sources.close()
    assert [task for task in asyncio.all_tasks() if task.get_name() == "poll shop"] == []
