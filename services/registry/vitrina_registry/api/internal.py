"""Routes of the internal listener, which the edge does not know.

Three of them answer with secrets in clear, each to the one part that needs them: an exporter's credentials, what
webhooks are signed with, and what receivers of alerts are reached with.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from vitrina_contracts.exporter import DesiredExporter, DesiredSummary, KnownSource
from vitrina_contracts.facts import FactsDelta
from vitrina_contracts.webhook import Webhook
from vitrina_contracts.work import WorkDelta
from vitrina_kit.http_app import require_bearer

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.api.internal_alerting import create_alerting_router
from vitrina_registry.api.internal_availability import create_availability_router
from vitrina_registry.api.internal_operations import create_operations_router
from vitrina_registry.use_cases import desired, facts, webhooks, work_states


def create_internal_router(orchestrator_token: str, gateway_token: str, alerting_token: str) -> APIRouter:
    router = APIRouter(prefix="/internal/v1")
    orchestrator = Depends(require_bearer(orchestrator_token))
    either = Depends(require_bearer(orchestrator_token, gateway_token))

    @router.get("/desired", dependencies=[orchestrator])
    async def list_desired(world: WorldDep) -> list[DesiredSummary]:
        return await desired.list_desired(world)

    @router.get("/desired/{name}", dependencies=[orchestrator])
    async def get_desired(world: WorldDep, name: str) -> DesiredExporter:
        return await desired.get_desired(world, name)

    @router.get("/sources", dependencies=[either])
    async def list_sources(world: WorldDep) -> list[KnownSource]:
        return await desired.known_sources(world)

    @router.get("/facts", dependencies=[either])
    async def list_facts(world: WorldDep, since: Annotated[int, Query(ge=0, le=2**62)] = 0) -> FactsDelta:
        return await facts.facts_since(world, since)

    @router.get("/work-states", dependencies=[either])
    async def list_work_states(world: WorldDep, since: Annotated[int, Query(ge=0, le=2**62)] = 0) -> WorkDelta:
        return await work_states.work_since(world, since)

    @router.get("/webhooks", dependencies=[Depends(require_bearer(gateway_token))])
    async def list_webhooks(world: WorldDep) -> list[Webhook]:
        return await webhooks.to_deliver(world)

    router.include_router(create_operations_router(orchestrator_token, gateway_token))
    router.include_router(create_availability_router(gateway_token))
    router.include_router(create_alerting_router(alerting_token))
    return router
