"""For a Prometheus outside: whom to scrape, and the metrics themselves, through the edge alone.

It comes with an API token of an admin; every address that it is given is the one by which it came.
"""

from contextlib import AbstractAsyncContextManager
from typing import Annotated, Final

from fastapi import Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send
from vitrina_contracts.names import ExporterName
from vitrina_contracts.sharding import MOST_SHARDS
from vitrina_kit.http_app import create_router
from vitrina_kit.token_check import Admin

from vitrina_registry.api.declared_metrics import render_declared
from vitrina_registry.api.deps import WorldDep
from vitrina_registry.use_cases.monitoring import ExporterMetrics, Scraped

router = create_router("/monitoring", tags=["monitoring"])

_PASSED_ON: Final = ("accept", "accept-encoding", "x-prometheus-scrape-timeout-seconds")
_TEXT: Final[dict[int | str, dict[str, object]]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus' text format."}
}


def _exporter_metrics(request: Request) -> ExporterMetrics:
    metrics: ExporterMetrics = request.app.state.exporter_metrics
    return metrics


ExporterMetricsDep = Annotated[ExporterMetrics, Depends(_exporter_metrics)]


class TargetGroup(BaseModel):
    """As Prometheus' HTTP discovery wants it."""

    targets: list[str]
    labels: dict[str, str]


@router.get("/targets", operation_id="listMonitoringTargets")
async def list_targets(request: Request, _caller: Admin, metrics: ExporterMetricsDep) -> list[TargetGroup]:
    """Every instance that runs; 503, never a list in part, when that is not known."""
    scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
    prefix = request.url.path.removesuffix("/targets")
    reached = [each.through(request.headers["host"], scheme, prefix) for each in await metrics.targets()]
    return [TargetGroup(targets=each.targets, labels=each.labels) for each in reached]


@router.get("/declared", operation_id="readDeclaredMetrics", response_class=Response, responses=_TEXT)
async def declared(request: Request, _caller: Admin, world: WorldDep) -> Response:
    """What people declared, as series: sites, who is open now, expiry of secrets."""
    return await render_declared(request.app.state.places, world)


@router.get(
    "/exporters/{name}/metrics", operation_id="scrapeExporter", response_class=StreamingResponse, responses=_TEXT
)
async def scrape(
    request: Request,
    _caller: Admin,
    metrics: ExporterMetricsDep,
    name: Annotated[ExporterName, Path()],
    shard: Annotated[int, Query(ge=0, lt=MOST_SHARDS)] = 0,
) -> StreamingResponse:
    """What an exporter's shard tells Prometheus, as it is."""
    return _Relay(metrics.scrape(name, shard, _asked(request)))


@router.get("/orchestrator", operation_id="readOrchestratorMetrics", response_class=StreamingResponse, responses=_TEXT)
async def orchestrator(request: Request, _caller: Admin, metrics: ExporterMetricsDep) -> StreamingResponse:
    """The orchestrator's own metrics: what should run and what does, for the rules about exporters."""
    return _Relay(metrics.orchestrator(_asked(request)))


def _asked(request: Request) -> dict[str, str]:
    return {header: value for header in _PASSED_ON if (value := request.headers.get(header))}


class _Relay(StreamingResponse):
    """The connection to the exporter is opened and closed by the same call, which sends the answer."""

    def __init__(self, scraping: AbstractAsyncContextManager[Scraped]) -> None:
        super().__init__(iter(()))
        self._scraping = scraping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._scraping as scraped:
            self.init_headers(dict(scraped.headers))
            self.body_iterator = scraped.content
            await super().__call__(scope, receive, send)
