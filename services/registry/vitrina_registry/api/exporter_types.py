from vitrina_kit.http_app import create_router
from vitrina_kit.token_check import Manager

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.api.schemas import ExporterTypeView, Items

router = create_router(tags=["exporter types"])


@router.get("/exporter-types")
async def list_exporter_types(world: WorldDep, _caller: Manager) -> Items[ExporterTypeView]:
    return Items(items=[ExporterTypeView.of(kind) for kind in world.catalogue.types.values()])
