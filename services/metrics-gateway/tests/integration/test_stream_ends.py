"""A live stream ends with its token, and tells a client that comes back to read the lists again."""

import time
from typing import Any


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


async def test_a_client_that_resumes_is_told_to_read_again(world: Any) -> None:
    world.source("north", a=True)
    async with world.gateway() as admin:
        await admin.shows(a="online")
        async with (
            world.client("north", seconds=2) as manager,
            manager.http.stream("GET", "/api/v1/stream", headers={"Last-Event-ID": "1"}) as response,
        ):
            lines = [line async for line in response.aiter_lines()]
        assert "event: resync" in lines


async def test_a_removed_device_makes_its_listeners_read_again(world: Any) -> None:
    exporter = world.exporter(north=world.fake_source(a=True), south=world.fake_source(b=True))
    async with world.gateway() as admin:
        await admin.shows(a="online", b="online")
        del exporter.sources["north"]
        async with (
            world.client("*", role="admin", seconds=4) as client,
            client.http.stream("GET", "/api/v1/stream") as response,
        ):
            lines = [line async for line in response.aiter_lines()]
        assert "event: resync" in lines
