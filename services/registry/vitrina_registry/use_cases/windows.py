"""Maintenance windows: set by admins, seen by managers as far as they are about their sources."""

from vitrina_contracts.alerting import WindowPlan
from vitrina_contracts.tokens import Claims

from vitrina_registry.domain.audit import AuditEntry
from vitrina_registry.domain.errors import invalid
from vitrina_registry.domain.window import (
    MOST,
    StoredWindow,
    no_window,
    plan_faults,
    too_many_windows,
    window_taken,
)
from vitrina_registry.use_cases.named import change_entry, storable
from vitrina_registry.use_cases.ports import Precondition, UnitOfWork, World


async def list_windows(world: World, caller: Claims) -> list[StoredWindow]:
    """By name."""
    async with world.unit_of_work() as uow:
        return [window for window in await uow.windows.all() if window.is_for(caller)]


async def get_window(world: World, caller: Claims, name: str) -> StoredWindow:
    """Raises NotFoundError: there is none, or none that the caller may know of."""
    async with world.unit_of_work() as uow:
        window = await _find(uow, name)
    if not window.is_for(caller):
        raise no_window(name)
    return window


async def create_window(world: World, caller: Claims, name: str, plan: WindowPlan) -> StoredWindow:
    """Raises ConflictError (name taken, too many) or InvalidError."""
    _check(plan)
    async with world.unit_of_work() as uow:
        await uow.windows.lock()
        present = await uow.windows.all()
        if any(window.name == name for window in present):
            raise window_taken(name)
        if len(present) >= MOST:
            raise too_many_windows()
        window = StoredWindow(name, plan, 1, world.now(), caller.sub)
        await _store(uow, window, change_entry(world, caller, "window_created", None, window))
    return window


async def change_window(
    world: World, caller: Claims, name: str, plan: WindowPlan, precondition: Precondition
) -> StoredWindow:
    """Raises NotFoundError or InvalidError."""
    _check(plan)
    async with world.unit_of_work() as uow:
        await uow.windows.lock()
        before = await _find(uow, name)
        precondition.require(before.revision)
        if before.plan == plan:
            return before
        after = StoredWindow(name, plan, before.revision + 1, world.now(), caller.sub)
        await _store(uow, after, change_entry(world, caller, "window_updated", before, after))
    return after


async def delete_window(world: World, caller: Claims, name: str, precondition: Precondition) -> None:
    """What it silences now is silenced no longer, within a minute. Raises NotFoundError."""
    async with world.unit_of_work() as uow:
        await uow.windows.lock()
        window = await _find(uow, name)
        precondition.require(window.revision)
        await uow.windows.delete(name)
        uow.record(change_entry(world, caller, "window_deleted", window, None))
        await uow.commit()


async def _store(uow: UnitOfWork, window: StoredWindow, entry: AuditEntry) -> None:
    await uow.windows.save(window)
    uow.record(entry)
    await uow.commit()


async def _find(uow: UnitOfWork, name: str) -> StoredWindow:
    window = await uow.windows.find(storable(name))
    if window is None:
        raise no_window(name)
    return window


def _check(plan: WindowPlan) -> None:
    faults = list(plan_faults(plan))
    if faults:
        raise invalid(faults)
