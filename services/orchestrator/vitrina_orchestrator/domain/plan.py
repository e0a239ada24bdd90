"""Pure: what to do about one exporter, given what should be and what is. Tested as a table.

The rules it keeps: nothing is stopped, replaced or removed while the desired state is unread; an exporter that the
registry does not know is removed only after it was missing from two full reads; what died is started again with a
growing pause, and at once when its configuration changed; what dies of a new configuration goes back to the proven one;
what runs and stays silent is replaced.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vitrina_orchestrator.domain.desired import Absent, InstanceSpec, Wanted
from vitrina_orchestrator.domain.observed import Answer, Instance
from vitrina_orchestrator.domain.phase import pause_before_start
from vitrina_orchestrator.domain.refusal import PROOF_SECONDS, former_to_serve, lives_with_former

READS_BEFORE_REMOVAL: Final = 2
HANG_SECONDS: Final = 60.0
"""Who runs and has not answered for so long is replaced."""


@dataclass(frozen=True)
class PutConfig:
    """Write the desired configuration."""


@dataclass(frozen=True)
class FallBack:
    """Make the proven configuration of this revision the present one again; the desired one kills the exporter."""

    revision: int


@dataclass(frozen=True)
class Create:
    spec: InstanceSpec


@dataclass(frozen=True)
class Start:
    """Start again what exists and does not run, or is paused."""


@dataclass(frozen=True)
class Replace:
    spec: InstanceSpec
    instead_of: str | None
    """Id of the running instance that was seen; null when none runs."""


@dataclass(frozen=True)
class Stop:
    pass


@dataclass(frozen=True)
class Remove:
    """Stop, and delete everything of it: configuration, state, logs."""


@dataclass(frozen=True)
class DropOldConfigs:
    """The present configuration is proven: former ones, with their credentials, may go."""

    keep: int


@dataclass(frozen=True)
class Wait:
    """Look again then."""

    seconds: float


Step = PutConfig | FallBack | Create | Start | Replace | Stop | Remove | DropOldConfigs | Wait


def plan(
    wanted: Wanted | Absent,
    instance: Instance | None,
    answer: Answer,
    missed_reads: int,
    now: datetime,
    *,
    is_refused: bool = False,
) -> list[Step]:
    """Steps in order; empty when all is as it should be.

    `is_refused`: the desired configuration has killed the exporter a short time ago.
    """
    if wanted is Absent.UNREAD:
        return _keep_alive(instance, now)
    if isinstance(wanted, Absent):
        return [Remove()] if instance is not None and missed_reads >= READS_BEFORE_REMOVAL else []
    if wanted.deleted:
        return [Remove()] if instance is not None else []
    if not wanted.enabled:
        return [Stop()] if instance is not None and instance.running else []
    return _run(wanted, instance, answer, now, is_refused=is_refused)


def _keep_alive(instance: Instance | None, now: datetime) -> list[Step]:
    """What ran when the desired state was last known goes on."""
    if instance is None or instance.spec is None or instance.config is None:
        return []
    if instance.paused:
        return [Start()]
    if instance.running or instance.halted:
        return []
    return [_start_or_wait(instance, now)]


def _run(wanted: Wanted, instance: Instance | None, answer: Answer, now: datetime, *, is_refused: bool) -> list[Step]:
    config = instance.config if instance is not None else None
    steps: list[Step] = []
    if config is None or (config.digest != wanted.config_digest and not (is_refused and lives_with_former(instance))):
        steps.append(PutConfig())
    if instance is None or instance.spec is None:
        return [*steps, Create(wanted.spec)]
    if instance.spec != wanted.spec or (instance.running and answer.silent_seconds > HANG_SECONDS):
        return [*steps, Replace(wanted.spec, instance.id)]
    if instance.paused:
        return [*steps, Start()]
    if not instance.running:
        return [*steps, *_again(wanted, instance, now, at_once=bool(steps) or instance.halted)]
    confirmed = answer.status.config_revision if answer.status is not None else None
    if config is not None and not steps and confirmed == config.revision and config.older_revisions:
        left = PROOF_SECONDS - answer.confirmed_seconds
        steps.append(Wait(left) if left > 0 else DropOldConfigs(keep=confirmed))
    return steps


def _again(wanted: Wanted, instance: Instance, now: datetime, *, at_once: bool) -> list[Step]:
    proven = former_to_serve(wanted, instance)
    if proven is not None and not instance.halted:
        return [FallBack(proven), Start()]
    return [Start() if at_once else _start_or_wait(instance, now)]


def _start_or_wait(instance: Instance, now: datetime) -> Step:
    if instance.ended_at is None:
        return Start()
    since_death = (now - instance.ended_at).total_seconds()
    left = pause_before_start(instance.early_deaths) - max(since_death, 0.0)
    return Wait(left) if left > 0 else Start()
