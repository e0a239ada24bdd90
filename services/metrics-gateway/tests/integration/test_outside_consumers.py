"""Systems outside read through consumers that the gateway makes, as they may make none."""

from typing import Any

import nats
from nats.js import JetStreamContext


async def read(jetstream: JetStreamContext, name: str, count: int) -> set[str]:
    """Ids of the devices of the next messages, which are then done with."""
    feed = await jetstream.pull_subscribe("devices.status.>", durable=name, stream="DEVICES")
    messages = await feed.fetch(count, timeout=10)
    for message in messages:
        await message.ack_sync()
    await feed.unsubscribe()
    return {message.subject.rsplit(".", 1)[1] for message in messages}


async def test_each_has_its_own_which_is_kept_and_made_anew_when_it_is_gone(world: Any) -> None:
    source = world.source("north", a=True, b=True)
    world.nats_subscribers = "wall, crm"
    client = await nats.connect(world.nats.url)
    jetstream = client.jetstream()

    async def both_are_there() -> bool:
        return {"wall", "crm"} <= {each.name for each in await jetstream.consumers_info("DEVICES")}

    async with world.gateway() as admin:
        await admin.shows(a="online", b="online")
        await world.eventually(both_are_there)
        assert await read(jetstream, "wall", 2) == {"a", "b"}
        source.devices["b"] = False
        await admin.shows(a="online", b="offline")
    async with world.gateway() as admin:
        await admin.shows(a="online", b="offline")
        await jetstream.delete_consumer("DEVICES", "crm")
        await world.eventually(both_are_there)
        assert await read(jetstream, "wall", 1) == {"b"}
        assert await read(jetstream, "crm", 2) == {"a", "b"}
    await client.close()
