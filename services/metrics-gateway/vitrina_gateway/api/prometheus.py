"""Prometheus' API for Grafana and others, within the caller's sources.

Every answer here has Prometheus' envelope, refusals included. A route that is not listed is refused, whatever
Prometheus itself would answer.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from fastapi import APIRouter, Request, Response
from vitrina_contracts.tokens import ALL_SOURCES, Claims, Role
from vitrina_kit.http_app import OrderedRoute
from vitrina_kit.problem_handlers import Problem
from vitrina_kit.token_check import Reader

from vitrina_gateway.api.conditional import PRIVATE
from vitrina_gateway.api.deps import Parts, TheParts
from vitrina_gateway.domain.promql import QueryRefusedError
from vitrina_gateway.domain.promql_guard import Guard
from vitrina_gateway.domain.promql_request import BadParameterError, Parameters, read_parameters
from vitrina_gateway.domain.scope import scope_of
from vitrina_gateway.use_cases.guarded_query import TooManyQueriesError
from vitrina_gateway.use_cases.ports import MonitoringError, RawAnswer

_LARGEST_FORM: Final = 64 << 10
_MOST_PARAMETERS: Final = 64
_FORM: Final = "application/x-www-form-urlencoded"
_METHODS: Final = ["GET", "POST"]
_KINDS: Final = {401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "too_many_requests", 503: "unavailable"}


class _TooLargeError(Exception):
    """The body of the request is longer than any query that would be answered."""


def _refusal(status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> Response:
    body = msgspec.json.encode({"status": "error", "errorType": kind, "error": message})
    return Response(body, status, media_type="application/json", headers={**PRIVATE, **(headers or {})})


def _refused_by_problem(problem: Problem) -> Response:
    status = int(problem.details.status)
    return _refusal(status, _KINDS.get(status, "bad_data"), problem.details.detail or "", problem.headers)


_REFUSALS: Final[dict[type[Exception], Callable[[Any], Response]]] = {
    Problem: _refused_by_problem,
    BadParameterError: lambda error: _refusal(400, "bad_data", str(error)),
    QueryRefusedError: lambda error: _refusal(400, "bad_data", str(error)),
    _TooLargeError: lambda _: _refusal(413, "bad_data", "the request is too large"),
    TooManyQueriesError: lambda _: _refusal(
        429, "too_many_requests", "your other queries are still being worked on", {"Retry-After": "1"}
    ),
    MonitoringError: lambda error: _refusal(
        503, "unavailable", f"Prometheus does not answer: {error}", {"Retry-After": "5"}
    ),
}
"""The first that fits."""


class EnvelopedRoute(OrderedRoute):
    """Answers every refusal in Prometheus' envelope."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def enveloped(request: Request) -> Response:
            try:
                return await handle(request)
            except tuple(_REFUSALS) as error:
                refuse = next(refuse for kind, refuse in _REFUSALS.items() if isinstance(error, kind))
                return refuse(error)

        return enveloped


router = APIRouter(tags=["prometheus"], route_class=EnvelopedRoute, include_in_schema=False)


@router.api_route("/query", methods=_METHODS)
async def query(request: Request, caller: Reader, parts: TheParts) -> Response:
    return await _answered(parts.queries.instant(caller.sub, _guard(caller, parts), await _parameters(request)))


@router.api_route("/query_range", methods=_METHODS)
async def query_range(request: Request, caller: Reader, parts: TheParts) -> Response:
    return await _answered(parts.queries.range(caller.sub, _guard(caller, parts), await _parameters(request)))


@router.api_route("/series", methods=_METHODS)
async def series(request: Request, caller: Reader, parts: TheParts) -> Response:
    return await _answered(parts.queries.series(caller.sub, _guard(caller, parts), await _parameters(request)))


@router.api_route("/labels", methods=_METHODS)
async def labels(request: Request, caller: Reader, parts: TheParts) -> Response:
    return await _answered(parts.queries.labels(caller.sub, _guard(caller, parts), await _parameters(request)))


@router.get("/label/{name}/values")
async def label_values(request: Request, name: str, caller: Reader, parts: TheParts) -> Response:
    parameters = await _parameters(request)
    return await _answered(parts.queries.label_values(caller.sub, _guard(caller, parts), name, parameters))


@router.get("/metadata")
async def metadata(caller: Reader, parts: TheParts) -> Response:
    return await _answered(parts.queries.metadata(caller.sub, _guard(caller, parts)))


@router.get("/status/buildinfo")
async def build_info(caller: Reader, parts: TheParts) -> Response:
    return await _answered(parts.queries.build_info(caller.sub, _guard(caller, parts)))


@router.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
async def anything_else(_caller: Reader) -> Response:
    return _refusal(404, "not_found", "this part of Prometheus' API is not offered here")


def _guard(caller: Claims, parts: Parts) -> Guard:
    everything = caller.role is Role.ADMIN and ALL_SOURCES in caller.sources
    return Guard(scope_of(caller).sources, everything, parts.fleet.hidden)


async def _answered(asking: Awaitable[RawAnswer]) -> Response:
    answer = await asking
    return Response(answer.body, answer.status, media_type="application/json", headers=PRIVATE)


async def _parameters(request: Request) -> Parameters:
    """Of the address and the posted form together."""
    pairs = _pairs(request.scope["query_string"])
    if request.method == "POST":
        if request.headers.get("content-type", _FORM).partition(";")[0].strip().lower() != _FORM:
            raise BadParameterError("post a form, application/x-www-form-urlencoded")
        pairs += _pairs(await _form(request))
    return read_parameters(pairs)


async def _form(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST_FORM:
            raise _TooLargeError
    return body


def _pairs(text: bytes) -> list[tuple[str, str]]:
    if len(text) > _LARGEST_FORM:
        raise _TooLargeError
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise BadParameterError("the parameters cannot be read: too many, or no UTF-8") from None
