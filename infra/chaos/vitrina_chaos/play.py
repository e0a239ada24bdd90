"""Plays a script against an installation, and keeps what it was answered."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from vitrina_chaos.installation import Installation
from vitrina_chaos.pace import Pace
from vitrina_chaos.places import Watched
from vitrina_chaos.script import Change, Kill, Step

_API: Final = "/api/registry/v1"
_TRIES: Final = 40
_BETWEEN_TRIES_SECONDS: Final = 0.25
_START_SECONDS: Final = 60


@dataclass
class Told:
    """What the registries have answered."""

    accepted: dict[str, int] = field(default_factory=dict)
    """The highest revision of each exporter that a 2xx answer named."""
    answers: dict[int, int] = field(default_factory=dict)
    """Answers by status."""
    pace: Pace = field(default_factory=Pace)

    def note(self, change: Change, response: httpx.Response) -> None:
        self.answers[response.status_code] = self.answers.get(response.status_code, 0) + 1
        if not response.is_success:
            return
        answer = response.json() if response.content else {}
        if change.is_of_exporter:
            is_stopped = change.method == "DELETE" or not answer["enabled"]
            (self.pace.stopped if is_stopped else self.pace.started)(change.exporter)
        if answer:
            revision = int(answer["revision"])
            self.accepted[change.exporter] = max(revision, self.accepted.get(change.exporter, 0))
            self.pace.accepted(change.exporter, revision)


async def play(made: Installation, token: str, steps: Sequence[Step], told: Told) -> None:
    """Changes wait for their answers, kills for nothing: what was killed comes back while the changes go on."""
    coming_back: set[asyncio.Task[None]] = set()
    down: set[str] = set()
    async with httpx.AsyncClient(timeout=10, trust_env=False, headers={"Authorization": f"Bearer {token}"}) as client:
        for number, step in enumerate(steps):
            if isinstance(step, Kill):
                if step.victim in down:
                    continue
                down.add(step.victim)
                told.pace.killed(step.victim)
                await asyncio.to_thread(made.kill, step.victim, number)
                task = asyncio.create_task(_come_back(made, step, down, told.pace))
                coming_back.add(task)
                task.add_done_callback(coming_back.discard)
            else:
                await _send(made, client, step, told)
        await asyncio.gather(*coming_back)


@asynccontextmanager
async def watching(made: Installation) -> AsyncIterator[Watched]:
    """Looks at all exporters again and again while the block runs."""
    watched = Watched()
    task = asyncio.create_task(made.place.watch(watched))
    yield watched
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _come_back(made: Installation, kill: Kill, down: set[str], pace: Pace) -> None:
    """From the moment it is started it may be killed again."""
    await asyncio.sleep(kill.down_seconds)  # the outage itself
    await made.start(kill.victim)
    down.discard(kill.victim)
    if await made.answers_again(kill.victim, _START_SECONDS):
        pace.returned(kill.victim)


async def _send(made: Installation, client: httpx.AsyncClient, change: Change, told: Told) -> None:
    """Until somebody answers: a POST is repeated with its key, anything else says the same again."""
    for turn in range(_TRIES):
        port = made.api_ports[(change.registry + turn) % len(made.api_ports)]
        response = await _ask(client, f"http://127.0.0.1:{port}{_API}{change.path}", change)
        if response is not None and response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            told.note(change, response)
            return
        await asyncio.sleep(_BETWEEN_TRIES_SECONDS)


async def _ask(client: httpx.AsyncClient, url: str, change: Change) -> httpx.Response | None:
    headers = {"If-Match": "*"} | ({"Idempotency-Key": change.key} if change.key else {})
    body: dict[str, Any] = {} if change.body is None else {"json": change.body}
    try:
        return await client.request(change.method, url, headers=headers, **body)
    except httpx.TransportError:
        return None
