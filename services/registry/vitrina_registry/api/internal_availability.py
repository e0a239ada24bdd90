"""Internal routes about daily rows: which days the gateway is to compute, and what it computed."""

from fastapi import APIRouter, Depends, status
from vitrina_contracts.availability import AvailabilityPart, AvailabilityTask
from vitrina_kit.http_app import require_bearer

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.use_cases import availability


def create_availability_router(gateway_token: str) -> APIRouter:
    router = APIRouter()
    gateway = Depends(require_bearer(gateway_token))

    @router.get("/availability", dependencies=[gateway])
    async def list_missing(world: WorldDep) -> list[AvailabilityTask]:
        return await availability.missing(world)

    @router.post("/availability", dependencies=[gateway], status_code=status.HTTP_204_NO_CONTENT)
    async def store(world: WorldDep, part: AvailabilityPart) -> None:
        await availability.store(world, part)

    return router
