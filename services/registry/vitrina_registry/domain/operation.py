"""Removal of series of what was deleted: when it is due, who may still stop it, and what its name waits for.

(deleted) -> pending -> running -> done          done: Prometheus confirmed that nothing is left
(orphan)  -> found ----^   |  ^
     cancelled <-----------+ failed (tried again by itself)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Self

from vitrina_contracts.manifest import Text
from vitrina_contracts.operations import CleanupReport, OperationKind, OperationState

from vitrina_registry.domain.errors import ConflictError, FieldFault, NotFoundError

FIRST_PAUSE: Final = timedelta(seconds=10)
LONGEST_PAUSE: Final = timedelta(minutes=10)

HOLDING: Final = (OperationState.PENDING, OperationState.RUNNING, OperationState.FAILED)
"""While it is in one of these the name of its source is not free."""
_STOPPABLE: Final = (OperationState.FOUND, OperationState.PENDING, OperationState.FAILED)
_STARTABLE: Final = _STOPPABLE


@dataclass(frozen=True)
class CleanupRules:
    """What becomes of what nobody needs any more."""

    grace: timedelta | None
    """Until the series of what was deleted are removed; None: never, and names are free at once."""
    kept: Mapping[str, timedelta] = field(default_factory=dict)
    """By platform: how old series may become."""
    audit: timedelta = timedelta(days=730)
    """How long is kept who changed what."""


@dataclass(frozen=True)
class Operation:
    id: int
    """0 until it is stored."""
    kind: OperationKind
    state: OperationState
    platform: str
    exporter: str | None
    source: str | None
    actor: str
    created_at: datetime
    due_at: datetime
    """When it starts, or is tried again."""
    attempts: int = 0
    series: int | None = None
    reason: str | None = None
    until: datetime | None = None
    """Only samples before it."""
    ended_at: datetime | None = None
    freed_at: datetime | None = None

    @classmethod
    def of_deleted(
        cls, exporter: str, platform: str, source: str | None, actor: str, *, now: datetime, grace: timedelta
    ) -> Self:
        """`source` None: what the exporter told of itself."""
        kind = OperationKind.EXPORTER if source is None else OperationKind.SOURCE
        return cls(0, kind, OperationState.PENDING, platform, exporter, source, actor, now, now + grace)

    @classmethod
    def of_retention(cls, platform: str, actor: str, *, now: datetime, kept: timedelta) -> Self:
        """What is older than it is to be kept."""
        kind, state = OperationKind.RETENTION, OperationState.PENDING
        return cls(0, kind, state, platform, None, None, actor, now, now, until=now - kept)

    def cancelled(self, now: datetime) -> Self:
        """Raises ConflictError: too late."""
        if self.state is OperationState.CANCELLED:
            return self
        if self.state not in _STOPPABLE:
            raise _too_late(self)
        return replace(self, state=OperationState.CANCELLED, ended_at=now)

    def hastened(self, now: datetime) -> Self:
        """Without the rest of its grace. Raises ConflictError: it runs already, or has ended."""
        if self.state not in _STARTABLE:
            raise _too_late(self)
        return replace(self, state=OperationState.PENDING, due_at=min(self.due_at, now))

    def reported(self, report: CleanupReport, now: datetime) -> Self:
        """What the orchestrator did. Raises ConflictError: it was cancelled."""
        if self.state is OperationState.CANCELLED:
            raise _too_late(self)
        series = report.series if self.series is None else self.series
        if self.state is OperationState.DONE:
            return replace(self, freed_at=self.freed_at or (now if report.freed else None))
        if report.state is OperationState.FAILED:
            pause = min(FIRST_PAUSE * 2 ** min(self.attempts, 10), LONGEST_PAUSE)
            return replace(
                self,
                state=OperationState.FAILED,
                series=series,
                reason=report.reason,
                attempts=self.attempts + 1,
                due_at=now + pause,
            )
        if report.state is OperationState.RUNNING:
            return replace(self, state=OperationState.RUNNING, series=series)
        return replace(self, state=OperationState.DONE, series=series, reason=None, ended_at=now)


def free_name(name: str, holding: Sequence[Operation]) -> None:
    """Raises ConflictError: series of a former source of this name are not confirmed gone."""
    if not holding:
        return
    operation = holding[0]
    path = f"/api/registry/v1/operations/{operation.id}"
    message = Text(
        en=f"The name {name} belonged to a source whose series are still to be removed (operation {operation.id}, "
        f"{operation.state}, due {operation.due_at:%Y-%m-%d %H:%M} UTC). To keep them and use the name now, cancel it "
        f"(POST {path}/cancel); to have them removed now, POST {path}/run and try again; or choose another name.",
        ru=f"Имя {name} принадлежало источнику, ряды которого ещё не удалены (операция {operation.id}, "
        f"{operation.state}, срок {operation.due_at:%Y-%m-%d %H:%M} UTC). Чтобы сохранить их и занять имя сейчас, "
        f"отмените её (POST {path}/cancel); чтобы удалить их сейчас, отправьте POST {path}/run и повторите; либо "
        f"выберите другое имя.",
    )
    raise ConflictError(message, [FieldFault("name", message)])


def no_operation(number: int) -> NotFoundError:
    return NotFoundError(Text(en=f"There is no operation {number}.", ru=f"Операции {number} нет."))


def _too_late(operation: Operation) -> ConflictError:
    return ConflictError(
        Text(
            en=f"Operation {operation.id} is {operation.state}: that cannot be changed any more.",
            ru=f"Операция {operation.id} уже в состоянии {operation.state}: изменить это нельзя.",
        )
    )
