"""Export and apply: the same document out and in. A plan is an apply that is not meant (`Intent.dry_run`)."""

from collections.abc import Sequence

from vitrina_contracts.manifest import Text
from vitrina_contracts.tokens import Claims

from vitrina_registry.domain.audit import exporter_facts, source_facts
from vitrina_registry.domain.declaration import Action, DeclaredExporter, DeclaredSource, PlannedChange, within
from vitrina_registry.domain.errors import FieldFault, invalid
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.naming import exporter_name_faults, label_faults, source_name_faults
from vitrina_registry.domain.revision import differences, snapshot_of
from vitrina_registry.domain.source import Source
from vitrina_registry.use_cases.accounts import refuse_overlap
from vitrina_registry.use_cases.exporters import (
    ExporterChange,
    NewExporter,
    add_exporter,
    alter_exporter,
    drop_exporter,
)
from vitrina_registry.use_cases.ports import UnitOfWork, World
from vitrina_registry.use_cases.source_config import check_endpoints, check_written, exporter_type
from vitrina_registry.use_cases.sources import NewSource, SourceChange, add_source, alter_source, drop_source
from vitrina_registry.use_cases.written_hours import source_label_faults

_TWICE = Text(en="stands twice in the document", ru="встречается в документе дважды")
_OTHER_TYPE = Text(
    en="the type of an exporter cannot be changed; delete it first",
    ru="тип экспортёра изменить нельзя; сначала удалите экспортёр",
)


async def export(world: World) -> list[DeclaredExporter]:
    """Everything but the secrets, by name."""
    async with world.unit_of_work() as uow:
        exporters = await uow.exporters.all()
        return [_declared(exporter, await uow.sources.of(exporter.name)) for exporter in exporters]


async def apply(
    world: World, caller: Claims, declared: Sequence[DeclaredExporter], *, prune: bool
) -> list[PlannedChange]:
    """Makes the installation what the document says, in one transaction; what it does not name stays unless pruned.

    Raises:
        InvalidError, EndpointRefusedError, ConflictError: name the place in the document; nothing was changed.
    """
    _check_names(declared)
    await _check_endpoints(world, declared)
    changes: list[PlannedChange] = []
    async with world.unit_of_work() as uow:
        for place, wanted in sorted(enumerate(declared), key=lambda item: item[1].name):
            with within(f"exporters[{place}]"):
                changes += await _apply_exporter(world, uow, caller.sub, wanted, prune=prune)
        if prune:
            changes += await _prune(world, uow, caller.sub, {wanted.name for wanted in declared})
        if changes:
            await uow.commit()
    return changes


async def _apply_exporter(
    world: World, uow: UnitOfWork, actor: str, wanted: DeclaredExporter, *, prune: bool
) -> list[PlannedChange]:
    before = await uow.exporters.lock(wanted.name)
    if before is None or before.deleted:
        new = NewExporter(wanted.type, wanted.name, wanted.enabled, wanted.labels, wanted.shards)
        exporter = await add_exporter(world, uow, actor, new)
        changes = [_exporter_change(Action.CREATE, None, exporter)]
    else:
        if before.type != wanted.type:
            raise invalid([FieldFault("type", _OTHER_TYPE)])
        change = ExporterChange(enabled=wanted.enabled, labels=wanted.labels, shards=wanted.shards)
        exporter = await alter_exporter(world, uow, actor, before, change)
        changes = [] if exporter is before else [_exporter_change(Action.UPDATE, before, exporter)]
    return changes + await _apply_sources(world, uow, actor, exporter, wanted.sources, prune=prune)


async def _apply_sources(
    world: World, uow: UnitOfWork, actor: str, exporter: Exporter, wanted: Sequence[DeclaredSource], *, prune: bool
) -> list[PlannedChange]:
    present = {source.name: source for source in await uow.sources.of(exporter.name)}
    changes: list[PlannedChange] = []
    written: list[tuple[int, Source]] = []
    for name in sorted(present.keys() - {source.name for source in wanted}) if prune else ():
        exporter = await drop_source(world, uow, actor, exporter, present[name])
        changes.append(_source_change(Action.DELETE, exporter, present[name], None))
    for place, source in enumerate(wanted):
        with within(f"sources[{place}]"):
            before = present.get(source.name)
            exporter, after = await _apply_source(world, uow, actor, exporter, wanted=source, before=before)
        if before is None:
            changes.append(_source_change(Action.CREATE, exporter, None, after))
        elif after is not before:
            changes.append(_source_change(Action.UPDATE, exporter, before, after))
        if after is not before:
            written.append((place, after))
    # When all stands as the document says: a device may move from one source to another in it.
    for place, after in written:
        with within(f"sources[{place}]"):
            await refuse_overlap(world, uow, exporter, after)
    return changes


async def _apply_source(
    world: World, uow: UnitOfWork, actor: str, exporter: Exporter, *, wanted: DeclaredSource, before: Source | None
) -> tuple[Exporter, Source]:
    if before is None:
        written = check_written(world, exporter_type(world, exporter.type), wanted.config, None)
        new = NewSource(wanted.name, wanted.config, wanted.labels, wanted.enabled)
        return await add_source(world, uow, actor, exporter, new=new, written=written)
    change = SourceChange(config=wanted.config, labels=wanted.labels, enabled=wanted.enabled)
    return await alter_source(world, uow, actor, exporter, before=before, change=change)


async def _prune(world: World, uow: UnitOfWork, actor: str, named: set[str]) -> list[PlannedChange]:
    changes = []
    for exporter in await uow.exporters.all():
        if exporter.name not in named:
            before = await uow.exporters.lock(exporter.name) or exporter
            sources = await uow.sources.of(exporter.name)
            after = await drop_exporter(world, uow, actor, before)
            changes += [_source_change(Action.DELETE, after, source, None) for source in sources]
            changes.append(_exporter_change(Action.DELETE, before, None))
    return changes


def _check_names(declared: Sequence[DeclaredExporter]) -> None:
    faults: list[FieldFault] = []
    exporters: set[str] = set()
    sources: set[str] = set()
    for place, exporter in enumerate(declared):
        prefix = f"exporters[{place}]"
        found = exporter_name_faults(exporter.name) + label_faults(exporter.labels)
        found += [FieldFault("name", _TWICE)] if exporter.name in exporters else []
        exporters.add(exporter.name)
        for number, source in enumerate(exporter.sources):
            odd = source_name_faults(source.name) + source_label_faults(source.labels)
            odd += [FieldFault("name", _TWICE)] if source.name in sources else []
            sources.add(source.name)
            found += [FieldFault(f"sources[{number}].{fault.field}", fault.message) for fault in odd]
        faults += [FieldFault(f"{prefix}.{fault.field}", fault.message) for fault in found]
    if faults:
        raise invalid(faults)


async def _check_endpoints(world: World, declared: Sequence[DeclaredExporter]) -> None:
    """Before the transaction: names take time to resolve. Those of an unknown type are refused later."""
    for place, exporter in enumerate(declared):
        kind = world.catalogue.find(exporter.type)
        if kind is None:
            continue
        async with world.unit_of_work() as uow:
            stored = {source.name: source for source in await uow.sources.of(exporter.name)}
        for number, source in enumerate(exporter.sources):
            with within(f"exporters[{place}].sources[{number}]"):
                await check_endpoints(world, kind, source.config, stored.get(source.name))


def _declared(exporter: Exporter, sources: Sequence[Source]) -> DeclaredExporter:
    return DeclaredExporter(
        name=exporter.name,
        type=exporter.type,
        enabled=exporter.enabled,
        labels=exporter.labels,
        shards=exporter.shards,
        sources=[
            DeclaredSource(source.name, source.config, source.labels, source.enabled, sorted(source.secrets))
            for source in sources
        ],
    )


def _exporter_change(action: Action, before: Exporter | None, after: Exporter | None) -> PlannedChange:
    subject = after or before
    assert subject is not None  # noqa: S101 - a change has at least one side
    sides = [snapshot_of(exporter_facts(side)) if side and not side.deleted else None for side in (before, after)]
    return PlannedChange(action, subject.name, None, differences(*sides))


def _source_change(action: Action, exporter: Exporter, before: Source | None, after: Source | None) -> PlannedChange:
    subject = after or before
    assert subject is not None  # noqa: S101 - a change has at least one side
    sides = [snapshot_of(source_facts(side)) if side else None for side in (before, after)]
    return PlannedChange(action, exporter.name, subject.name, differences(*sides))
