"""Sources: accounts at a platform and what is watched there. Every write also grows the exporter's revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from vitrina_contracts.exporter import SourceState
from vitrina_contracts.manifest import Text
from vitrina_contracts.tokens import Claims

from vitrina_registry.domain.errors import ConflictError, invalid, no_source
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.naming import source_name_faults
from vitrina_registry.domain.operation import free_name
from vitrina_registry.domain.scope import sees, sees_all
from vitrina_registry.domain.source import Source, WrittenConfig, cycle_seconds
from vitrina_registry.use_cases.accounts import refuse_overlap
from vitrina_registry.use_cases.changes import find_exporter, lock_exporter, note_source
from vitrina_registry.use_cases.operations import remove_series
from vitrina_registry.use_cases.overlap import SharedDevice, shared_devices
from vitrina_registry.use_cases.ports import Precondition, UnitOfWork, World
from vitrina_registry.use_cases.source_config import (
    check_endpoints,
    check_written,
    exporter_type,
    seal_secrets,
    with_expiry,
)
from vitrina_registry.use_cases.written_hours import source_label_faults

_ONE_SOURCE = Text(
    en="An exporter of this type measures one thing and has one source at most; create another exporter for another.",
    ru="Экспортёр этого типа измеряет один объект и имеет не больше одного источника; для другого создайте ещё один.",
)


@dataclass(frozen=True)
class NewSource:
    name: str
    config: Mapping[str, Any]
    labels: Mapping[str, str]
    enabled: bool
    secrets_expire: Mapping[str, date | None] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"NewSource({self.name!r})"


@dataclass(frozen=True)
class SourceChange:
    """None keeps what is there; `config` is replaced as a whole but for secrets that are not sent."""

    config: Mapping[str, Any] | None = None
    labels: Mapping[str, str] | None = None
    enabled: bool | None = None
    secrets_expire: Mapping[str, date | None] | None = None
    """Those that it names; a secret that is sent anew has no date until one is told."""

    def __repr__(self) -> str:
        return "SourceChange(...)"


@dataclass(frozen=True)
class VisibleSource:
    source: Source
    config: Mapping[str, Any]
    """Secrets masked; empty for those who only watch."""
    observed: SourceState | None
    cycle_seconds: float
    shared: tuple[SharedDevice, ...] = ()
    """Told when the configuration is written: devices that another source has too."""


@dataclass(frozen=True)
class Revisions:
    """What a writer of a source may have seen: the source's ETag or its exporter's."""

    source: int
    exporter: int


async def list_sources(world: World, caller: Claims, exporter_name: str) -> list[VisibleSource]:
    async with world.unit_of_work() as uow:
        exporter = await find_exporter(uow, exporter_name)
        sources = await uow.sources.of(exporter_name)
    return [visible_source(world, exporter, source, caller) for source in sources if sees(caller, source.name)]


async def list_sources_of(
    world: World, caller: Claims, exporters: Sequence[Exporter]
) -> dict[str, list[VisibleSource]]:
    """Of several exporters at once, without their configuration, by the exporter's name."""
    async with world.unit_of_work() as uow:
        found = {exporter.name: await uow.sources.of(exporter.name) for exporter in exporters}
    return {
        exporter.name: [
            replace(visible_source(world, exporter, source, caller), config={})
            for source in found[exporter.name]
            if sees(caller, source.name)
        ]
        for exporter in exporters
    }


async def get_source(world: World, caller: Claims, exporter_name: str, name: str) -> VisibleSource:
    """Raises NotFoundError also for a source that the caller may not see."""
    async with world.unit_of_work() as uow:
        exporter = await find_exporter(uow, exporter_name)
        source = await find_source(uow, exporter_name, name)
    if not sees(caller, name):
        raise no_source(name)
    return visible_source(world, exporter, source, caller)


async def source_revisions(world: World, exporter_name: str, name: str) -> Revisions:
    async with world.unit_of_work() as uow:
        exporter = await find_exporter(uow, exporter_name)
        source = await find_source(uow, exporter_name, name)
    return Revisions(source.revision, exporter.revision)


async def create_source(world: World, caller: Claims, exporter_name: str, new: NewSource) -> VisibleSource:
    """Raises InvalidError, EndpointRefusedError, or ConflictError when the name is taken anywhere."""
    faults = source_name_faults(new.name) + source_label_faults(new.labels)
    if faults:
        raise invalid(faults)
    async with world.unit_of_work() as uow:
        kind = exporter_type(world, (await find_exporter(uow, exporter_name)).type)
    written = check_written(world, kind, new.config, None)
    await check_endpoints(world, kind, new.config, None)
    async with world.unit_of_work() as uow:
        exporter = await lock_exporter(uow, exporter_name)
        exporter, source = await add_source(world, uow, caller.sub, exporter, new=new, written=written)
        await refuse_overlap(world, uow, exporter, source)
        shared = await shared_devices(world, uow, exporter, source)
        await uow.commit()
    return replace(visible_source(world, exporter, source, caller), shared=tuple(shared))


async def change_source(
    world: World,
    caller: Claims,
    exporter_name: str,
    name: str,
    change: SourceChange,
    *,
    precondition: Precondition,
    action: str = "source_updated",
) -> VisibleSource:
    """A change that changes nothing keeps both revisions and tells nobody. `action`: its name in event and audit."""
    faults = source_label_faults(change.labels or {})
    if faults:
        raise invalid(faults)
    if change.config is not None:
        await _check_before_locking(world, exporter_name, name, change.config)
    async with world.unit_of_work() as uow:
        exporter = await lock_exporter(uow, exporter_name)
        before = await find_source(uow, exporter_name, name)
        precondition.require(before.revision, exporter.revision)
        exporter, after = await alter_source(
            world, uow, caller.sub, exporter, before=before, change=change, action=action
        )
        if after is before:
            return visible_source(world, exporter, before, caller)
        shared: list[SharedDevice] = []
        if change.config is not None:
            await refuse_overlap(world, uow, exporter, after)
            shared = await shared_devices(world, uow, exporter, after)
        await uow.commit()
    return replace(visible_source(world, exporter, after, caller), shared=tuple(shared))


async def delete_source(
    world: World, caller: Claims, exporter_name: str, name: str, precondition: Precondition
) -> None:
    """Deletes it, credentials included."""
    async with world.unit_of_work() as uow:
        exporter = await lock_exporter(uow, exporter_name)
        before = await find_source(uow, exporter_name, name)
        precondition.require(before.revision, exporter.revision)
        await drop_source(world, uow, caller.sub, exporter, before)
        await uow.commit()


async def add_source(
    world: World, uow: UnitOfWork, actor: str, exporter: Exporter, *, new: NewSource, written: WrittenConfig
) -> tuple[Exporter, Source]:
    """Creates it within the caller's transaction; the locked exporter with its new revision comes back too.

    Raises:
        ConflictError: an exporter of this type has one source at most, and has it; or series of a former source of
            this name are not confirmed gone.
    """
    if exporter_type(world, exporter.type).manifest.one_source_only() and await uow.sources.of(exporter.name):
        raise ConflictError(_ONE_SOURCE)
    exporter = exporter.source_changed(world.now())
    source = _new_source(world, actor, exporter, new, written)
    await uow.sources.add(source)
    # After the row, which waits for whoever deletes another of this name right now: then its operation is seen.
    free_name(new.name, await uow.operations.holding(new.name))
    await note_source(uow, actor, "source_created", exporter, before=None, after=source)
    return exporter, source


async def alter_source(
    world: World,
    uow: UnitOfWork,
    actor: str,
    exporter: Exporter,
    *,
    before: Source,
    change: SourceChange,
    action: str = "source_updated",
) -> tuple[Exporter, Source]:
    """Changes it within the caller's transaction; both as they are when nothing differs. Raises InvalidError."""
    wanted = _changed(world, actor, exporter, before, change)
    if wanted == before:
        return exporter, before
    exporter = exporter.source_changed(world.now())
    after = wanted.at(exporter.revision, exporter.updated_at)
    await uow.sources.save(after)
    await note_source(uow, actor, action, exporter, before=before, after=after)
    return exporter, after


async def drop_source(world: World, uow: UnitOfWork, actor: str, exporter: Exporter, before: Source) -> Exporter:
    """Deletes it within the caller's transaction."""
    await uow.sources.delete(exporter.name, before.name)
    exporter = exporter.source_changed(world.now())
    await remove_series(world, uow, actor, exporter, [before.name])
    await note_source(uow, actor, "source_deleted", exporter, before=before, after=None)
    return exporter


async def find_source(uow: UnitOfWork, exporter_name: str, name: str) -> Source:
    """Raises NotFoundError: this exporter has none of this name."""
    source = None if source_name_faults(name) else await uow.sources.find(exporter_name, name)
    if source is None:
        raise no_source(name)
    return source


async def _check_before_locking(world: World, exporter_name: str, name: str, config: Mapping[str, Any]) -> None:
    """What takes time is done without a lock; the schema is checked again under it, against what is kept then."""
    async with world.unit_of_work() as uow:
        exporter = await find_exporter(uow, exporter_name)
        stored = await find_source(uow, exporter_name, name)
    kind = exporter_type(world, exporter.type)
    check_written(world, kind, config, stored)
    await check_endpoints(world, kind, config, stored)


def _new_source(world: World, actor: str, exporter: Exporter, new: NewSource, written: WrittenConfig) -> Source:
    secrets = seal_secrets(world, actor, new.name, written, None)
    return Source(
        name=new.name,
        exporter=exporter.name,
        config=written.plain,
        secrets=with_expiry(secrets, new.secrets_expire),
        labels=dict(new.labels),
        enabled=new.enabled,
        revision=exporter.revision,
        created_at=exporter.updated_at,
        updated_at=exporter.updated_at,
    )


def _changed(world: World, actor: str, exporter: Exporter, before: Source, change: SourceChange) -> Source:
    wanted = replace(
        before,
        labels=before.labels if change.labels is None else dict(change.labels),
        enabled=before.enabled if change.enabled is None else change.enabled,
    )
    if change.config is not None:
        written = check_written(world, exporter_type(world, exporter.type), change.config, before)
        secrets = seal_secrets(world, actor, before.name, written, before)
        wanted = replace(wanted, config=written.plain, secrets=secrets)
    return replace(wanted, secrets=with_expiry(wanted.secrets, change.secrets_expire or {}))


def visible_source(world: World, exporter: Exporter, source: Source, caller: Claims) -> VisibleSource:
    return VisibleSource(
        source=source,
        config=source.masked_config() if sees_all(caller) else {},
        observed=exporter.state_of(source.name),
        cycle_seconds=cycle_of(world, exporter, source),
    )


def cycle_of(world: World, exporter: Exporter, source: Source) -> float:
    """Seconds that one poll of all its devices takes at least."""
    kind = world.catalogue.find(exporter.type)
    return cycle_seconds(
        source.config,
        calls=kind.calls_of(source.config) if kind else 1,
        poll_interval=world.pace.poll_interval,
        request_budget=world.pace.request_budget,
    )
