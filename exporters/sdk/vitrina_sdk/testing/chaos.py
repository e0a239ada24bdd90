"""Hours of a vendor's bad days, drawn by chance from a seed, in virtual time: invariant 1 at any moment of them.

Phases of faults follow each other, of the transport and of the content, each of some share of the requests, while
devices flip, are renamed and removed. What is shown is looked at as often as Prometheus does.
"""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from vitrina_contracts.device import Status
from vitrina_contracts.source_file import ExporterConfig, SourceConfig

from vitrina_sdk.errors import (
    BadPayload,
    ConnectionFailed,
    PayloadTooLarge,
    PollError,
    RateLimited,
    ServerFailed,
    Timeout,
    UnexpectedStatus,
)
from vitrina_sdk.exporter import Platform
from vitrina_sdk.own_metrics import OwnMetrics
from vitrina_sdk.schedule import MAX_BACK_OFF
from vitrina_sdk.sources import Sources
from vitrina_sdk.testing.fleet import SimulatedDevice
from vitrina_sdk.testing.in_process import InProcessVendor
from vitrina_sdk.testing.simulator import VendorApi
from vitrina_sdk.testing.virtual_time import VirtualClock, run_in_virtual_time

PHASES: Final = 25
SCRAPES: Final = 15.0
_INTERVAL: Final = 60.0
_FRESH: Final = 300.0
_BUDGET: Final = 20.0
_SOURCE: Final = "shops"
_SHARES: Final = (1.0, 1.0, 0.5, 0.2, 0.05)
_LIES: Final = frozenset({"all_offline"})
"""Faults of the content that make the vendor call a device offline: then it is."""
_FAILURES: Final[Sequence[Callable[[], PollError]]] = (
    lambda: Timeout("hangs"),
    lambda: ServerFailed("500"),
    lambda: BadPayload("html"),
    lambda: ConnectionFailed("cut off"),
    lambda: PayloadTooLarge("endless"),
    lambda: UnexpectedStatus("redirect"),
    lambda: RateLimited("429"),
    lambda: RateLimited("429", 90),
)


def survive(platform: Platform, api: VendorApi, config: Mapping[str, Any], seed: int) -> None:
    """Fails when a device is offline that the vendor never called so, or the end does not show the vendor's truth."""
    run_in_virtual_time(_Days(platform, api, config, seed).pass_())


class _Days:
    def __init__(self, platform: Platform, api: VendorApi, config: Mapping[str, Any], seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - a simulation
        self._api = api
        self._vendor = InProcessVendor(api, latency=(0.01, 0.2), seed=seed)
        self._platform = platform
        self._config = config
        self._called_offline: set[str] = set()

    async def pass_(self) -> None:
        clock = VirtualClock()
        sources = Sources(self._platform, OwnMetrics(self._platform.name), clock, self._vendor.connect)
        await sources.apply(self._exporter_config(), {})
        board = sources.records[_SOURCE].board
        for _ in range(PHASES):
            self._begin_phase()
            for _ in range(self._dice.randint(1, 24)):
                self._change_devices()
                await asyncio.sleep(SCRAPES)
                for device, status in board.statuses(clock.monotonic()).items():
                    assert status is not Status.OFFLINE or device in self._called_offline, f"{device} is not offline"
        self._vendor.failure, self._vendor.faults = lambda: None, frozenset()
        # A back-off or `Retry-After` of 90 s, then two lists or rounds: the second confirms, and removes.
        await asyncio.sleep(MAX_BACK_OFF + 90 + 3 * _INTERVAL)
        assert sources.records[_SOURCE].up
        truth = {device.id: Status(device.status) for device in self._api.fleet.devices}
        shown = board.statuses(clock.monotonic())
        assert truth.items() <= shown.items()
        assert {shown[device] for device in shown.keys() - truth.keys()} <= {Status.UNKNOWN}
        assert self._vendor.busiest_second() <= _BUDGET
        await sources.close()

    def _begin_phase(self) -> None:
        share, failure = self._dice.choice(_SHARES), self._dice.choice(_FAILURES)
        broken = self._dice.random() < 0.5
        self._vendor.failure = lambda: failure() if broken and self._dice.random() < share else None
        kinds = sorted(self._api.faults - _LIES)
        self._vendor.faults = frozenset(self._dice.sample(kinds, self._dice.choice((0, 0, 1, 2))))

    def _change_devices(self) -> None:
        for device in self._dice.sample(self._api.fleet.devices, 3):
            self._change(device)
        self._called_offline |= {device.id for device in self._api.fleet.devices if device.status == "offline"}

    def _change(self, device: SimulatedDevice) -> None:
        match self._dice.randint(0, 9):
            case 0:
                self._api.fleet.rename(device, f"Омск, Мира {self._dice.randint(1, 99)}")
            case 1:
                self._api.fleet.set_status(device, "offline" if device.status == "online" else "online")
            case 2 if len(self._api.fleet.devices) > 100 and self._dice.random() < 0.05:
                self._api.fleet.remove(device)

    def _exporter_config(self) -> ExporterConfig:
        return ExporterConfig(
            exporter=self._platform.name,
            platform=self._platform.name,
            revision=1,
            poll_interval_seconds=_INTERVAL,
            fresh_seconds=_FRESH,
            sources=[SourceConfig(name=_SOURCE, config=dict(self._config), request_budget=_BUDGET)],
        )
