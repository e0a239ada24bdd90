"""`GET /sd/exporters`: HTTP service discovery of Prometheus.

An error keeps Prometheus' present list, an empty list empties it: whenever not everything is known, this answers 503.
"""

from collections.abc import Callable

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from vitrina_kit.http_app import require_bearer
from vitrina_kit.problem_handlers import unavailable

from vitrina_orchestrator.domain.errors import OrchestratorError
from vitrina_orchestrator.use_cases.discovery import Target, running_targets
from vitrina_orchestrator.use_cases.ports import Runtime


class TargetGroup(BaseModel):
    targets: list[str]
    labels: dict[str, str]


def discovery_routes(runtime: Runtime, has_listed: Callable[[], bool], token: str) -> APIRouter:
    router = APIRouter(dependencies=[Depends(require_bearer(token))])

    @router.get("/sd/exporters")
    async def targets() -> list[TargetGroup]:
        if not has_listed():
            raise unavailable("What runs has not been listed since the start.")
        try:
            return [_group(target) for target in await running_targets(runtime)]
        except OrchestratorError as error:
            raise unavailable(f"What runs cannot be listed: {error}") from error

    return router


def _group(target: Target) -> TargetGroup:
    """`instance` is its name: series go on when its address changes."""
    labels = {
        "exporter": target.exporter,
        "platform": target.platform,
        "instance": target.instance,
        "shard": str(target.shard),
        "__metrics_path__": target.metrics_path,
    }
    return TargetGroup(targets=[target.address], labels=labels)
