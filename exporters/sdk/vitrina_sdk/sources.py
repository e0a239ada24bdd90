"""The sources of the exporter: one poller each, started, replaced and ended as the configuration says."""

import asyncio
from collections.abc import Mapping
from typing import Final

import structlog
from vitrina_contracts.endpoints import parse_networks
from vitrina_contracts.source_file import ExporterConfig

from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import Clock
from vitrina_sdk.exporter import Platform
from vitrina_sdk.http import Connect, VendorClient
from vitrina_sdk.own_metrics import OwnMetrics
from vitrina_sdk.polling import PollRules, SourcePoller
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
        saved: Mapping[str, SavedSource],
        connect: Connect = VendorClient,
    ) -> None:
        self.records: dict[str, SourceRecord] = {}
        self._platform = platform
        self._metrics = metrics
        self._clock = clock
        self._saved = dict(saved)
        self._connect = connect
        self._running: dict[str, tuple[SourcePoller, asyncio.Task[None]]] = {}

    async def apply(self, config: ExporterConfig) -> None:
        """Makes the pollers those of `config`. A source's old poller has ended before its new one starts."""
        wanted = _rules(config)
        for name in set(self._running) - set(wanted):
            await self._stop(name)
            del self.records[name]
            self._metrics.forget(name)
        for name, rules in wanted.items():
            running = self._running.get(name)
            if running is not None and running[0].rules == rules:
                running[0].wake()
                continue
            await self._stop(name)
            self._start(rules)
        self._saved.clear()

    async def close(self) -> None:
        for name in list(self._running):
            await self._stop(name)

    def saved_state(self) -> SavedState:
        """What the next process needs in order to go on."""
        sources = {name: record.saved(self._clock) for name, record in self.records.items()}
        return SavedState(platform=self._platform.name, sources={**self._saved, **sources})

    def _start(self, rules: PollRules) -> None:
        name = rules.source.name
        record = self.records.get(name)
        if record is None:
            record = SourceRecord(self._platform.name, name, Budget(rules.source.request_budget, self._clock))
            if name in self._saved:
                record.restore(self._saved[name], self._clock)
            self.records[name] = record
        record.budget.per_second = rules.source.request_budget
        poller = SourcePoller(self._platform, rules, record, self._metrics, self._clock, connect=self._connect)
        task = asyncio.create_task(poller.run(), name=f"poll {name}")
        task.add_done_callback(lambda ended: self._on_ended(name, ended))
        self._running[name] = (poller, task)

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
            self._start(running[0].rules)

    async def _stop(self, name: str) -> None:
        running = self._running.pop(name, None)
        if running is not None:
            running[1].cancel()
            await asyncio.wait([running[1]])


def _rules(config: ExporterConfig) -> dict[str, PollRules]:
    allowed = parse_networks(",".join(config.private_endpoints))
    return {
        source.name: PollRules(source, config.poll_interval_seconds, config.fresh_seconds, allowed)
        for source in config.sources
    }
