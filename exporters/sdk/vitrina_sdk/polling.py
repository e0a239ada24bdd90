"""The loop of one account: never overlapping itself, patient with a failing vendor, at once after a change.

What it says goes to the records of its sources; the loop itself holds nothing that outlives a change of configuration.
"""

import asyncio
import random
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from pydantic import ValidationError
from vitrina_contracts.endpoints import Network
from vitrina_contracts.selection import DeviceSelection
from vitrina_contracts.source_file import SourceConfig

from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import Clock
from vitrina_sdk.config_file import field_errors
from vitrina_sdk.cycles import Interrupted, Round, poll_list
from vitrina_sdk.errors import ConfigurationError, PollError, Unauthorized
from vitrina_sdk.exporter import AskedDevice, DevicePlatform, Platform
from vitrina_sdk.freshness import cycle_seconds, fresh_window
from vitrina_sdk.http import Connect, VendorClient
from vitrina_sdk.own_metrics import OwnMetrics
from vitrina_sdk.schedule import failing_delay, steady_delay
from vitrina_sdk.shard import WHOLE, Shard
from vitrina_sdk.source_record import Failure, SourceRecord

MIN_TIMEOUT: Final = 3.0
MAX_TIMEOUT: Final = 15.0
SLICE_SECONDS: Final = 30.0
"""A round of questions that takes longer shows what turned dark this often, not only at its end."""
_log = structlog.get_logger()


@dataclass(frozen=True)
class PollRules:
    """What a poll obeys. An account is polled anew, at once, when anything of it changes."""

    sources: tuple[SourceConfig, ...]
    """Those that share the account, by name: of a vendor that is asked about each device only one."""
    interval: float
    fresh_seconds: float
    allowed: Sequence[Network]
    shard: Shard = WHOLE
    selections: Mapping[str, DeviceSelection] = field(default_factory=dict)
    """Which source of the account has which devices; empty when the only one has all."""

    @property
    def source(self) -> SourceConfig:
        """The one whose endpoint and credentials are used: those of the others are the same."""
        return self.sources[0]

    @property
    def budget(self) -> float:
        """Requests a second: of several for one account the least."""
        return min(source.request_budget for source in self.sources)

    @property
    def timeout(self) -> float:
        """Seconds for one request: a vendor that hangs has to be noticed within about one poll."""
        return min(max(self.interval, MIN_TIMEOUT), MAX_TIMEOUT)


def own_devices(platform: DevicePlatform[Any], config: Any, rules: PollRules) -> list[AskedDevice]:
    """The devices of the source that are this shard's."""
    source = rules.source.name
    return [device for device in platform.devices(config) if rules.shard.serves_device(source, device.device_id)]


class SourcePoller:
    def __init__(
        self,
        platform: Platform,
        rules: PollRules,
        records: Sequence[SourceRecord],
        metrics: OwnMetrics,
        clock: Clock,
        *,
        connect: Connect,
    ) -> None:
        self.rules = rules
        self._platform = platform
        self._records = records
        """Of the sources, in their order."""
        self._record = records[0]
        """Says for all of them how the polls went."""
        self._metrics = metrics
        self._clock = clock
        self._connect = connect
        self._config: Any = None
        self._devices: Sequence[AskedDevice] = ()
        self._wake = asyncio.Event()
        self._chance = random.random()  # noqa: S311 - spreads polls, protects nothing

    @property
    def budget(self) -> Budget:
        return self._record.budget

    def wake(self) -> None:
        """Cuts the back-off of a failing source. A healthy one keeps its pace."""
        if self._record.failure is not None:
            self._wake.set()

    async def run(self) -> None:
        """Polls until cancelled."""
        self._set_window(1)
        rules = self.rules
        vendor = self._connect(self._record.budget, rules.allowed, rules.timeout, self._clock, rules.source.way_out)
        try:
            while True:
                await self._sleep(await self._poll(vendor))
        finally:
            await vendor.close()

    async def _poll(self, vendor: VendorClient) -> float:
        """One poll. Returns the seconds to wait for the next."""
        started, sent = self._clock.monotonic(), vendor.sent
        self._wake.clear()
        self._set_next_poll(None)
        interrupted = False
        try:
            await self._ask(vendor)
        except Interrupted as interruption:
            failure: PollError | None = interruption.error
            interrupted = True
        except PollError as error:
            failure, interrupted = error, not isinstance(self._platform, DevicePlatform)
        except Exception as error:  # noqa: BLE001 - a mistake in a platform must not end the loop of its source
            failure, interrupted = self._unforeseen(error), True
        else:
            failure = None
        elapsed = self._clock.monotonic() - started
        for record in self._records:
            self._metrics.polled(record.name, elapsed)
        self._conclude(failure, elapsed, vendor.sent - sent)
        if failure is not None and (interrupted or isinstance(failure, Unauthorized | ConfigurationError)):
            goes_on = isinstance(self._platform, DevicePlatform)
            return failing_delay(failure, self._record.failures_in_a_row, self.rules.interval, goes_on=goes_on)
        return steady_delay(self.rules.interval, elapsed, self._chance)

    async def _ask(self, vendor: VendorClient) -> None:
        config = self._configured()
        if isinstance(self._platform, DevicePlatform):
            await self._ask_each(self._platform, config, vendor)
            return
        try:
            await poll_list(self._platform, config, vendor, self._records, self.rules.selections)
        except PollError as error:
            self._count_failure(error)
            raise

    def _configured(self) -> Any:
        """The platform's configuration, made once: thousands of MACs are not checked again at each poll."""
        if self._config is None:
            try:
                self._config = self._platform.configure(self.rules.source.config)
                if isinstance(self._platform, DevicePlatform):
                    self._devices = own_devices(self._platform, self._config, self.rules)
            except ValidationError as error:
                refused = ConfigurationError(field_errors(error))
                self._count_failure(refused)
                raise refused from None
        return self._config

    async def _ask_each(self, platform: DevicePlatform[Any], config: Any, vendor: VendorClient) -> None:
        slice_seconds = max(self.rules.interval, SLICE_SECONDS)
        round_ = Round(platform, config, self._devices, vendor, self._record, slice_seconds=slice_seconds)
        self._set_window(len(round_.devices))
        try:
            await round_.run(
                on_call_failed=self._count_failure,
                on_failing=self._fail,
            )
        finally:
            round_.reveal()

    def _conclude(self, failure: PollError | None, elapsed: float, requests: int) -> None:
        if failure is not None:
            for record in self._records:
                record.failures_in_a_row += 1
            self._fail(failure)
            return
        for record in self._records:
            if record.failure is not None:
                _log.info("source_recovered", source=record.name, failed_polls=record.failures_in_a_row)
            record.up, record.failure, record.failures_in_a_row = True, None, 0
            record.last_success_at = self._clock.wall()
            record.last_duration = elapsed
        self._set_window(requests)

    def _count_failure(self, error: PollError) -> None:
        for record in self._records:
            self._metrics.failed(record.name, error.reason)

    def _fail(self, error: PollError) -> None:
        for record in self._records:
            if record.failure is None:
                _log.warning("source_failing", source=record.name, reason=error.reason, detail=str(error))
            record.up, record.failure = False, Failure(error.reason, str(error))

    def _unforeseen(self, error: Exception) -> PollError:
        """Says where it happened but not what: the message of a foreign exception may hold a credential."""
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        if self._record.failure is None:
            _log.error("poll_crashed", source=self._record.name, error=type(error).__name__, at=frames[-4:])
        mistake = PollError("The exporter made a mistake; its log says where")
        self._count_failure(mistake)
        return mistake

    def _set_window(self, requests: int) -> None:
        cycle = cycle_seconds(self.rules.interval, requests, self._record.budget.rate, self._record.last_duration)
        for record in self._records:
            record.cycle_seconds = cycle
            record.board.set_window(fresh_window(self.rules.fresh_seconds, cycle))

    def _set_next_poll(self, at: float | None) -> None:
        for record in self._records:
            record.next_poll_at = at

    async def _sleep(self, delay: float) -> None:
        self._set_next_poll(self._clock.wall() + delay)
        try:
            async with asyncio.timeout(delay):
                await self._wake.wait()
        except TimeoutError:
            return
