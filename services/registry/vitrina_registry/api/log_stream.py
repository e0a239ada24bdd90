"""An exporter's log as it is written, as Server-Sent Events.

The place among those who follow, and the connection to the orchestrator, are taken when the response begins to be sent
and given back by the same call: a generator that is never started never runs its `finally`.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Final, Literal

from fastapi import Query
from sse_starlette import EventSourceResponse
from starlette.types import Receive, Scope, Send
from vitrina_contracts.sharding import MOST_SHARDS
from vitrina_contracts.tokens import Claims
from vitrina_kit.http_app import create_router
from vitrina_kit.revocations import Revocations
from vitrina_kit.token_check import Admin, TheRevocations

from vitrina_registry.api.deps import ExistingExporter, WorldDep
from vitrina_registry.domain.errors import UnavailableError
from vitrina_registry.use_cases.ports import World

router = create_router("/exporters", tags=["exporters"])

_PING_SECONDS: Final = 15
_SEND_SECONDS: Final = 30

End = Literal["instance_ended", "orchestrator_silent"]


@router.get(
    "/{name}/logs/stream",
    operation_id="streamExporterLogs",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": (
                "Events: `line` with a line of the log as a JSON string, the newest `tail` ones at first; `end` "
                "{reason: instance_ended | orchestrator_silent}, then ask again. Ends with the token."
            ),
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def stream_logs(
    *,
    world: WorldDep,
    caller: Admin,
    revocations: TheRevocations,
    name: ExistingExporter,
    tail: Annotated[int, Query(ge=1, le=5000)] = 200,
    shard: Annotated[int, Query(ge=0, lt=MOST_SHARDS)] = 0,
) -> EventSourceResponse:
    """The newest lines of an exporter's shard, then each new one as it is written."""
    return _Stream(world, (name, shard, tail), caller, revocations)


class _Stream(EventSourceResponse):
    def __init__(self, world: World, asked: tuple[str, int, int], caller: Claims, revocations: Revocations) -> None:
        super().__init__(iter(()), ping=_PING_SECONDS, sep="\n", send_timeout=_SEND_SECONDS)
        self._world = world
        self._asked = asked
        self._caller = caller
        self._revocations = revocations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        world, limit = self._world, _Limit(self._caller.exp - time.time())
        with world.follows.use(self._caller.sub, world.seconds()), self._revocations.watch(self._caller, limit.end):
            async with world.follow_logs(*self._asked) as lines:
                self.body_iterator = _events(lines, limit)
                await super().__call__(scope, receive, send)


class _Limit:
    """Until when lines are waited for: the token's end, or the moment in which it is revoked."""

    def __init__(self, seconds: float) -> None:
        self._at = asyncio.get_running_loop().time() + seconds
        self._waiting: asyncio.Timeout | None = None

    def end(self) -> None:
        self._at = 0
        if self._waiting is not None and not self._waiting.expired():
            self._waiting.reschedule(self._at)

    async def next_of(self, lines: AsyncIterator[str]) -> str:
        """Raises `StopAsyncIteration` after the last line, `TimeoutError` at the limit."""
        async with asyncio.timeout_at(self._at) as waiting:
            self._waiting = waiting
            try:
                return await anext(lines)
            finally:
                self._waiting = None


async def _events(lines: AsyncIterator[str], limit: _Limit) -> AsyncIterator[bytes]:
    try:
        while True:
            yield _encoded("line", await limit.next_of(lines))
    except TimeoutError:
        return
    except StopAsyncIteration:
        reason: End = "instance_ended"
    except UnavailableError:
        reason = "orchestrator_silent"
    yield _encoded("end", {"reason": reason})


def _encoded(event: str, data: object) -> bytes:
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
