"""Gather, plan, apply, report: one pass over one exporter, repeated whenever something may have changed.

A pass reads the truth anew from the registry and the runtime, so lost, doubled and reordered wake-ups are harmless.
The work queue runs passes of one exporter one after the other; that is why statuses are published in order.
"""

from collections.abc import Sequence

import structlog
from pydantic import ValidationError
from vitrina_contracts.exporter import ExporterSelfStatus, ObservedExporter

from vitrina_orchestrator.domain.desired import Absent, Polling, Wanted, wanted_from
from vitrina_orchestrator.domain.errors import InstanceBusyError, OrchestratorError, RegistryUnreadError
from vitrina_orchestrator.domain.observed import Answer, Instance
from vitrina_orchestrator.domain.phase import observe
from vitrina_orchestrator.domain.plan import (
    Create,
    DropOldConfigs,
    PutConfig,
    Remove,
    Replace,
    Start,
    Step,
    Stop,
    Wait,
    plan,
)
from vitrina_orchestrator.use_cases.memory import Memory
from vitrina_orchestrator.use_cases.ports import Clock, Exporters, Meter, Registry, Runtime, StatusSink

log = structlog.get_logger(__name__)


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
        self._memories: dict[str, Memory] = {}
        self.has_listed = False
        """Whether the runtime has been listed since the start: before that, nothing is known of what runs."""
        self.unread: str | None = "not asked yet"
        """Why the desired state was not read at the last look at everything; null when it was."""

    async def reconcile(self, exporter: str) -> float | None:
        """One pass. Answers in how many seconds to look again, null when only a change needs that.

        Raises:
            OrchestratorError: something could not be read, done or published; what could be was.
        """
        memory = self._memories.setdefault(exporter, Memory())
        wanted, unread = await self._wanted(exporter, memory)
        instance = await self._runtime.find(exporter)
        answer = await self._answer_of(instance, memory)
        steps = plan(wanted, instance, answer, memory.missed_reads, self._now())
        failed = await self._apply(exporter, wanted, instance, steps, memory)
        if any(not isinstance(step, Wait) for step in steps):
            instance = await self._runtime.find(exporter)
            answer = await self._answer_of(instance, memory)
        await self._conclude(exporter, wanted, memory, instance, answer)
        if failed is not None:
            raise failed
        pause = next((step.seconds for step in steps if isinstance(step, Wait)), None)
        if unread is not None and pause is None:
            raise unread
        return pause

    async def resync(self) -> set[str]:
        """Names of all exporters to look at: desired ones, running ones, leftovers, and those still remembered."""
        present = {instance.exporter for instance in await self._runtime.list()}
        self.has_listed = True
        try:
            desired = {summary.name for summary in await self._registry.summaries()}
        except RegistryUnreadError as error:
            self._tell_read(str(error))
            return present
        self._tell_read(None)
        if desired:  # an empty list is more likely a registry that lost its data than a wish to remove everything
            self._count_missed_reads(present - desired, desired)
        return present | desired | set(self._memories)

    async def look(self, exporter: str) -> bool:
        """Asks a running exporter about itself; whether a pass is due because of what it says, or of its silence."""
        memory = self._memories.get(exporter)
        if memory is None:
            return False
        instance = await self._runtime.find(exporter)
        answer = await self._answer_of(instance, memory)
        return memory.is_news(self._observed(memory, instance, answer))

    def watched(self) -> dict[str, bool]:
        """Exporters that run, and whether each is settled."""
        running = {name: memory for name, memory in self._memories.items() if _runs(memory.published)}
        return {name: memory.is_settled for name, memory in running.items()}

    def publish_anew(self) -> set[str]:
        """After a connection to the bus, which may have lost everything: every status is news again."""
        for memory in self._memories.values():
            memory.published = None
        return set(self._memories)

    def phases(self) -> Sequence[str]:
        return [memory.published.phase.value for memory in self._memories.values() if memory.published is not None]

    async def _wanted(self, exporter: str, memory: Memory) -> tuple[Wanted | Absent, OrchestratorError | None]:
        try:
            desired = await self._registry.desired(exporter)
            if desired is None:
                return Absent.UNKNOWN, None
            wanted = wanted_from(desired, self._polling)
        except RegistryUnreadError as error:
            return Absent.UNREAD, error
        except ValidationError as error:
            where = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_input=False))
            memory.failure = f"its configuration cannot be used: {where}"
            return Absent.UNREAD, OrchestratorError(memory.failure)
        memory.note_wanted(wanted)
        return wanted, None

    async def _answer_of(self, instance: Instance | None, memory: Memory) -> Answer:
        status: ExporterSelfStatus | None = None
        if instance is not None and instance.running and instance.address is not None:
            status = await self._exporters.ask(instance.address)
        return memory.note_answer(instance, status)

    async def _apply(
        self, exporter: str, wanted: Wanted | Absent, instance: Instance | None, steps: Sequence[Step], memory: Memory
    ) -> OrchestratorError | None:
        try:
            for step in steps:
                await self._do(exporter, wanted, step)
                if isinstance(step, Start) and instance is not None and not (instance.halted or instance.paused):
                    self._meter.restarted(exporter)
        except InstanceBusyError as error:
            memory.note_busy(str(error))
            return error
        except OrchestratorError as error:
            memory.failure = str(error)
            return error
        if isinstance(wanted, Wanted):
            memory.note_success()
        return None

    async def _do(self, exporter: str, wanted: Wanted | Absent, step: Step) -> None:
        match step:
            case PutConfig() if isinstance(wanted, Wanted):
                await self._runtime.put_config(wanted.spec, wanted.revision, wanted.config)
            case Create(spec):
                await self._runtime.create(spec)
            case Start():
                await self._runtime.start(exporter)
            case Replace(spec, instead_of):
                await self._runtime.replace(spec, instead_of)
            case Stop():
                await self._runtime.stop(exporter)
            case Remove():
                await self._runtime.remove(exporter)
            case DropOldConfigs(keep):
                await self._runtime.drop_old_configs(exporter, keep)
            case _:
                return
        log.info("step_done", exporter=exporter, step=type(step).__name__)

    async def _conclude(
        self, exporter: str, wanted: Wanted | Absent, memory: Memory, instance: Instance | None, answer: Answer
    ) -> None:
        if wanted is Absent.UNKNOWN:
            if instance is None:
                self._memories.pop(exporter, None)
            return
        if instance is None and memory.revision is None:
            return  # only a name so far
        observed = self._observed(memory, instance, answer)
        if memory.is_news(observed):
            await self._statuses.publish(exporter, observed)
            memory.note_published(observed)

    def _observed(self, memory: Memory, instance: Instance | None, answer: Answer) -> ObservedExporter:
        return observe(memory.facts(instance, answer), self._runtime.name, self._now())

    def _tell_read(self, unread: str | None) -> None:
        """Logged once when it begins and once when it ends."""
        if unread is not None and unread != self.unread:
            log.warning("desired_state_unread", reason=unread)
        if unread is None and self.unread is not None:
            log.info("desired_state_read")
        self.unread = unread

    def _count_missed_reads(self, missing: set[str], desired: set[str]) -> None:
        for name in missing:
            self._memories.setdefault(name, Memory()).missed_reads += 1
        for name in desired & set(self._memories):
            self._memories[name].missed_reads = 0


def _runs(observed: ObservedExporter | None) -> bool:
    return observed is not None and observed.started_at is not None
