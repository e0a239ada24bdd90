"""Work states: who takes care of a device that is dark. Set by whoever may see it, many at once, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass

from vitrina_contracts.manifest import Text
from vitrina_contracts.tokens import Claims
from vitrina_contracts.work import WorkDelta, WorkItem, WorkState

from vitrina_registry.domain.audit import AuditEntry
from vitrina_registry.domain.errors import FieldFault, NotFoundError, invalid
from vitrina_registry.domain.facts import DeviceKey
from vitrina_registry.domain.scope import sees, sees_all
from vitrina_registry.domain.work import StoredWork, next_work
from vitrina_registry.use_cases.facts import no_place, places
from vitrina_registry.use_cases.ports import FactsFilter, UnitOfWork, World


@dataclass(frozen=True)
class WorkChanged:
    """`before`: the devices whose state changed, each as it was, so that it can be put back."""

    before: list[WorkItem]
    unchanged: int


async def require_device_place(world: World, caller: Claims, key: DeviceKey) -> None:
    """Raises NotFoundError: no source of this name and platform, or not the caller's."""
    async with world.unit_of_work() as uow:
        if not await _is_place(uow, caller, key):
            raise no_place(key.platform, key.source)


async def set_work(world: World, caller: Claims, keys: Sequence[DeviceKey], wanted: WorkState | None) -> WorkChanged:
    """The same state for each device; None takes it away.

    Raises:
        InvalidError: names the place in `devices` of what is not the caller's, or says that `until` is over.
    """
    async with world.unit_of_work() as uow:
        known = await places(uow)
        faults = [
            FieldFault(f"devices[{number}].source", no_place(key.platform, key.source).detail)
            for number, key in enumerate(keys)
            if (key.platform, key.source) not in known or not sees(caller, key.source)
        ]
        if faults:
            raise invalid(faults)
        changed = await _write(world, uow, caller, keys, wanted)
        await uow.commit()
    return changed


async def set_work_of_site(world: World, caller: Claims, site: str, wanted: WorkState | None) -> WorkChanged:
    """Of every device of the caller's that stands at the site now.

    Raises:
        NotFoundError: none does.
        InvalidError: `until` is over.
    """
    scope = None if sees_all(caller) else caller.sources
    async with world.unit_of_work() as uow:
        members = [stored.key for stored in await uow.facts.all(FactsFilter(site=site), None, None, scope)]
        if not members:
            raise _no_site(site)
        changed = await _write(world, uow, caller, members, wanted)
        await uow.commit()
    return changed


async def work_since(world: World, since: int) -> WorkDelta:
    """What changed after version `since`; everything when that version is not known (or 0)."""
    async with world.unit_of_work() as uow:
        version = await uow.work.version()
        full = not 0 < since <= version
        items = await uow.work.since(0 if full else since)
    return WorkDelta(version=version, full=full, items=[item.item() for item in items if item.work or not full])


async def _write(
    world: World, uow: UnitOfWork, caller: Claims, keys: Sequence[DeviceKey], wanted: WorkState | None
) -> WorkChanged:
    now = world.now()
    if wanted is not None and wanted.until is not None and wanted.until <= now:
        raise invalid([FieldFault("work.until", _OVER)])
    await uow.work.lock()
    stored = await uow.work.find(keys)
    before = {key: stored[key].work if key in stored else None for key in keys}
    after = {key: next_work(work, wanted, caller.sub, now) for key, work in before.items()}
    changed = [key for key in before if after[key] != before[key]]
    version, known = await uow.work.version() + 1, await places(uow)
    await uow.work.save([StoredWork(key, after[key], version) for key in changed])
    for source in sorted({key.source for key in changed}):
        own = [key for key in changed if key.source == source]
        sides = [
            {key.device_id: work.model_dump(mode="json") if (work := side[key]) else None for key in own}
            for side in (before, after)
        ]
        exporter = known.get((own[0].platform, source), own[0].platform)
        uow.record(AuditEntry(now, caller.sub, "work_changed", exporter, source, *sides))
    items = [WorkItem(**key._asdict(), work=before[key]) for key in changed]
    return WorkChanged(items, len(before) - len(changed))


async def _is_place(uow: UnitOfWork, caller: Claims, key: DeviceKey) -> bool:
    return sees(caller, key.source) and (key.platform, key.source) in await places(uow)


_OVER = Text(en="must lie in the future", ru="должно быть в будущем")


def _no_site(site: str) -> NotFoundError:
    return NotFoundError(
        Text(
            en=f"No device of yours is known to stand at {site[:80]!r}.",
            ru=f"Ваших устройств на площадке {site[:80]!r} нет.",
        )
    )
