from typing import Annotated, Any

from pydantic import Field
from vitrina_contracts.source_check import SourceCheck
from vitrina_kit.http_app import create_router
from vitrina_kit.token_check import Admin

from vitrina_registry.api.deps import ExistingExporter, ExistingSource, WorldDep
from vitrina_registry.api.schemas import Body
from vitrina_registry.use_cases import trying

router = create_router("/exporters/{name}/sources", tags=["sources"])


class SourceToTry(Body):
    config: Annotated[dict[str, Any], Field(repr=False, description="By the type's source_schema.")]


class SavedSourceToTry(Body):
    config: Annotated[
        dict[str, Any] | None,
        Field(repr=False, description="Secrets that are absent or masked are those saved; null: as it is saved."),
    ] = None


@router.post("/test")
async def try_new_source(world: WorldDep, caller: Admin, name: ExistingExporter, body: SourceToTry) -> SourceCheck:
    """Asks the vendor once, as the exporter would; stores nothing. `ok: false` says why in words."""
    return await trying.try_new_source(world, caller, name, body.config)


@router.post("/{source}/test")
async def try_saved_source(
    world: WorldDep, caller: Admin, name: str, source: ExistingSource, body: SavedSourceToTry
) -> SourceCheck:
    """The same for a source that is saved already."""
    return await trying.try_saved_source(world, caller, name, source, body.config)
