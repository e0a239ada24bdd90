"""The sources of the exporter: a poller for each account, started, replaced and ended as the configuration says."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from pydantic import ValidationError
from vitrina_contracts.endpoints import parse_networks
from vitrina_contracts.source_file import ExporterConfig

from vitrina_sdk.account import Share, accounts_of, selections_of
from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import Clock
from vitrina_sdk.errors import ConfigurationError
from vitrina_sdk.exporter import DevicePlatform, Platform
from vitrina_sdk.http import Connect, VendorClient
from vitrina_sdk.own_metrics import OwnMetrics
from vitrina_sdk.polling import PollRules, SourcePoller, own_devices
from vitrina_sdk.reading import Reading
from vitrina_sdk.shard import Shard
from vitrina_sdk.source_record import SourceRecord
from vitrina_sdk.state_file import SavedSource, SavedState

_RESTART_SECONDS: Final = 1.0
_log = structlog.get_logger()


class Sources:
    def __init__(
        self,
        platform: Platform,
        metrics: OwnMetrics,
        clock: Clock,
        connect: Connect = VendorClient,
    ) -> None:
        self.records: dict[str, SourceRecord] = {}
        self._platform = platform
        self._metrics = metrics
        self._clock = clock
        self._connect = connect
        self._running: dict[str, tuple[SourcePoller, asyncio.Task[None]]] = {}
        """By the first source of the account."""

    async def apply(self, config: ExporterConfig, saved: Mapping[str, SavedSource]) -> None:
        """Makes the pollers those of `config`. A source's old poller has ended before its new one starts.

        `saved` are statuses of an earlier process, or of a shard whose devices are now this one's.
        """
        wanted = self._rules(config)
        for name, (poller, _) in list(self._running.items()):
            if wanted.get(name) == poller.rules:
                poller.wake()
            else:
                await self._stop(name)
        for name in set(self.records) - {source.name for rules in wanted.values() for source in rules.sources}:
            del self.records[name]
            self._metrics.forget(name)
        for name, rules in wanted.items():
            if name not in self._running:
                self._start(rules, saved)

    async def close(self) -> None:
        for name in list(self._running):
            await self._stop(name)

    def saved_state(self) -> SavedState:
        """What the next process needs in order to go on."""
        sources = {name: record.saved(self._clock) for name, record in self.records.items()}
        return SavedState(platform=self._platform.name, sources=sources)

    def _rules(self, config: ExporterConfig) -> dict[str, PollRules]:
        """The accounts of which this shard has a part, and how each is polled."""
        allowed, shard = parse_networks(",".join(config.private_endpoints)), Shard.of(config)
        pace = config.poll_interval_seconds, config.fresh_seconds
        every = (
            PollRules(sources, *pace, allowed, shard, selections_of(sources, config)) for sources in accounts_of(config)
        )
        return {rules.source.name: rules for rules in every if self._has_part(rules)}

    def _has_part(self, rules: PollRules) -> bool:
        if not isinstance(self._platform, DevicePlatform):
            return rules.shard.serves_source(rules.source.account or rules.source.name)
        if rules.shard.count == 1:
            return True
        try:
            return bool(own_devices(self._platform, self._platform.configure(rules.source.config), rules))
        except (ConfigurationError, ValidationError):
            return True  # its poller says what is wrong

    def _start(self, rules: PollRules, saved: Mapping[str, SavedSource]) -> None:
        name, asks_devices = rules.source.name, isinstance(self._platform, DevicePlatform)
        records = [self._record(source.name, rules, saved) for source in rules.sources]
        budget = self._budget(records)
        budget.per_second = rules.shard.part_of(rules.budget) if asks_devices else rules.budget
        for record in records:
            record.budget = budget
        poller = SourcePoller(self._platform, rules, records, self._metrics, self._clock, connect=self._connect)
        task = asyncio.create_task(poller.run(), name=f"poll {name}")
        task.add_done_callback(lambda ended: self._on_ended(name, ended))
        self._running[name] = (poller, task)

    def _record(self, name: str, rules: PollRules, saved: Mapping[str, SavedSource]) -> SourceRecord:
        """What is known of a source, without the devices that are another's by now."""
        share, asks_devices = Share(rules.selections, [name]), isinstance(self._platform, DevicePlatform)

        def is_ours(reading: Reading) -> bool:
            served = not asks_devices or rules.shard.serves_device(name, reading.device_id)
            return served and share.is_of(name, reading)

        record = self.records.get(name)
        if record is None:
            budget = Budget(rules.budget, self._clock)
            record = self.records[name] = SourceRecord(self._platform.name, name, budget)
        elif rules.selections:
            record.board.keep_those(is_ours)
        if name in saved:
            record.restore(saved[name], self._clock, is_ours)
        return record

    def _budget(self, records: Sequence[SourceRecord]) -> Budget:
        """One for the account, which remembers what its sources have asked lately; never another account's."""
        others = {id(poller.budget) for poller, _ in self._running.values()}
        known = (record.budget for record in records if id(record.budget) not in others)
        return next(known, None) or Budget(1, self._clock)

    def _on_ended(self, name: str, task: asyncio.Task[None]) -> None:
        """A poller ends by `_stop` only; one that ended otherwise is replaced, or its source would fall silent."""
        running = self._running.get(name)
        if running is None or running[1] is not task:
            return
        how = "cancelled" if task.cancelled() else type(task.exception()).__name__
        _log.error("poller_ended", source=name, how=how)
        asyncio.get_running_loop().call_later(_RESTART_SECONDS, self._restart, name, task)

    def _restart(self, name: str, ended: asyncio.Task[None]) -> None:
        running = self._running.get(name)
        if running is not None and running[1] is ended:
            self._start(running[0].rules, {})

    async def _stop(self, name: str) -> None:
        running = self._running.pop(name, None)
        if running is not None:
            running[1].cancel()
            await asyncio.wait([running[1]])
