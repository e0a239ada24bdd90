"""Internal routes about series that are to go: work for the orchestrator, names for the gateway."""

from typing import Annotated, Final

from fastapi import APIRouter, Body, Depends, Path, status
from vitrina_contracts.operations import CleanupReport, CleanupTask, FoundOrphan
from vitrina_kit.http_app import require_bearer

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.use_cases import operations

_MOST_ORPHANS: Final = 1000


def create_operations_router(orchestrator_token: str, gateway_token: str) -> APIRouter:
    router = APIRouter()
    orchestrator = Depends(require_bearer(orchestrator_token))
    gateway = Depends(require_bearer(gateway_token))

    @router.get("/operations", dependencies=[orchestrator])
    async def list_tasks(world: WorldDep) -> list[CleanupTask]:
        return await operations.tasks(world)

    @router.post("/operations/{number}", dependencies=[orchestrator], status_code=status.HTTP_204_NO_CONTENT)
    async def report(world: WorldDep, number: Annotated[int, Path(ge=1, le=2**62)], told: CleanupReport) -> None:
        await operations.report(world, number, told)

    @router.post("/orphans", dependencies=[orchestrator], status_code=status.HTTP_204_NO_CONTENT)
    async def note_orphans(
        world: WorldDep, found: Annotated[list[FoundOrphan], Body(max_length=_MOST_ORPHANS)]
    ) -> None:
        await operations.note_orphans(world, found)

    @router.get("/hidden-sources", dependencies=[gateway])
    async def hidden_sources(world: WorldDep) -> list[str]:
        return await operations.hidden_sources(world)

    return router
