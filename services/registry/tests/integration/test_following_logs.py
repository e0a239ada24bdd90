"""A log that is followed: line by line through a real socket, until its instance, the token or the reader ends."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from vitrina_kit.serving import Listener, serve
from vitrina_kit.testing.ports import free_port
from vitrina_registry.domain.pace import Allowance
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import V1, RunningRegistry, client_of

STREAM = f"{V1}/exporters/cubicmedia/logs/stream"


@dataclass
class OrchestratorStandIn:
    """An HTTP server on a real socket that tells the lines that a test has written; None ends the log."""

    status: int = 200
    lines: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    asked: list[str] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when whoever asked has gone."""
    url: str = ""
    break_off: Callable[[], None] = lambda: None
    """Ends the newest connection in the middle of the answer."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        self.break_off = writer.transport.abort
        chunked = "Transfer-Encoding: chunked\r\nContent-Type: text/plain; charset=utf-8"
        writer.write(f"HTTP/1.1 {self.status} X\r\nConnection: close\r\n{chunked}\r\n\r\n".encode())
        telling = asyncio.create_task(self._tell(writer))
        await reader.read()
        self.left.set()
        telling.cancel()
        writer.close()

    async def _tell(self, writer: asyncio.StreamWriter) -> None:
        while (line := await self.lines.get()) is not None:
            content = f"{line}\n".encode()
            writer.write(b"%x\r\n%s\r\n" % (len(content), content))
        writer.write(b"0\r\n\r\n")


@dataclass(frozen=True)
class Reader:
    """Somebody who follows logs at a registry on a real socket."""

    url: str
    orchestrator: OrchestratorStandIn
    api: Any

    @asynccontextmanager
    async def following(self, token: str, path: str = STREAM) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            httpx.AsyncClient(base_url=self.url, headers=headers, timeout=10, trust_env=False) as http,
            http.stream("GET", path) as answer,
        ):
            if answer.is_error:
                await answer.aread()
                answer.raise_for_status()
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield _events(answer)


async def _events(answer: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    kind = ""
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, json.loads(value)


@pytest.fixture
async def reader(settings: RegistrySettings, running_registry: RunningRegistry) -> AsyncIterator[Reader]:
    orchestrator = OrchestratorStandIn()
    teller = await asyncio.start_server(orchestrator.serve, "127.0.0.1", 0)
    orchestrator.url = f"http://127.0.0.1:{teller.sockets[0].getsockname()[1]}"
    known = {
        "orchestrator_internal_url": orchestrator.url,
        "orchestrator_token_file": settings.gateway_caller_token_file,
    }
    port, stop = free_port(), asyncio.Event()
    async with running_registry(settings.model_copy(update=known)) as registry:
        serving = asyncio.create_task(serve(Listener(registry.api, "127.0.0.1", port), stop=stop))
        url = f"http://127.0.0.1:{port}"
        await _answers(url)
        yield Reader(url, orchestrator, registry.api)
        stop.set()
        await serving
    teller.close()
    await teller.wait_closed()


async def _answers(url: str) -> None:
    async with asyncio.timeout(10), httpx.AsyncClient(base_url=url, trust_env=False) as http:
        while True:
            try:
                await http.get(STREAM)
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
            else:
                return


async def test_lines_come_as_they_are_written_and_the_end_of_the_instance_is_told(
    reader: Reader, actors: Actors
) -> None:
    reader.orchestrator.lines.put_nowait("started")
    async with reader.following(actors.admin, f"{STREAM}?tail=5&shard=3") as events:
        assert await anext(events) == ("line", "started")
        reader.orchestrator.lines.put_nowait('половина {"a": 1}\ttab')
        assert await anext(events) == ("line", 'половина {"a": 1}\ttab')
        reader.orchestrator.lines.put_nowait(None)
        assert [event async for event in events] == [("end", {"reason": "instance_ended"})]
    asked = reader.orchestrator.asked[-1]
    assert asked.startswith("GET /logs/cubicmedia?tail=5&shard=3&follow=true ")
    assert "Bearer gateway-token-of-the-tests" in asked


async def test_an_orchestrator_that_breaks_off_is_told_as_that(reader: Reader, actors: Actors) -> None:
    reader.orchestrator.lines.put_nowait("started")
    async with reader.following(actors.admin) as events:
        await anext(events)
        reader.orchestrator.lines.put_nowait("x")
        await anext(events)
        reader.orchestrator.break_off()
        assert [event async for event in events] == [("end", {"reason": "orchestrator_silent"})]


async def test_the_orchestrator_is_left_when_the_reader_goes(reader: Reader, actors: Actors) -> None:
    reader.orchestrator.lines.put_nowait("started")
    async with reader.following(actors.admin) as events:
        await anext(events)
        assert not reader.orchestrator.left.is_set()
    async with asyncio.timeout(10):
        await reader.orchestrator.left.wait()


async def test_it_ends_with_the_token(reader: Reader, actors: Actors) -> None:
    reader.orchestrator.lines.put_nowait("started")
    async with reader.following(actors.admin_with(exp=int(time.time()) + 2)) as events:
        assert [event async for event in events] == [("line", "started")]


async def test_it_ends_when_the_session_is_revoked(reader: Reader, actors: Actors) -> None:
    reader.orchestrator.lines.put_nowait("started")
    async with reader.following(actors.admin_with(sid="session-1")) as events:
        await anext(events)
        actors.verifier.revocations.add("session-1")
        assert [event async for event in events] == []


async def test_who_may_not_or_asks_for_what_is_not_there_is_refused_before_anything_is_sent(
    reader: Reader, actors: Actors
) -> None:
    tries = [
        (actors.manager("north"), STREAM, 200, 403),
        (actors.admin, STREAM.replace("cubicmedia", "nope"), 200, 404),
        (actors.admin, f"{STREAM}?tail=0", 200, 422),
        (actors.admin, f"{STREAM}?shard=64", 200, 422),
        (actors.admin, STREAM, 404, 404),
        (actors.admin, STREAM, 500, 503),
    ]
    for token, path, told, expected in tries:
        reader.orchestrator.status = told
        with pytest.raises(httpx.HTTPStatusError) as refused:
            async with reader.following(token, path):
                raise AssertionError("it was answered")
        answer = refused.value.response
        assert (answer.status_code, answer.headers["content-type"]) == (expected, "application/problem+json")


async def test_the_number_of_those_who_follow_is_limited_and_a_place_is_given_back(
    reader: Reader, actors: Actors
) -> None:
    few = Allowance(times=100, window_seconds=60, at_once=1)
    reader.api.state.world = replace(reader.api.state.world, follows=few)
    reader.orchestrator.lines.put_nowait("started")
    async with reader.following(actors.admin) as events:
        await anext(events)
        with pytest.raises(httpx.HTTPStatusError) as refused:
            async with reader.following(actors.admin):
                raise AssertionError("it was answered")
        assert refused.value.response.status_code == 429
    async with asyncio.timeout(10):
        await reader.orchestrator.left.wait()
        reader.orchestrator.lines.put_nowait("again")
        assert await _first_when_there_is_a_place(reader, actors.admin) == ("line", "again")


async def _first_when_there_is_a_place(reader: Reader, token: str) -> tuple[str, Any]:
    while True:
        with suppress(httpx.HTTPStatusError):
            async with reader.following(token) as events:
                return await anext(events)


async def test_without_an_orchestrator_it_is_refused(
    settings: RegistrySettings, running_registry: RunningRegistry, actors: Actors
) -> None:
    async with running_registry(settings) as registry:
        assert (await client_of(registry.api, actors.admin).get(STREAM)).status_code == 503
