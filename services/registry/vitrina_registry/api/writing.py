"""What every write may ask for: `?dry_run=true`, and with POST an `Idempotency-Key`.

The world that a write works with carries both, so no route and no use case asks about them. The key is stored by the
commit, with the change; the answer is kept by the route's class, after it was made.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from vitrina_contracts.tokens import Claims
from vitrina_kit.http_app import OrderedRoute, create_router
from vitrina_kit.token_check import Admin, Manager, declares

from vitrina_registry.api.deps import WorldDep
from vitrina_registry.domain.intent import Intent, KeptAnswer, Once
from vitrina_registry.use_cases.ports import World

log = structlog.get_logger(__name__)

_KEPT_HEADERS: Final = ("etag", "location", "content-type")
_KEY: Final = r"^[\x21-\x7E]{1,200}$"


class _RepeatedError(Exception):
    """The request was carried out before: this is what was answered."""

    def __init__(self, answer: KeptAnswer) -> None:
        super().__init__()
        self.answer = answer


class WriteRoute(OrderedRoute):
    """Marks dry runs in the answer, and keeps the answer of a request that came with a key."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            response = await handle(request)
            intent: Intent | None = getattr(request.state, "intent", None)
            if intent is not None and intent.dry_run:
                response.headers["X-Dry-Run"] = "true"
                for name in ("etag", "location"):
                    if name in response.headers:
                        del response.headers[name]
            if intent is not None and intent.once is not None and intent.accepted:
                await _keep(request.app.state.world, intent.once, response)
            return response

        return answered


def create_write_router(prefix: str = "", *, tags: list[str]) -> APIRouter:
    router = create_router(prefix, tags=tags)
    router.route_class = WriteRoute
    return router


def install_repetitions(app: FastAPI) -> None:
    app.add_exception_handler(_RepeatedError, _on_repeated)


_DryRun = Annotated[bool, Query(description="Check all and answer as if; nothing stays.")]
_OnceKey = Annotated[
    str | None, Header(pattern=_KEY, description="With POST: the same key gets the first answer again, for a day.")
]


@declares("admin")
async def _admins_world(
    request: Request, caller: Admin, world: WorldDep, *, dry_run: _DryRun = False, idempotency_key: _OnceKey = None
) -> World:
    return await _meant(request, caller, world, dry_run=dry_run, idempotency_key=idempotency_key)


@declares("manager")
async def _managers_world(
    request: Request, caller: Manager, world: WorldDep, *, dry_run: _DryRun = False, idempotency_key: _OnceKey = None
) -> World:
    return await _meant(request, caller, world, dry_run=dry_run, idempotency_key=idempotency_key)


async def _meant(
    request: Request, caller: Claims, world: World, *, dry_run: bool, idempotency_key: str | None
) -> World:
    intent = Intent(dry_run=dry_run)
    if idempotency_key is not None and request.method == "POST" and not dry_run:
        intent.once = await _once(request, caller, world, idempotency_key)
        answer = await world.answers.find(intent.once)
        if answer is not None:
            raise _RepeatedError(answer)
    request.state.intent = intent
    return world.meant(intent)


WritingWorld = Annotated[World, Depends(_admins_world)]
"""The world for a route that changes something; admins only."""
ManagersWritingWorld = Annotated[World, Depends(_managers_world)]
"""The same for a route that managers may use, too."""


async def _once(request: Request, caller: Claims, world: World, key: str) -> Once:
    address = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return Once(caller.sub, key, world.vault.fingerprint(address + await request.body()))


async def _keep(world: World, once: Once, response: Response) -> None:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    try:
        await world.answers.keep(once, KeptAnswer(response.status_code, headers, bytes(response.body).decode()))
    except (SQLAlchemyError, OSError) as error:  # the change stands; who repeats the request is told so
        log.warning("answer_not_kept", error=type(error).__name__)


async def _on_repeated(_request: Request, error: Exception) -> Response:
    assert isinstance(error, _RepeatedError)  # noqa: S101 - registered for this class alone
    answer = error.answer
    return Response(answer.body, answer.status, {**answer.headers, "Idempotency-Replayed": "true"})
