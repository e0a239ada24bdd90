"""What the routes ask for in their signatures.

The agreed order of refusals is 401, 403, 404, 428/412, 422. FastAPI runs dependencies before it looks at the body, so
existence and precondition are dependencies; the use case checks both again under the row lock.
"""

from typing import Annotated

from fastapi import Depends, Request
from vitrina_kit.if_match import IfMatch, IfMatchHeader, parse_if_match
from vitrina_kit.token_check import Admin

from vitrina_registry.use_cases.exporters import get_exporter
from vitrina_registry.use_cases.ports import World
from vitrina_registry.use_cases.sources import source_revisions


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


WorldDep = Annotated[World, Depends(_world)]


async def _existing_exporter(name: str, caller: Admin, world: WorldDep) -> str:
    await get_exporter(world, caller, name)
    return name


async def _existing_source(name: str, source: str, _caller: Admin, world: WorldDep) -> str:
    await source_revisions(world, name, source)
    return source


async def _exporter_precondition(name: str, caller: Admin, world: WorldDep, if_match: IfMatchHeader) -> IfMatch:
    visible = await get_exporter(world, caller, name)
    precondition = parse_if_match(if_match)
    precondition.require(visible.exporter.revision)
    return precondition


async def _source_precondition(
    name: str, source: str, _caller: Admin, world: WorldDep, if_match: IfMatchHeader
) -> IfMatch:
    revisions = await source_revisions(world, name, source)
    precondition = parse_if_match(if_match)
    precondition.require(revisions.source, revisions.exporter)
    return precondition


ExistingExporter = Annotated[str, Depends(_existing_exporter)]
"""Name of the exporter in the path, which exists; admins only."""
ExistingSource = Annotated[str, Depends(_existing_source)]
"""Name of the source in the path, which the exporter in the path has; admins only."""
ExporterPrecondition = Annotated[IfMatch, Depends(_exporter_precondition)]
SourcePrecondition = Annotated[IfMatch, Depends(_source_precondition)]
