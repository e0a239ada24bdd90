"""Pure: how often a dying exporter is started again, and the phase and reason that people see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vitrina_contracts.exporter import ExporterSelfStatus, ObservedExporter, Phase, SourceState

from vitrina_orchestrator.domain.observed import Answer, Instance

HEALTHY_LIFE_SECONDS: Final = 10.0
"""Who lives longer was well: its death counts as the first again."""
LONGEST_PAUSE_SECONDS: Final = 60.0
START_PATIENCE_SECONDS: Final = 15.0
"""Interpreter start, imports and the first answer, on a busy machine."""
SILENCE_PATIENCE_SECONDS: Final = 5.0
APPLY_PATIENCE_SECONDS: Final = 30.0
_SHOWN_SOURCES: Final = 3


@dataclass(frozen=True)
class Facts:
    """Everything that one pass knows about an exporter."""

    revision: int | None
    """Desired revision as last read; null when it has never been read."""
    enabled: bool
    deleted: bool
    instance: Instance | None
    answer: Answer
    failure: str | None = None
    """Why the last pass could not bring it to its desired state, in words."""
    unapplied_seconds: float = 0.0
    """How long the desired revision has been lying ready without the exporter confirming it."""


def early_deaths_after(early_deaths: int, lived_seconds: float) -> int:
    """Deaths in a row soon after the start, counting one more death after a life of `lived_seconds`."""
    return early_deaths + 1 if lived_seconds < HEALTHY_LIFE_SECONDS else 0


def pause_before_start(early_deaths: int) -> float:
    """Seconds: none after the first early death, then 1, 2, 4 ... 60."""
    if early_deaths <= 1:
        return 0.0
    return min(LONGEST_PAUSE_SECONDS, 2.0 ** (early_deaths - 2))


def observe(facts: Facts, runtime: str, now: datetime) -> ObservedExporter:
    """The status to publish."""
    phase, reason = phase_of(facts, now)
    instance = facts.instance
    here = instance is not None and not facts.deleted and instance.spec is not None
    status = facts.answer.status if instance is not None and instance.running else None
    return ObservedExporter(
        phase=phase,
        reason=reason,
        applied_revision=_applied_revision(facts, phase, status),
        runtime=runtime,
        instance=instance.id if instance is not None and instance.running else None,
        image=instance.image if instance is not None and here else None,
        restarts=instance.restarts if instance is not None else 0,
        exit_code=_exit_code(instance, phase),
        started_at=instance.started_at if instance is not None and instance.running else None,
        sources=status.sources if status is not None else [],
        unmatched=status.unmatched if status is not None else [],
        observed_at=now,
    )


def _exit_code(instance: Instance | None, phase: Phase) -> int | None:
    """Of the death that explains the phase; an exporter that is well or was stopped has none to show."""
    if instance is None or instance.halted or (instance.running and phase is not Phase.CRASH_LOOPING):
        return None
    return instance.exit_code


def _applied_revision(facts: Facts, phase: Phase, status: ExporterSelfStatus | None) -> int | None:
    """An exporter that must not run confirms its revision by not running; any other one by its own word."""
    if phase is Phase.STOPPED:
        return facts.revision
    return status.config_revision if status is not None else None


def phase_of(facts: Facts, now: datetime) -> tuple[Phase, str | None]:
    """The phase and its reason in words (null when all is well)."""
    instance = facts.instance
    runs = instance is not None and instance.running
    if facts.revision is not None and (facts.deleted or not facts.enabled) and not runs:
        return Phase.STOPPED, "deleted" if facts.deleted else "disabled"
    if instance is None or instance.spec is None:
        return (Phase.FAILED, facts.failure) if facts.failure else (Phase.PENDING, _pending_reason(facts))
    if not instance.running:
        return _phase_of_ended(instance, facts)
    if facts.failure is not None:
        return Phase.DEGRADED, facts.failure
    return _phase_of_running(instance, facts, now)


def _pending_reason(facts: Facts) -> str:
    return "the desired state has not been read yet" if facts.revision is None else "about to start"


def _phase_of_ended(instance: Instance, facts: Facts) -> tuple[Phase, str | None]:
    if facts.failure is not None:
        return Phase.FAILED, facts.failure
    if instance.halted:
        return (Phase.STOPPED, "stopped") if facts.revision is None else (Phase.STARTING, None)
    if instance.early_deaths > 1:
        return Phase.CRASH_LOOPING, _crash_reason(instance)
    return Phase.STARTING, f"{death_of(instance)}; it is started again"


def _phase_of_running(instance: Instance, facts: Facts, now: datetime) -> tuple[Phase, str | None]:
    if instance.paused:
        return Phase.DEGRADED, "it was paused; it goes on in a moment"
    status = facts.answer.status
    if status is None:
        return _phase_before_first_answer(instance, now)
    trouble = _trouble(status, facts)
    if trouble is not None:
        return Phase.DEGRADED, trouble
    return (Phase.STARTING if status.config_revision is None else Phase.RUNNING), None


def _phase_before_first_answer(instance: Instance, now: datetime) -> tuple[Phase, str | None]:
    age = (now - instance.started_at).total_seconds() if instance.started_at is not None else 0.0
    if instance.early_deaths > 1 and age < HEALTHY_LIFE_SECONDS:
        return Phase.CRASH_LOOPING, _crash_reason(instance)
    if age < START_PATIENCE_SECONDS:
        return Phase.STARTING, None
    return Phase.DEGRADED, f"runs, but has not answered on its port within {START_PATIENCE_SECONDS:g} s"


def _trouble(status: ExporterSelfStatus, facts: Facts) -> str | None:
    if facts.answer.silent_seconds > SILENCE_PATIENCE_SECONDS:
        return "runs, but does not answer on its port"
    if status.config_error is not None:
        return f"configuration: {status.config_error}"
    if facts.unapplied_seconds >= APPLY_PATIENCE_SECONDS:
        return f"has not taken revision {facts.revision} yet"
    failing = [source for source in status.sources if source.up is False]
    return _failing_reason(failing) if failing else None


def _crash_reason(instance: Instance) -> str:
    deaths, pause = instance.early_deaths, pause_before_start(instance.early_deaths)
    reason = f"ended {deaths} times soon after its start, tried again after {pause:g} s; {death_of(instance)}"
    return f"{reason}: {instance.last_words}" if instance.last_words else reason


def death_of(instance: Instance) -> str:
    """Its last end in words."""
    if instance.out_of_memory:
        return "it needed more memory than it may have and was ended"
    if instance.exit_code is None:
        return "it ended, the exit code was not seen"
    if instance.exit_code < 0:
        return f"it was ended by signal {-instance.exit_code}"
    return f"it ended with exit code {instance.exit_code}"


def _failing_reason(failing: list[SourceState]) -> str:
    shown = "; ".join(f"source {source.name}: {source.reason or 'failing'}" for source in failing[:_SHOWN_SOURCES])
    more = len(failing) - _SHOWN_SOURCES
    return f"{shown}; and {more} more" if more > 0 else shown
