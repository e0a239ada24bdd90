"""Gather, plan, apply, report: one pass over one exporter and its shards, repeated whenever something may have changed.

A pass reads the truth anew from the registry and the runtime, so lost, doubled and reordered wake-ups are harmless.
The work queue runs passes of one exporter one after the other; that is why statuses are published in order.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import structlog
from pydantic import ValidationError
from vitrina_contracts.exporter import ExporterSelfStatus, ObservedExporter

from vitrina_orchestrator.domain.desired import Absent, Polling, Wanted, wanted_from
from vitrina_orchestrator.domain.errors import InstanceBusyError, OrchestratorError, RegistryUnreadError
from vitrina_orchestrator.domain.joining import joined
from vitrina_orchestrator.domain.naming import instance_name
from vitrina_orchestrator.domain.observed import Answer, Instance
from vitrina_orchestrator.domain.phase import observe
from vitrina_orchestrator.domain.plan import (
    Create,
    DropOldConfigs,
    FallBack,
    PutConfig,
    Remove,
    Replace,
    Start,
    Step,
    Stop,
    Wait,
    plan,
)
from vitrina_orchestrator.use_cases.memories import Memories
from vitrina_orchestrator.use_cases.memory import Memory, ShardMemory
from vitrina_orchestrator.use_cases.ports import Clock, Exporters, Meter, Registry, Runtime, StatusSink

log = structlog.get_logger(__name__)

_HANDOVER: Final = timedelta(seconds=5)
"""How long one pass waits for shards to take over before it goes on: one that crashes must not keep the others."""
_HANDOVER_LOOK_SECONDS: Final = 0.1

Desired = Mapping[int, Wanted] | Absent
"""By the number of the shard."""


class Reconciler:
    def __init__(
        self,
        *,
        runtime: Runtime,
        registry: Registry,
        exporters: Exporters,
        statuses: StatusSink,
        meter: Meter,
        polling: Polling,
        now: Clock,
    ) -> None:
        self._runtime = runtime
        self._registry = registry
        self._exporters = exporters
        self._statuses = statuses
        self._meter = meter
        self._polling = polling
        self._now = now
        self.memories = Memories()
        self.has_listed = False
        """Whether the runtime has been listed since the start: before that, nothing is known of what runs."""
        self.unread: str | None = "not asked yet"
        """Why the desired state was not read at the last look at everything; null when it was."""

    async def reconcile(self, exporter: str) -> float | None:
        """One pass. Answers in how many seconds to look again, null when only a change needs that.

        Raises:
            OrchestratorError: something could not be read, done or published; what could be was.
        """
        memory = self.memories.of(exporter)
        wanted, unread = await self._wanted(exporter, memory)
        views = await self._views(exporter, memory)
        outcomes: list[_Outcome] = []
        turns = _turns(memory, views)
        for turn, later in zip(turns, [*turns[1:], []], strict=True):
            passes = (self._bring(exporter, memory, number, views[number], wanted) for number in turn)
            outcomes += await asyncio.gather(*passes)
            if later and not isinstance(wanted, Absent):
                await self._taken_over(exporter, memory, turn)
        await self._conclude(exporter, wanted, memory, {outcome.number: outcome.view for outcome in outcomes})
        for outcome in outcomes:
            if outcome.failed is not None:
                raise outcome.failed
        pause = min((outcome.pause for outcome in outcomes if outcome.pause is not None), default=None)
        if unread is not None and pause is None:
            raise unread
        return pause

    async def resync(self) -> set[str]:
        """Names of all exporters to look at: desired ones, running ones, leftovers, and those still remembered."""
        present = self.memories.note_present(await self._runtime.list())
        self.has_listed = True
        try:
            desired = {summary.name for summary in await self._registry.summaries()}
        except RegistryUnreadError as error:
            self._tell_read(str(error))
            return present
        self._tell_read(None)
        if desired:  # an empty list is more likely a registry that lost its data than a wish to remove everything
            self.memories.count_missed_reads(present - desired, desired)
        return present | desired | self.memories.names()

    async def look(self, exporter: str) -> bool:
        """Asks a running exporter about itself; whether a pass is due because of what it says, or of its silence."""
        memory = self.memories.known(exporter)
        if memory is None:
            return False
        views = await self._views(exporter, memory)
        return memory.is_news(self._observed(memory, views))

    async def _wanted(self, exporter: str, memory: Memory) -> tuple[Desired, OrchestratorError | None]:
        """The desired state of each shard, by number."""
        try:
            desired = await self._registry.desired(exporter)
            if desired is None:
                return Absent.UNKNOWN, None
            wanted = {number: wanted_from(desired, self._polling, number) for number in range(desired.shards)}
        except RegistryUnreadError as error:
            return Absent.UNREAD, error
        except ValidationError as error:
            where = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_input=False))
            memory.failure = f"its configuration cannot be used: {where}"
            return Absent.UNREAD, OrchestratorError(memory.failure)
        memory.note_wanted(desired)
        return wanted, None

    async def _taken_over(self, exporter: str, memory: Memory, numbers: Sequence[int]) -> None:
        """Waits until these shards have taken the desired revision, but not for one that cannot."""
        deadline = self._now() + _HANDOVER
        while self._now() < deadline:
            views = [await self._view(exporter, memory, number) for number in numbers]
            if all(view.has_taken(memory.revision) for view in views):
                return
            await asyncio.sleep(_HANDOVER_LOOK_SECONDS)

    async def _views(self, exporter: str, memory: Memory) -> dict[int, "_View"]:
        numbers = memory.numbers()
        seen = await asyncio.gather(*(self._view(exporter, memory, number) for number in numbers))
        return dict(zip(numbers, seen, strict=True))

    async def _view(self, exporter: str, memory: Memory, number: int) -> "_View":
        instance = await self._runtime.find(instance_name(exporter, number))
        status: ExporterSelfStatus | None = None
        if instance is not None and instance.running and instance.address is not None and instance.spec is not None:
            revision = instance.config.revision if instance.config is not None else None
            status = await self._exporters.ask(instance.address, instance.spec, revision)
        return _View(instance, memory.shard(number).note_answer(instance, status))

    async def _bring(self, exporter: str, memory: Memory, number: int, view: "_View", desired: Desired) -> "_Outcome":
        """Takes one shard as far as it goes now. Raises nothing that concerns this shard alone."""
        wanted, shard = _wanted_of(number, desired), memory.shard(number)
        is_refused = isinstance(wanted, Wanted) and shard.refuses(wanted.config_digest)
        steps = plan(wanted, view.instance, view.answer, memory.missed_reads, self._now(), is_refused=is_refused)
        failed = await self._apply(instance_name(exporter, number), wanted, view.instance, steps, shard)
        if any(not isinstance(step, Wait) for step in steps):
            try:
                view = await self._view(exporter, memory, number)
            except OrchestratorError as error:
                failed = failed or error
        pause = next((step.seconds for step in steps if isinstance(step, Wait)), None)
        return _Outcome(number, view, failed, pause)

    async def _apply(
        self, name: str, wanted: Wanted | Absent, instance: Instance | None, steps: Sequence[Step], shard: ShardMemory
    ) -> OrchestratorError | None:
        try:
            for step in steps:
                await self._do(name, wanted, step)
                if isinstance(step, FallBack) and isinstance(wanted, Wanted) and instance is not None:
                    shard.note_refused(wanted, instance, step.revision)
                if isinstance(step, Start) and instance is not None and not (instance.halted or instance.paused):
                    self._meter.restarted(instance.exporter)
        except InstanceBusyError as error:
            shard.note_busy(str(error))
            return error
        except OrchestratorError as error:
            shard.failure = str(error)
            return error
        if isinstance(wanted, Wanted):
            shard.note_success()
        return None

    async def _do(self, name: str, wanted: Wanted | Absent, step: Step) -> None:
        match step:
            case PutConfig() if isinstance(wanted, Wanted):
                await self._runtime.put_config(wanted.spec, wanted.revision, wanted.config)
            case FallBack(revision) if isinstance(wanted, Wanted):
                await self._runtime.fall_back(wanted.spec, revision)
            case Create(spec):
                await self._runtime.create(spec)
            case Start():
                await self._runtime.start(name)
            case Replace(spec, instead_of):
                await self._runtime.replace(spec, instead_of)
            case Stop():
                await self._runtime.stop(name)
            case Remove():
                await self._runtime.remove(name)
            case DropOldConfigs(keep):
                await self._runtime.drop_old_configs(name, keep)
            case _:
                return
        log.info("step_done", instance=name, step=type(step).__name__)

    async def _conclude(self, exporter: str, desired: Desired, memory: Memory, views: Mapping[int, "_View"]) -> None:
        for number, view in views.items():
            if view.instance is None and memory.is_surplus(number):
                memory.shards.pop(number, None)
        nothing_is_there = all(view.instance is None for view in views.values())
        if desired is Absent.UNKNOWN:
            if nothing_is_there:
                self.memories.forget(exporter)
            return
        if nothing_is_there and memory.revision is None:
            return  # only a name so far
        observed = self._observed(memory, views)
        if memory.is_news(observed):
            await self._statuses.publish(exporter, observed)
            memory.note_published(observed)

    def _observed(self, memory: Memory, views: Mapping[int, "_View"]) -> ObservedExporter:
        """Of all shards that should be, and of those that should not and are still there."""
        now = self._now()
        return joined(
            {
                number: observe(memory.facts(number, view.instance, view.answer), self._runtime.name, now)
                for number, view in views.items()
                if view.instance is not None or not memory.is_surplus(number)
            }
        )

    def _tell_read(self, unread: str | None) -> None:
        """Logged once when it begins and once when it ends."""
        if unread is not None and unread != self.unread:
            log.warning("desired_state_unread", reason=unread)
        if unread is None and self.unread is not None:
            log.info("desired_state_read")
        self.unread = unread


@dataclass(frozen=True)
class _View:
    """What is there of a shard, and what it says of itself."""

    instance: Instance | None
    answer: Answer

    def has_taken(self, revision: int | None) -> bool:
        """Also when nothing runs that could take it."""
        runs = self.instance is not None and self.instance.running
        return not runs or (self.answer.status is not None and self.answer.status.config_revision == revision)


@dataclass(frozen=True)
class _Outcome:
    number: int
    view: _View
    failed: OrchestratorError | None
    pause: float | None
    """Seconds after which it wants to be looked at again."""


def _turns(memory: Memory, views: Mapping[int, _View]) -> list[list[int]]:
    """Shards that come, those that stay, and those that go: so that at no time a device is without one.

    Who comes reads what the others have saved; who stays gives up what is others' now, and takes what was of those
    that go. Empty turns are left out.
    """
    kept = [number for number in views if not memory.is_surplus(number)]
    coming = [number for number in kept if views[number].instance is None]
    staying = [number for number in kept if views[number].instance is not None]
    going = [number for number in views if memory.is_surplus(number)]
    return [turn for turn in (coming, staying, going) if turn]


def _wanted_of(number: int, desired: Desired) -> Wanted | Absent:
    """A shard beyond the wanted number is to be removed."""
    if isinstance(desired, Absent):
        return desired
    return desired.get(number) or replace(desired[0], deleted=True)
