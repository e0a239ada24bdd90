"""Rooms for what anybody may ask: a few requests work at a time, some more wait, the rest is turned away at once.

It stands before everything that costs: a flood of sign-ins occupies neither the database's connections nor the event
loop, so that whoever is signed in notices nothing. Each route has a room of its own: a flood at one fills no other.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import Counter
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from vitrina_contracts.problems import MEDIA_TYPE
from vitrina_kit.problem_handlers import unavailable

RETRY_AFTER_SECONDS: Final = 5

TURNED_AWAY: Final = Counter(
    "vitrina_auth_turned_away_total", "Requests refused unread, since too many of their kind waited.", ["route"]
)


@dataclass(slots=True)
class Room:
    """`inside` work at a time, so they need that many connections to the database at most; `waiting` more wait."""

    inside: int
    waiting: int
    _places: asyncio.Semaphore = field(init=False, repr=False)
    _present: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.inside)

    @property
    def is_full(self) -> bool:
        return self._present >= self.inside + self.waiting

    async def __aenter__(self) -> None:
        self._present += 1
        try:
            await self._places.acquire()
        except BaseException:
            self._present -= 1
            raise

    async def __aexit__(self, *_: object) -> None:
        self._present -= 1
        self._places.release()


def rooms() -> Mapping[str, Room]:
    """By path. Two passwords are hashed at a time, ten to thirty a second: sixty wait for a few seconds."""
    return {
        "/api/auth/token": Room(inside=3, waiting=60),
        "/api/auth/invitations/accept": Room(inside=2, waiting=20),
        "/api/auth/refresh": Room(inside=3, waiting=300),
        "/api/auth/exchange": Room(inside=3, waiting=300),
        "/api/auth/oidc/start": Room(inside=4, waiting=60),
        "/api/auth/oidc/callback": Room(inside=4, waiting=60),
        "/api/auth/logout": Room(inside=2, waiting=100),
    }


_REFUSAL: Final = Response(
    unavailable("Too many people ask for this at the moment; try again in a few seconds.").details.model_dump_json(),
    503,
    media_type=MEDIA_TYPE,
    headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
)
"""Made once: to refuse must cost next to nothing."""


class Admission:
    """Plain ASGI, outside of everything else."""

    def __init__(self, app: ASGIApp, rooms: Mapping[str, Room]) -> None:
        self._app = app
        self._rooms = rooms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        room = self._rooms.get(scope["path"]) if scope["type"] == "http" else None
        if room is None:
            await self._app(scope, receive, send)
        elif room.is_full:
            TURNED_AWAY.labels(scope["path"]).inc()
            await _REFUSAL(scope, receive, send)
        else:
            async with room:
                await self._app(scope, receive, send)
