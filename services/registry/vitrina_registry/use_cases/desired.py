"""What should run and what may be shown, for the orchestrator and the gateway inside."""

from collections.abc import Mapping
from typing import Any

from vitrina_contracts.exporter import DesiredExporter, DesiredSource, DesiredSummary, KnownSource
from vitrina_contracts.manifest import Manifest, Text

from vitrina_registry.domain.catalogue import ExporterType
from vitrina_registry.domain.errors import UnavailableError, UnreadableSecretError, no_exporter
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.naming import exporter_name_faults
from vitrina_registry.domain.selection import selection_of, without_selection
from vitrina_registry.domain.source import Source
from vitrina_registry.domain.third_party import program_of
from vitrina_registry.use_cases.accounts import leaders
from vitrina_registry.use_cases.ports import World
from vitrina_registry.use_cases.source_config import exporter_type, open_config


async def list_desired(world: World) -> list[DesiredSummary]:
    """All exporters, deleted ones included, so that what still runs of them finds its owner's word."""
    async with world.unit_of_work() as uow:
        exporters = await uow.exporters.all(with_deleted=True)
    return [
        DesiredSummary(
            name=exporter.name, revision=exporter.revision, enabled=exporter.enabled, deleted=exporter.deleted
        )
        for exporter in exporters
    ]


async def get_desired(world: World, name: str) -> DesiredExporter:
    """The only answer with credentials in clear.

    Raises:
        NotFoundError: never existed.
        UnavailableError: its type is not installed, or a credential does not open.
    """
    async with world.unit_of_work() as uow:
        exporter = None if exporter_name_faults(name) else await uow.exporters.find(name)
        sources = await uow.sources.of(name) if exporter else []
    if exporter is None:
        raise no_exporter(name)
    return _desired(world, exporter, sources)


async def known_sources(world: World) -> list[KnownSource]:
    known: list[KnownSource] = []
    async with world.unit_of_work() as uow:
        for exporter in await uow.exporters.all():
            kind = world.catalogue.find(exporter.type)
            known.extend(_known(kind, exporter, source) for source in await uow.sources.of(exporter.name))
    return known


def _desired(world: World, exporter: Exporter, sources: list[Source]) -> DesiredExporter:
    manifest = exporter_type(world, exporter.type).manifest
    opened = _with_selections(manifest, [_opened(world, source) for source in sources])
    return DesiredExporter(
        name=exporter.name,
        type=exporter.type,
        platform=exporter.type,
        image=manifest.image,
        module=manifest.module,
        port=manifest.port,
        metrics_path=manifest.metrics_path,
        enabled=exporter.enabled,
        deleted=exporter.deleted,
        revision=exporter.revision,
        restart_generation=exporter.restart_generation,
        shards=exporter.shards,
        sources=opened,
        third_party=program_of(manifest, _settings(manifest, opened)),
    )


def _settings(manifest: Manifest, sources: list[DesiredSource]) -> Mapping[str, Any]:
    """What the one source of an exporter sets; a probe's sources list targets and set nothing."""
    enabled = [source.config for source in sources if source.enabled]
    return enabled[0] if enabled and manifest.one_source_only() else {}


def _opened(world: World, source: Source) -> DesiredSource:
    try:
        return DesiredSource(name=source.name, enabled=source.enabled, config=open_config(world, source))
    except UnreadableSecretError:
        raise UnavailableError(
            Text(
                en=f"The credentials of source {source.name} cannot be read with the keys of this registry.",
                ru=f"Учётные данные источника {source.name} не читаются ключами этого реестра.",
            )
        ) from None


def _with_selections(manifest: Manifest, sources: list[DesiredSource]) -> list[DesiredSource]:
    """Which sources share an account and which of its devices each has, apart from what the vendor's client gets."""
    fields = manifest.selection_fields()
    accounts = leaders(manifest, [(source.name, source.config) for source in sources])
    return [
        source.model_copy(
            update={
                "config": without_selection(fields, source.config),
                "account": accounts.get(source.name),
                "selection": selection_of(fields, source.config),
            }
        )
        for source in sources
    ]


def _known(kind: ExporterType | None, exporter: Exporter, source: Source) -> KnownSource:
    return KnownSource(
        exporter=exporter.name,
        platform=exporter.type,
        source=source.name,
        enabled=exporter.enabled and source.enabled,
        labels=dict(source.labels),
        shards=exporter.shards if kind is not None and kind.splits_devices() else 1,
        mapping=kind.mapping if kind is not None else None,
    )
