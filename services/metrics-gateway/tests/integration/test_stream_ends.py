"""A live stream ends with its token; whoever comes back goes on from there, or is told to read the lists again."""

import json
import time
from typing import Any


async def _first_of(client: Any, beginning: str, last_id: str | None) -> str:
    """Of the first line that begins so: what follows the field's name."""
    headers = {"Last-Event-ID": last_id} if last_id else {}
    async with client.http.stream("GET", "/api/v1/stream", headers=headers) as response:
        async for line in response.aiter_lines():
            if line.startswith(beginning):
                return str(line).partition(": ")[2]
    raise AssertionError(beginning)


async def test_a_stream_closes_when_the_token_expires(world: Any) -> None:
    world.source("north", a=True)
    async with world.gateway() as admin:
        await admin.shows(a="online")
        async with world.client("north", seconds=3) as manager:
            started = time.monotonic()
            async with manager.http.stream("GET", "/api/v1/stream") as response:
                lines = [line async for line in response.aiter_lines()]
            assert time.monotonic() - started < 6
            assert "event: tick" in lines


async def test_a_client_that_comes_back_soon_is_told_what_it_missed(world: Any) -> None:
    source = world.source("north", a=True, b=True)
    async with world.gateway() as admin, world.client("north") as manager:
        await admin.shows(a="online", b="online")

        last_id = await _first_of(manager, "id: ", None)
        source.devices["a"] = False
        await admin.shows(a="offline", b="online")
        missed = json.loads(await _first_of(manager, "data: [", last_id))
        assert ("a", "offline") in [(item["device_id"], item["status"]) for item in missed]


async def test_a_client_that_names_what_nobody_told_it_is_told_to_read_again(world: Any) -> None:
    world.source("north", a=True)
    async with world.gateway() as admin:
        await admin.shows(a="online")
        async with world.client("north") as manager:
            assert await _first_of(manager, "event: resync", "1") == "resync"


async def test_a_removed_device_makes_its_listeners_read_again(world: Any) -> None:
    exporter = world.exporter(north=world.fake_source(a=True), south=world.fake_source(b=True))
    async with world.gateway() as admin:
        await admin.shows(a="online", b="online")
        async with admin.http.stream("GET", "/api/v1/stream") as response:
            del exporter.sources["north"]
            async for line in response.aiter_lines():
                if line == "event: resync":
                    return
    raise AssertionError("the stream ended before")
