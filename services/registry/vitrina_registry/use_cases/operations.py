"""Removal of series: begun with a deletion, stopped or hastened by people, done by the orchestrator."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from vitrina_contracts.operations import (
    CleanupReport,
    CleanupTask,
    FoundOrphan,
    OperationKind,
    OperationState,
)
from vitrina_contracts.tokens import Claims

from vitrina_registry.domain.audit import SYSTEM, AuditEntry
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.operation import Operation, no_operation
from vitrina_registry.use_cases.ports import UnitOfWork, World

_HEAD_COMPACTED: Final = timedelta(hours=6)
"""By then Prometheus has compacted its head at least once, and its lists do not name what was removed."""

_EACH_DAY: Final = timedelta(days=1)


async def remove_series(
    world: World, uow: UnitOfWork, actor: str, exporter: Exporter, sources: Sequence[str | None]
) -> None:
    """Within the transaction that deletes these sources of the exporter; None stands for the exporter itself."""
    grace = world.cleanup.grace
    if grace is None:
        return
    for source in sources:
        operation = Operation.of_deleted(exporter.name, exporter.type, source, actor, now=world.now(), grace=grace)
        await uow.operations.add(operation)


async def list_operations(
    world: World, states: Sequence[OperationState], source: str | None, before: int | None, limit: int
) -> list[Operation]:
    """Newest first."""
    async with world.unit_of_work() as uow:
        return await uow.operations.page(states, source, before, limit)


async def cancel(world: World, caller: Claims, number: int) -> Operation:
    """The series stay, and the name is free. Raises NotFoundError, or ConflictError when it is too late."""
    async with world.unit_of_work() as uow:
        before = await _lock(uow, number)
        return await _changed(world, uow, caller.sub, before, before.cancelled(world.now()))


async def hasten(world: World, caller: Claims, number: int) -> Operation:
    """The series are removed now. Raises NotFoundError, or ConflictError when it runs or has ended."""
    async with world.unit_of_work() as uow:
        before = await _lock(uow, number)
        return await _changed(world, uow, caller.sub, before, before.hastened(world.now()))


async def tasks(world: World) -> list[CleanupTask]:
    """What the orchestrator is to work on now."""
    async with world.unit_of_work() as uow:
        due = await uow.operations.due(world.now())
        again = {exporter.name: exporter.created_at for exporter in await uow.exporters.all()} if due else {}
    return [
        CleanupTask(
            id=operation.id,
            kind=operation.kind,
            state=operation.state,
            platform=operation.platform,
            exporter=operation.exporter,
            source=operation.source,
            deleted_at=operation.created_at,
            until=_until(operation, again),
        )
        for operation in due
    ]


async def report(world: World, number: int, told: CleanupReport) -> Operation:
    """Raises NotFoundError, or ConflictError when it was cancelled meanwhile: then nothing may be removed."""
    async with world.unit_of_work() as uow:
        before = await _lock(uow, number)
        after = before.reported(told, world.now())
        if (after.state, after.reason) == (before.state, before.reason):
            await uow.operations.save(after)
            await uow.commit()
            return after
        return await _changed(world, uow, SYSTEM, before, after)


async def note_orphans(world: World, found: Sequence[FoundOrphan]) -> None:
    """Series of sources that nobody declared become operations that wait for an admin's word."""
    names = [orphan.source for orphan in found]
    async with world.unit_of_work() as uow:
        declared = {name for names in (await uow.sources.names()).values() for name in names}
        known = {(operation.platform, operation.source) for operation in await uow.operations.concerning(names)}
        for orphan in found:
            if orphan.source not in declared and (orphan.platform, orphan.source) not in known:
                await uow.operations.add(_orphan(orphan, world.now()))
        await uow.commit()


async def keep_house(world: World) -> None:
    """Forgets old audit entries; each day begins to remove series that are older than their platform's are kept.

    A retention that is not done is no reason for another.
    """
    now = world.now()
    async with world.unit_of_work() as uow:
        for platform, kept in world.cleanup.kept.items():
            last = await uow.operations.newest_retention(platform)
            if last is None or (last.ended_at is not None and last.created_at <= now - _EACH_DAY):
                await uow.operations.add(Operation.of_retention(platform, SYSTEM, now=now, kept=kept))
        await uow.history.forget_audit(now - world.cleanup.audit)
        await uow.commit()


async def hidden_sources(world: World) -> list[str]:
    """Sources whose series are being removed: their names still stand in Prometheus' lists for hours."""
    async with world.unit_of_work() as uow:
        return sorted(await uow.operations.hidden(world.now() - _HEAD_COMPACTED))


def _orphan(found: FoundOrphan, now: datetime) -> Operation:
    return Operation(
        id=0,
        kind=OperationKind.ORPHAN,
        state=OperationState.FOUND,
        platform=found.platform,
        exporter=None,
        source=found.source,
        actor=SYSTEM,
        created_at=now,
        due_at=now,
        series=found.series,
    )


def _until(operation: Operation, again: dict[str, datetime]) -> datetime | None:
    """An exporter's name may be in use again: what is measured since then is another's."""
    if operation.kind is OperationKind.EXPORTER and operation.exporter is not None:
        return again.get(operation.exporter)
    return operation.until


async def _lock(uow: UnitOfWork, number: int) -> Operation:
    operation = await uow.operations.lock(number)
    if operation is None:
        raise no_operation(number)
    return operation


async def _changed(world: World, uow: UnitOfWork, actor: str, before: Operation, after: Operation) -> Operation:
    await uow.operations.save(after)
    sides = [
        {"operation": side.id, "state": str(side.state), "series": side.series, "reason": side.reason}
        for side in (before, after)
    ]
    action = f"operation_{after.state}" if after.state is not before.state else "operation_hastened"
    uow.record(AuditEntry(world.now(), actor, action, after.exporter or after.platform, after.source, *sides))
    await uow.commit()
    return after
