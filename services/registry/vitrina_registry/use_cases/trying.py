"""Does it work? A configuration is tried by the type's own client before it is saved; nothing is stored."""

from collections.abc import Mapping
from typing import Any

from vitrina_contracts.manifest import Text
from vitrina_contracts.source_check import CheckRequest, SourceCheck
from vitrina_contracts.tokens import Claims

from vitrina_registry.domain.errors import NotFoundError
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.selection import selection_of, without_selection
from vitrina_registry.domain.source import Source
from vitrina_registry.use_cases.accounts import others_of_account, require_own
from vitrina_registry.use_cases.changes import find_exporter
from vitrina_registry.use_cases.ports import World
from vitrina_registry.use_cases.source_config import check_endpoints, check_written, complete_config, exporter_type
from vitrina_registry.use_cases.sources import find_source

TIMEOUT_SECONDS = 30


async def try_new_source(world: World, caller: Claims, exporter_name: str, config: Mapping[str, Any]) -> SourceCheck:
    """Raises InvalidError and EndpointRefusedError as saving would, TooManyError, UnavailableError."""
    async with world.unit_of_work() as uow:
        exporter = await find_exporter(uow, exporter_name)
    return await _test(world, caller, exporter, config, None)


async def try_saved_source(
    world: World, caller: Claims, exporter_name: str, name: str, config: Mapping[str, Any] | None
) -> SourceCheck:
    """With the stored secrets where `config` has none; None tests the source as it is saved."""
    async with world.unit_of_work() as uow:
        exporter = await find_exporter(uow, exporter_name)
        source = await find_source(uow, exporter_name, name)
    return await _test(world, caller, exporter, source.config if config is None else config, source)


async def _test(
    world: World, caller: Claims, exporter: Exporter, config: Mapping[str, Any], stored: Source | None
) -> SourceCheck:
    kind = exporter_type(world, exporter.type)
    manifest = kind.manifest
    if not manifest.module:
        raise NotFoundError(
            Text(
                en=f"Sources of type {kind.name} cannot be tried: its program is not ours.",
                ru=f"Источники типа {kind.name} нельзя проверить: это не наша программа.",
            )
        )
    written = check_written(world, kind, config, stored)
    await check_endpoints(world, kind, config, stored)
    complete = complete_config(world, written, stored)
    async with world.unit_of_work() as uow:
        others = await others_of_account(world, uow, exporter, stored.name if stored else None, complete)
    await require_own(manifest, complete, others)
    fields = manifest.selection_fields()
    question = CheckRequest(
        type=kind.name,
        image=manifest.image,
        module=manifest.module,
        name=stored.name if stored else "check",
        config=without_selection(fields, complete),
        timeout_seconds=TIMEOUT_SECONDS,
        selection=selection_of(fields, complete),
        others={name: chosen for name, chosen in others.items() if chosen is not None},
    )
    with world.tests.use(caller.sub, world.seconds()):
        return await world.check_source(question)
