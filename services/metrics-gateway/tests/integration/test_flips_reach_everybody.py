"""A flipped device reaches the list, the live stream and NATS, once each and soon."""

import asyncio
import json
import time
from typing import Any


async def _read_events(client: Any, found: list[tuple[str, Any]]) -> None:
    async with client.http.stream("GET", "/api/v1/stream") as response:
        assert response.status_code == 200
        name = ""
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((name, json.loads(line.removeprefix("data: "))))


async def test_a_flip_reaches_list_stream_and_nats_once(world: Any) -> None:
    source = world.source("north", a=True, b=True)
    async with world.gateway() as client:
        await client.shows(a="online", b="online")
        events: list[tuple[str, Any]] = []
        reader = asyncio.create_task(_read_events(client, events))
        await client.waits_for(lambda: bool(events))
        source.devices["a"] = False
        flipped_at = time.monotonic()
        await client.shows(a="offline", b="online")
        assert time.monotonic() - flipped_at < 3.5  # a scrape and three seconds
        device = (await client.devices())["a"]
        assert (device.cause, device.status_since_at_least, device.name) == ("reported_offline", False, "Screen a")
        reader.cancel()
        flips = [item for name, data in events if name == "devices" for item in data]
        assert [(item["device_id"], item["status"]) for item in flips] == [("a", "offline")]
    chains = await world.chains()
    assert chains == {"a": [(None, "online", False), ("online", "offline", False)], "b": [(None, "online", False)]}
