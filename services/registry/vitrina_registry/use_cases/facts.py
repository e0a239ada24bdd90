"""Device facts: read by whoever may see the source, written by admins, many at once, all or none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from vitrina_contracts.facts import DeviceFacts, FactsDelta, FactsItem
from vitrina_contracts.manifest import Text
from vitrina_contracts.tokens import Claims

from vitrina_registry.domain.audit import AuditEntry
from vitrina_registry.domain.errors import FieldFault, NotFoundError, invalid
from vitrina_registry.domain.facts import DeviceKey, FactsRow, StoredFacts, changed_facts, is_empty, row_faults
from vitrina_registry.domain.scope import sees, sees_all
from vitrina_registry.use_cases.ports import FactsFilter, UnitOfWork, World
from vitrina_registry.use_cases.written_hours import hours_faults

MOST_FAULTS = 1000


@dataclass(frozen=True)
class FactsChanged:
    """Counts of devices."""

    created: int
    updated: int
    unchanged: int
    removed: int
    before: Sequence[FactsItem]
    """Those that changed, each as it was."""


async def list_facts(
    world: World, caller: Claims, chosen: FactsFilter, after: DeviceKey | None, limit: int | None
) -> list[StoredFacts]:
    """In the order of platform, source, device; of the caller's sources alone."""
    scope = None if sees_all(caller) else caller.sources
    async with world.unit_of_work() as uow:
        return await uow.facts.all(chosen, after, limit, scope)


async def get_facts(world: World, caller: Claims, key: DeviceKey) -> StoredFacts:
    """Raises NotFoundError: nothing is known of it, or the caller may not know that it exists."""
    found = {}
    if sees(caller, key.source):
        async with world.unit_of_work() as uow:
            found = await uow.facts.find([key])
    if key not in found or found[key].facts is None:
        raise _no_facts(key)
    return found[key]


async def require_place(world: World, key: DeviceKey) -> None:
    """Raises NotFoundError: no source of this name and platform."""
    async with world.unit_of_work() as uow:
        await _require_place(uow, key)


async def put_facts(world: World, caller: Claims, key: DeviceKey, facts: DeviceFacts) -> StoredFacts | None:
    """Replaces all that is known of a device; None when nothing is left.

    Raises:
        NotFoundError: no such source.
        InvalidError: hours or zone cannot be read.
    """
    faults = hours_faults(facts.model_dump())
    if faults:
        raise invalid(faults)
    async with world.unit_of_work() as uow:
        await _require_place(uow, key)
        await _write(world, uow, caller, {key: facts})
        found = await uow.facts.find([key])
        await uow.commit()
    stored = found.get(key)
    return stored if stored is not None and stored.facts is not None else None


async def delete_facts(world: World, caller: Claims, key: DeviceKey) -> None:
    """Also of a source that is gone; what is not known stays so."""
    async with world.unit_of_work() as uow:
        await _write(world, uow, caller, {key: DeviceFacts()})
        await uow.commit()


async def change_facts(world: World, caller: Claims, rows: Sequence[FactsRow]) -> FactsChanged:
    """Each row changes the fields that it names.

    Raises:
        InvalidError: names line and column; nothing was changed.
    """
    async with world.unit_of_work() as uow:
        await uow.facts.lock()
        stored = await uow.facts.find([row.key for row in rows])
        wanted, faults = _wanted(rows, stored)
        faults += await _unknown_places(uow, rows)
        if faults:
            raise invalid(faults[:MOST_FAULTS])
        changed = await _write(world, uow, caller, wanted)
        await uow.commit()
    return changed


async def facts_since(world: World, since: int) -> FactsDelta:
    """What changed after version `since`; everything when that version is not known (or 0)."""
    async with world.unit_of_work() as uow:
        version = await uow.facts.version()
        full = not 0 < since <= version
        items = await uow.facts.since(0 if full else since)
    return FactsDelta(version=version, full=full, items=[item.item() for item in items if item.facts or not full])


def no_place(platform: str, source: str) -> NotFoundError:
    return NotFoundError(
        Text(
            en=f"There is no source {source[:80]!r} of platform {platform[:80]!r}.",
            ru=f"Источника {source[:80]!r} у платформы {platform[:80]!r} нет.",  # noqa: RUF001 - Russian
        )
    )


def _wanted(
    rows: Sequence[FactsRow], stored: Mapping[DeviceKey, StoredFacts]
) -> tuple[dict[DeviceKey, DeviceFacts], list[FieldFault]]:
    wanted: dict[DeviceKey, DeviceFacts] = {}
    faults: list[FieldFault] = []
    for row in rows:
        before = stored.get(row.key)
        faults.extend(hours_faults(row.changes, f"line {row.line}, "))
        try:
            wanted[row.key] = changed_facts(before.facts if before else None, row.changes)
        except ValidationError as error:
            faults.extend(row_faults(row.line, error))
    return wanted, faults


async def _write(
    world: World, uow: UnitOfWork, caller: Claims, wanted: Mapping[DeviceKey, DeviceFacts]
) -> FactsChanged:
    """Stores what differs, with one audit entry a source."""
    await uow.facts.lock()
    stored = await uow.facts.find(list(wanted))
    before = {key: item.facts for key, item in stored.items()}
    after = {key: None if is_empty(facts) else facts for key, facts in wanted.items()}
    changed = [key for key in after if after[key] != before.get(key)]
    now, version, known = world.now(), await uow.facts.version() + 1, await places(uow)
    await uow.facts.save([StoredFacts(key, after[key], version, now, caller.sub) for key in changed])
    for source in sorted({key.source for key in changed}):
        own = [key for key in changed if key.source == source]
        sides = _facts_by_device(before, own), _facts_by_device(after, own)
        exporter = known.get((own[0].platform, source), own[0].platform)
        uow.record(AuditEntry(now, caller.sub, "facts_changed", exporter, source, *sides))
    return FactsChanged(
        created=sum(before.get(key) is None and after[key] is not None for key in changed),
        updated=sum(before.get(key) is not None and after[key] is not None for key in changed),
        removed=sum(after[key] is None for key in changed),
        unchanged=len(after) - len(changed),
        before=[_item(key, before.get(key)) for key in changed],
    )


def _item(key: DeviceKey, facts: DeviceFacts | None) -> FactsItem:
    return FactsItem(**key._asdict(), **(facts.model_dump() if facts else {}))


def _facts_by_device(facts: Mapping[DeviceKey, DeviceFacts | None], keys: Iterable[DeviceKey]) -> dict[str, Any]:
    return {
        key.device_id: known.model_dump(exclude_defaults=True) if (known := facts.get(key)) else None for key in keys
    }


async def _unknown_places(uow: UnitOfWork, rows: Sequence[FactsRow]) -> list[FieldFault]:
    known = await places(uow)
    return [
        FieldFault(f"line {row.line}, source", no_place(row.key.platform, row.key.source).detail)
        for row in rows
        if (row.key.platform, row.key.source) not in known
    ]


async def _require_place(uow: UnitOfWork, key: DeviceKey) -> None:
    if (key.platform, key.source) not in await places(uow):
        raise no_place(key.platform, key.source)


async def places(uow: UnitOfWork) -> dict[tuple[str, str], str]:
    """Names of exporters by platform and source."""
    names = await uow.sources.names()
    return {
        (exporter.type, source): exporter.name
        for exporter in await uow.exporters.all()
        for source in names.get(exporter.name, [])
    }


def _no_facts(key: DeviceKey) -> NotFoundError:
    shown = key.device_id[:80]
    return NotFoundError(
        Text(en=f"Nothing is known of device {shown!r} here.", ru=f"Про устройство {shown!r} здесь ничего не известно.")
    )
