"""`GET /logs/{name}`: the output of an exporter as plain text."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse
from vitrina_contracts.names import ExporterName
from vitrina_contracts.sharding import MOST_SHARDS
from vitrina_kit.http_app import require_bearer
from vitrina_kit.problem_handlers import not_found

from vitrina_orchestrator.domain.errors import NoInstanceError
from vitrina_orchestrator.use_cases.logs import read_logs
from vitrina_orchestrator.use_cases.ports import Runtime


def log_routes(runtime: Runtime, token: str) -> APIRouter:
    router = APIRouter(dependencies=[Depends(require_bearer(token))])

    @router.get("/logs/{name}", response_class=StreamingResponse, responses={200: {"content": {"text/plain": {}}}})
    async def logs(
        name: Annotated[ExporterName, Path()],
        tail: Annotated[int, Query(ge=1, le=10_000)] = 200,
        shard: Annotated[int, Query(ge=0, lt=MOST_SHARDS)] = 0,
        *,
        follow: Annotated[bool, Query(description="Stay and send new lines as they come.")] = False,
    ) -> StreamingResponse:
        try:
            lines = await read_logs(runtime, name, shard, tail, follow=follow)
        except NoInstanceError as error:
            raise not_found(str(error)) from error
        return StreamingResponse(lines, media_type="text/plain; charset=utf-8")

    return router
