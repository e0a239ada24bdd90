"""The two HTTP apps of a service: the API behind the edge, and the internal one with health and metrics."""

import hmac
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final
from uuid import uuid4

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from fastapi.routing import APIRoute
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from vitrina_contracts.problems import MEDIA_TYPE, ProblemDetails

from vitrina_kit.health import Health
from vitrina_kit.problem_handlers import ErrorMapping, install_problem_handlers, unauthenticated

REQUEST_SECONDS: Final = Histogram(
    "vitrina_http_request_duration_seconds",
    "Time to answer a request of the API.",
    ["method", "route", "status"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10),
)


MOST_BODY_BYTES: Final = 8 * 1024 * 1024
"""What facts of twenty thousand devices take as CSV; the edge has the same limit."""


_TOO_LARGE: Final = 413


class OrderedRoute(APIRoute):
    """Refuses in the agreed order (401, 403, 404, 412, 422) also when the body is not JSON at all.

    FastAPI decodes the body before it runs dependencies, so a broken body would hide a missing token. Such a request
    is run again with an empty body: its dependencies refuse first if they want to, else the first error stands.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def ordered(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                if not any(item["type"] == "json_invalid" for item in error.errors()):
                    raise
                try:
                    await handle(Request(request.scope, _empty_body))
                except RequestValidationError:
                    raise error from None
                raise

        return ordered


async def _empty_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    "default": {"model": ProblemDetails, "description": "RFC 9457 problem details"}
}


class _Api(FastAPI):
    """Describes refusals with their own media type; FastAPI knows one media type of a route only."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        for item in document["paths"].values():
            for operation in item.values():
                content = operation["responses"]["default"]["content"]
                operation["responses"]["default"]["content"] = {MEDIA_TYPE: next(iter(content.values()))}
        return document


def create_api(title: str, version: str, errors: ErrorMapping | None = None) -> FastAPI:
    """An API with problem details for every refusal, request ids, and a duration metric by route."""
    app = _Api(
        title=title,
        version=version,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        responses=_REFUSALS,
    )
    app.router.route_class = OrderedRoute
    install_problem_handlers(app, errors)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestContext)
    return app


def create_router(prefix: str = "", *, tags: Sequence[str] = ()) -> APIRouter:
    """A router whose routes keep the order of refusals."""
    return APIRouter(prefix=prefix, tags=list(tags), route_class=OrderedRoute)


async def _inside() -> None:
    return None


vars(_inside)["right"] = "inside"
Inside = Depends(_inside)
"""For routes of the internal listener that tell nothing secret: who reaches the listener may ask."""


def create_internal_app(health: Health, registry: CollectorRegistry = REGISTRY) -> FastAPI:
    """`/health/live`, `/health/ready` and `/metrics`; a service adds its own `/internal/...` routes."""
    app = _Api(title="internal", docs_url=None, redoc_url=None, openapi_url=None, responses=_REFUSALS)
    install_problem_handlers(app)

    @app.get("/health/live", dependencies=[Inside])
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/health/ready", dependencies=[Inside], responses={503: {"description": "Not ready."}})
    async def ready() -> JSONResponse:
        is_ready, report = await health.report()
        return JSONResponse({"status": "ok" if is_ready else "not ready", "checks": report}, 200 if is_ready else 503)

    @app.get("/metrics", dependencies=[Inside], response_class=PlainTextResponse)
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return app


def require_bearer(*accepted: str) -> Callable[[Request], Awaitable[None]]:
    """A dependency for internal routes: one of these static tokens, compared in constant time."""

    async def check(request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        matches = [hmac.compare_digest(token.encode(), candidate.encode()) for candidate in accepted]
        if scheme.lower() != "bearer" or not any(matches):
            raise unauthenticated("This internal route needs the service's own token.")

    vars(check)["right"] = "service token"
    return check


class BodyLimit:
    """Ends the reading of a body that is too large, so that a route answers 413 as a problem like any other.

    The framework's own limit answers in plain text.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length", b"")
        left = MOST_BODY_BYTES

        async def limited() -> Message:
            nonlocal left
            if told.isdigit() and int(told) > MOST_BODY_BYTES:
                raise HTTPException(_TOO_LARGE)
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(_TOO_LARGE)
            return message

        await self._app(scope, limited, send)


class RequestContext:
    """Gives each request an id (answered as `X-Request-Id`, bound to its log lines) and measures it.

    Plain ASGI: `BaseHTTPMiddleware` breaks cancellation, and with it leaks database connections.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                route = getattr(scope.get("route"), "path", "unmatched")
                REQUEST_SECONDS.labels(scope["method"], route, status).observe(time.perf_counter() - started)
