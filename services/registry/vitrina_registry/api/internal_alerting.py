"""Internal routes of the part beside Alertmanager; the first answers with secrets in clear."""

from fastapi import APIRouter, Depends, status
from vitrina_contracts.alerting import AlertingOrders, AlertingReport
from vitrina_kit.http_app import require_bearer

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.use_cases import alerting


def create_alerting_router(token: str) -> APIRouter:
    router = APIRouter(prefix="/alerting", dependencies=[Depends(require_bearer(token))])

    @router.get("")
    async def get_orders(world: WorldDep) -> AlertingOrders:
        return await alerting.orders(world)

    @router.post("", status_code=status.HTTP_204_NO_CONTENT)
    async def report(world: WorldDep, told: AlertingReport) -> None:
        await alerting.report(world, told)

    return router
