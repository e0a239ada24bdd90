"""`GET /sd/exporters` and `/sd/probes`: HTTP service discovery of Prometheus.

An error keeps Prometheus' present list, an empty list empties it: whenever not everything is known, this answers 503.
Probes are a list of their own, so that not knowing whom to probe keeps no exporter from being scraped.
"""

from collections.abc import Callable

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from vitrina_kit.http_app import require_bearer
from vitrina_kit.problem_handlers import unavailable

from vitrina_orchestrator.domain.errors import OrchestratorError
from vitrina_orchestrator.use_cases.discovery import ProbeTarget, ProbingOf, Target, probe_targets, running_targets
from vitrina_orchestrator.use_cases.ports import Addresses, Runtime


class TargetGroup(BaseModel):
    targets: list[str]
    labels: dict[str, str]


def discovery_routes(
    runtime: Runtime, has_listed: Callable[[], bool], probing_of: ProbingOf, addresses: Addresses, token: str
) -> APIRouter:
    router = APIRouter(dependencies=[Depends(require_bearer(token))])

    @router.get("/sd/exporters")
    async def exporters() -> list[TargetGroup]:
        if not has_listed():
            raise unavailable("What runs has not been listed since the start.")
        try:
            return [_group(target) for target in await running_targets(runtime)]
        except OrchestratorError as error:
            raise unavailable(f"What runs cannot be listed: {error}") from error

    @router.get("/sd/probes")
    async def probes() -> list[TargetGroup]:
        if not has_listed():
            raise unavailable("What runs has not been listed since the start.")
        try:
            return [_probe_group(target) for target in await probe_targets(runtime, probing_of, addresses)]
        except OrchestratorError as error:
            raise unavailable(f"What is to be probed cannot be listed: {error}") from error

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


def _probe_group(target: ProbeTarget) -> TargetGroup:
    """Source and device are the target's labels: what the exporter says of them in its own is dropped."""
    about = {"source": target.source, "device_id": target.device_id}
    asked = {f"__param_{name}": value for name, value in target.parameters.items()}
    group = _group(target)
    return TargetGroup(targets=group.targets, labels=group.labels | about | asked)
