"""The live feed as Server-Sent Events.

The slot in the feed is taken when the response begins to be sent and given back by the same call: a generator that is
never started never runs its `finally`, so nothing may depend on that.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final

from fastapi import Request
from sse_starlette import EventSourceResponse
from starlette.types import Receive, Send
from starlette.types import Scope as ConnectionScope
from vitrina_contracts.tokens import Claims
from vitrina_kit.http_app import create_router
from vitrina_kit.revocations import Revocations
from vitrina_kit.token_check import Caller, TheRevocations

from vitrina_gateway.api.deps import CallerScope, Parts, TheParts
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.feed import Event, Listener

router = create_router("/stream", tags=["stream"])

_PING_SECONDS: Final = 15
_SEND_SECONDS: Final = 30


@router.get(
    "",
    operation_id="streamDevices",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": (
                "Events: `tick` {as_of, prometheus_up, totals, in_work, changed} with each evaluation; `devices` "
                "[Device] that read differently; `resync` when the lists must be read again. Ends with the token. "
                "With the id of the last tick as `Last-Event-ID` it goes on from there, or says `resync` when that "
                "is too long ago."
            ),
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def stream(
    request: Request, caller: Caller, scope: CallerScope, parts: TheParts, revocations: TheRevocations
) -> EventSourceResponse:
    """What changes, as it changes, of the caller's sources."""
    parts.fleet.present()
    parts.feed.check_room()
    return _Stream(parts, scope, request.headers.get("last-event-id"), caller, revocations)


class _Stream(EventSourceResponse):
    def __init__(
        self, parts: Parts, scope: Scope, last_id: str | None, caller: Claims, revocations: Revocations
    ) -> None:
        super().__init__(iter(()), ping=_PING_SECONDS, sep="\n", send_timeout=_SEND_SECONDS)
        self._parts = parts
        self._scope = scope
        self._last_id = last_id
        self._caller = caller
        self._revocations = revocations

    async def __call__(self, scope: ConnectionScope, receive: Receive, send: Send) -> None:
        feed = self._parts.feed
        listener = feed.open(self._scope, self._parts.fleet.present(), self._last_id)
        try:
            with self._revocations.watch(self._caller, listener.close):
                self.body_iterator = _events(listener, self._caller.exp)
                await super().__call__(scope, receive, send)
        finally:
            feed.close(listener)


async def _events(listener: Listener, expires_at: float) -> AsyncIterator[bytes]:
    """Ends with the token: what the caller may see is asked again with the next one."""
    while (left := expires_at - time.time()) > 0:
        try:
            async with asyncio.timeout(left):
                event = await listener.next()
        except TimeoutError:
            return
        if event is None:
            return
        yield _encoded(event)


def _encoded(event: Event) -> bytes:
    number = b"" if event.id is None else b"id: " + event.id.encode() + b"\n"
    return number + b"event: " + event.name.encode() + b"\ndata: " + event.data + b"\n\n"
