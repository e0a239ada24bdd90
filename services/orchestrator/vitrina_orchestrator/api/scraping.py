"""`GET /scrape/{name}`: what an exporter tells Prometheus, handed on as it is to one that cannot reach it."""

from typing import Annotated, Final

import httpx
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask
from vitrina_contracts.names import ExporterName
from vitrina_contracts.sharding import MOST_SHARDS
from vitrina_kit.http_app import require_bearer
from vitrina_kit.problem_handlers import not_found, unavailable

from vitrina_orchestrator.domain.errors import OrchestratorError
from vitrina_orchestrator.use_cases.discovery import running_targets
from vitrina_orchestrator.use_cases.ports import Runtime

_ASKED: Final = ("accept", "accept-encoding", "x-prometheus-scrape-timeout-seconds")
_ANSWERED: Final = ("content-type", "content-encoding")
_TIMEOUT: Final = httpx.Timeout(15, connect=2)


def scrape_routes(runtime: Runtime, client: httpx.AsyncClient, token: str) -> APIRouter:
    router = APIRouter(dependencies=[Depends(require_bearer(token))])

    @router.get("/scrape/{name}", response_class=StreamingResponse, responses={200: {"content": {"text/plain": {}}}})
    async def scrape(
        request: Request,
        name: Annotated[ExporterName, Path()],
        shard: Annotated[int, Query(ge=0, lt=MOST_SHARDS)] = 0,
    ) -> StreamingResponse:
        try:
            targets = await running_targets(runtime)
        except OrchestratorError as error:
            raise unavailable(f"What runs cannot be listed: {error}") from error
        target = next((each for each in targets if (each.exporter, each.shard) == (name, shard)), None)
        if target is None:
            raise not_found(f"No instance of {name}, shard {shard}, runs.")
        headers = {header: value for header in _ASKED if (value := request.headers.get(header))}
        question = client.build_request(
            "GET", f"http://{target.address}{target.metrics_path}", headers=headers, timeout=_TIMEOUT
        )
        try:
            answer = await client.send(question, stream=True)
        except httpx.HTTPError as error:
            raise unavailable(f"The exporter does not answer: {type(error).__name__}") from error
        return StreamingResponse(
            answer.aiter_raw(),
            status_code=answer.status_code,
            headers={header: value for header in _ANSWERED if (value := answer.headers.get(header))},
            background=BackgroundTask(answer.aclose),
        )

    return router
