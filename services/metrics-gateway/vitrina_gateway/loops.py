"""What happens by time: ticks, storing transitions, following the record, asking the registry, checkpoints."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog
from prometheus_client import Counter, Gauge, Histogram

from vitrina_gateway.use_cases.catching_up import CatchingUp
from vitrina_gateway.use_cases.daily_rows import DailyRows
from vitrina_gateway.use_cases.device_facts import FactBook
from vitrina_gateway.use_cases.device_work import WorkBook
from vitrina_gateway.use_cases.fleet import Fleet
from vitrina_gateway.use_cases.ports import (
    CheckpointStore,
    Follower,
    MonitoringError,
    RecordUnavailableError,
    Registry,
    RegistryError,
)
from vitrina_gateway.use_cases.refresh import Refresh
from vitrina_gateway.use_cases.transitions import Transitions
from vitrina_gateway.use_cases.webhooks import Webhooks

log = structlog.get_logger(__name__)

TICK_SECONDS: Final = Histogram(
    "vitrina_gateway_tick_duration_seconds", "Duration of a tick.", buckets=(0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10)
)
REGISTRY_UP: Final = Gauge("vitrina_gateway_registry_up", "1 while the registry answers with its sources.")
FAILED_CHECKPOINTS: Final = Counter("vitrina_gateway_failed_checkpoints", "Checkpoints that could not be written.")

_RECORD_PATIENCE_SECONDS: Final = 3.0
"""How long the first tick waits for the record: with NATS down the list goes on without it."""
_RETRY_SECONDS: Final = 1.0
_DAILY_SECONDS: Final = 300.0
"""A closed day is stored soon after its end; who reads it does not wait for it."""
_DAILY_RETRY_SECONDS: Final = 60.0
_RECORD_RETRY_SECONDS: Final = 0.2
"""Short, because the first tick waits for it."""
_CHANGED_CHECKPOINT_SECONDS: Final = 5.0
_CALM_CHECKPOINT_SECONDS: Final = 30.0
"""Without a change of status only times of last contacts are lost."""
_FORGET_SECONDS: Final = 60.0
_CONSUMERS_SECONDS: Final = 3.0


@dataclass(frozen=True)
class Ticking:
    """`clock` gives Unix seconds."""

    refresh: Refresh
    transitions: Transitions
    catching_up: CatchingUp
    every: float
    clock: Callable[[], float] = time.time

    async def run(self) -> None:
        await self._wait_for_record()
        await self.catching_up.run()
        last = float("-inf")
        while True:
            at = self.clock() // self.every * self.every
            if at > last:
                last = at
                with TICK_SECONDS.time():
                    await self.refresh.tick(at)
            await asyncio.sleep(max(0.01, at + self.every - self.clock()))

    async def _wait_for_record(self) -> None:
        """What is stored must be known before anything is judged, or a restart would look like a change."""
        while not self.transitions.loaded.is_set():
            try:
                async with asyncio.timeout(_RECORD_PATIENCE_SECONDS):
                    await self.transitions.loaded.wait()
            except TimeoutError:
                if not self.transitions.being_read:
                    log.warning("record_not_read_yet")
                    return


async def store_transitions(transitions: Transitions) -> None:
    while True:
        await transitions.wait()
        if not await transitions.store_due():
            await asyncio.sleep(_RETRY_SECONDS)


async def follow_record(follower: Follower) -> None:
    was_available = False
    while True:
        try:
            await follower.follow()
            was_available = True
        except RecordUnavailableError as error:
            if was_available:
                log.warning("record_not_followed", reason=str(error))
            was_available = False
            await asyncio.sleep(_RECORD_RETRY_SECONDS)


async def forget_ended_chains(transitions: Transitions, grace: float) -> None:
    while True:
        await asyncio.sleep(_FORGET_SECONDS)
        try:
            await transitions.forget_ended(time.time() - grace)
        except RecordUnavailableError:
            log.debug("chains_not_forgotten_yet")


async def keep_outside_consumers(ensure: Callable[[], Awaitable[None]]) -> None:
    """A consumer that its reader removed, or that went with a wiped store, is there again soon."""
    while True:
        try:
            await ensure()
        except RecordUnavailableError:
            log.debug("outside_consumers_wait")
        await asyncio.sleep(_CONSUMERS_SECONDS)


async def ask_registry(registry: Registry, refresh: Refresh, every: float) -> None:
    """Asks often: the answer is small, and what an admin disables is to be seen at once."""
    answered = True
    while True:
        try:
            refresh.sources_known(await registry.known_sources())
        except RegistryError as error:
            if answered:
                log.warning("registry_does_not_answer", reason=str(error))
            answered = False
        else:
            answered = True
        REGISTRY_UP.set(answered)
        await asyncio.sleep(every if answered else min(every, _RETRY_SECONDS))


async def ask_facts(registry: Registry, facts: FactBook, every: float) -> None:
    async def ask() -> None:
        facts.learn(await registry.facts(facts.version))

    await _keep_asking(ask, every, complaint="device_facts_not_read")


async def ask_work_states(registry: Registry, work: WorkBook, every: float) -> None:
    async def ask() -> None:
        work.learn(await registry.work_states(work.version))

    await _keep_asking(ask, every, complaint="work_states_not_read")


async def ask_hidden(registry: Registry, fleet: Fleet, every: float) -> None:
    async def ask() -> None:
        fleet.hidden = await registry.hidden_sources()

    await _keep_asking(ask, every, complaint="hidden_sources_not_read")


async def ask_webhooks(registry: Registry, webhooks: Webhooks, every: float) -> None:
    async def ask() -> None:
        await webhooks.learn(await registry.webhooks())

    await _keep_asking(ask, every, complaint="webhooks_not_read")


async def _keep_asking(ask: Callable[[], Awaitable[None]], every: float, complaint: str) -> None:
    """What was known stays while the registry does not answer, which is complained of once."""
    answered = True
    while True:
        try:
            await ask()
        except RegistryError as error:
            if answered:
                log.warning(complaint, reason=str(error))
            answered = False
        else:
            answered = True
        await asyncio.sleep(every)


async def keep_daily_rows(daily: DailyRows) -> None:
    while True:
        pause = _DAILY_SECONDS
        try:
            await daily.work()
        except (RegistryError, MonitoringError) as error:
            log.info("daily_rows_wait", reason=str(error))
            pause = _DAILY_RETRY_SECONDS
        await asyncio.sleep(pause)


async def keep_checkpoint(refresh: Refresh, store: CheckpointStore) -> None:
    saved_changes = -1
    while True:
        await asyncio.sleep(_CHANGED_CHECKPOINT_SECONDS)
        calm = 0.0
        while refresh.status_changes == saved_changes and calm < _CALM_CHECKPOINT_SECONDS:
            await asyncio.sleep(_CHANGED_CHECKPOINT_SECONDS)
            calm += _CHANGED_CHECKPOINT_SECONDS
        saved_changes = refresh.status_changes
        await save_checkpoint(refresh, store)


async def save_checkpoint(refresh: Refresh, store: CheckpointStore) -> None:
    checkpoint = refresh.checkpoint()
    if checkpoint is None:
        return
    try:
        await asyncio.to_thread(store.save, checkpoint)
    except OSError as error:
        FAILED_CHECKPOINTS.inc()
        log.warning("checkpoint_not_written", error=str(error))
