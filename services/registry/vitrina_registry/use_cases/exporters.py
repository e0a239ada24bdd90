"""Exporters: what admins declare to run."""

from collections.abc import Mapping
from dataclasses import dataclass

from vitrina_contracts.manifest import Text
from vitrina_contracts.tokens import Claims

from vitrina_registry.domain.catalogue import ExporterType, unknown_type_fault
from vitrina_registry.domain.errors import ConflictError, FieldFault, RefusedError, invalid
from vitrina_registry.domain.exporter import Declared, Exporter
from vitrina_registry.domain.naming import exporter_name_faults, label_faults
from vitrina_registry.domain.scope import VisibleExporter, visible_exporter
from vitrina_registry.use_cases.changes import commit_exporter, find_exporter, lock_exporter, note_exporter
from vitrina_registry.use_cases.operations import remove_series
from vitrina_registry.use_cases.ports import Precondition, UnitOfWork, World


@dataclass(frozen=True)
class NewExporter:
    type: str
    name: str | None
    """None: named after the type."""
    enabled: bool
    labels: Mapping[str, str]
    shards: int = 1


@dataclass(frozen=True)
class ExporterChange:
    """None keeps what is there."""

    enabled: bool | None = None
    labels: Mapping[str, str] | None = None
    shards: int | None = None


async def list_exporters(world: World, caller: Claims) -> list[VisibleExporter]:
    async with world.unit_of_work() as uow:
        exporters = await uow.exporters.all()
        names = await uow.sources.names()
    return [visible_exporter(exporter, names.get(exporter.name, []), caller) for exporter in exporters]


async def get_exporter(world: World, caller: Claims, name: str) -> VisibleExporter:
    async with world.unit_of_work() as uow:
        return await _visible(uow, await find_exporter(uow, name), caller)


async def create_exporter(world: World, caller: Claims, new: NewExporter) -> VisibleExporter:
    """Raises InvalidError, or ConflictError when the name or the only place of a singleton is taken."""
    async with world.unit_of_work() as uow:
        after = await add_exporter(world, uow, caller.sub, new)
        await uow.commit()
    return visible_exporter(after, [], caller)


async def add_exporter(world: World, uow: UnitOfWork, actor: str, new: NewExporter) -> Exporter:
    """Creates it within the caller's transaction. Raises as `create_exporter`."""
    kind = _checked(world, new)
    name = new.name or kind.name
    if kind.manifest.singleton and name != kind.name:
        raise await _second_of_singleton(uow, kind.name)
    before = await uow.exporters.lock(name)
    if before is not None and not before.deleted:
        raise _taken(name)
    wanted = Declared(enabled=new.enabled, labels=new.labels, shards=new.shards)
    if before is None:
        after = Exporter.first(name, kind.name, wanted, world.now())
        await uow.exporters.add(after)
    else:
        after = before.created_again(kind.name, wanted, world.now())
        await uow.exporters.save(after)
    note_exporter(uow, actor, "created", before, after)
    return after


async def change_exporter(
    world: World,
    caller: Claims,
    name: str,
    change: ExporterChange,
    precondition: Precondition,
    *,
    action: str = "updated",
) -> VisibleExporter:
    """A change that changes nothing keeps the revision and tells nobody. `action`: its name in event and audit."""
    async with world.unit_of_work() as uow:
        before = await lock_exporter(uow, name)
        precondition.require(before.revision)
        after = await alter_exporter(world, uow, caller.sub, before, change, action=action)
        view = await _visible(uow, after, caller)
        if after is not before:
            await uow.commit()
    return view


async def alter_exporter(
    world: World, uow: UnitOfWork, actor: str, before: Exporter, change: ExporterChange, *, action: str = "updated"
) -> Exporter:
    """Changes a locked exporter within the caller's transaction; itself when nothing differs. Raises InvalidError."""
    faults = label_faults(change.labels or {})
    if faults:
        raise invalid(faults)
    _refuse_split(world.catalogue.find(before.type), change.shards or 1)
    after = before.changed(enabled=change.enabled, labels=change.labels, shards=change.shards, now=world.now())
    if after is not before:
        await uow.exporters.save(after)
        note_exporter(uow, actor, action, before, after)
    return after


async def restart_exporter(world: World, caller: Claims, name: str) -> VisibleExporter:
    async with world.unit_of_work() as uow:
        before = await lock_exporter(uow, name)
        after = before.restarted(world.now())
        view = await _visible(uow, after, caller)
        await uow.exporters.save(after)
        await commit_exporter(uow, caller.sub, "restarted", before, after)
    return view


async def delete_exporter(world: World, caller: Claims, name: str, precondition: Precondition) -> None:
    """Deletes it and its sources, credentials included; the name and its revision are remembered."""
    async with world.unit_of_work() as uow:
        before = await lock_exporter(uow, name)
        precondition.require(before.revision)
        await drop_exporter(world, uow, caller.sub, before)
        await uow.commit()


async def drop_exporter(world: World, uow: UnitOfWork, actor: str, before: Exporter) -> Exporter:
    """Deletes a locked exporter within the caller's transaction."""
    after = before.deleted_now(world.now())
    sources = [source.name for source in await uow.sources.of(before.name)]
    await remove_series(world, uow, actor, after, [*sources, None])
    await uow.sources.delete_all(before.name)
    await uow.exporters.save(after)
    note_exporter(uow, actor, "deleted", before, after)
    return after


async def read_logs(world: World, name: str, lines: int) -> list[str]:
    """Raises UnavailableError when the orchestrator, who alone can read them, does not answer."""
    async with world.unit_of_work() as uow:
        await find_exporter(uow, name)
    return await world.read_logs(name, lines)


async def _visible(uow: UnitOfWork, exporter: Exporter, caller: Claims) -> VisibleExporter:
    names = await uow.sources.names()
    return visible_exporter(exporter, names.get(exporter.name, []), caller)


def _checked(world: World, new: NewExporter) -> ExporterType:
    kind = world.catalogue.find(new.type)
    faults = label_faults(new.labels)
    if kind is None:
        faults.append(unknown_type_fault(new.type, world.catalogue))
    if new.name is not None:
        faults.extend(exporter_name_faults(new.name))
    if faults or kind is None:
        raise invalid(faults)
    _refuse_split(kind, new.shards)
    return kind


def _refuse_split(kind: ExporterType | None, shards: int) -> None:
    """Raises InvalidError: nothing of this type could be shared among instances."""
    if shards > 1 and kind is not None and kind.manifest.one_source_only():
        message = Text(
            en="an exporter of this type measures one thing and cannot be split",
            ru="экспортёр этого типа измеряет один объект и не делится на части",
        )
        raise invalid([FieldFault("shards", message)])


async def _second_of_singleton(uow: UnitOfWork, kind: str) -> RefusedError:
    existing = await uow.exporters.find(kind)
    message = Text(
        en=f"the one exporter of this type is named {kind}", ru=f"единственный экспортёр этого типа называется {kind}"
    )
    if existing is None or existing.deleted:
        return invalid([FieldFault("name", message)])
    detail = Text(
        en=f"There is one exporter of type {kind} at most, and it exists already.",
        ru=f"Экспортёр типа {kind} может быть только один, и он уже есть.",
    )
    return ConflictError(detail, [FieldFault("type", message)])


def _taken(name: str) -> ConflictError:
    message = Text(en=f"There is an exporter {name} already.", ru=f"Экспортёр {name} уже есть.")
    return ConflictError(message, [FieldFault("name", message)])
