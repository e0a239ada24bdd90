"""The stored chain of each device has no gap, no double and no inversion, whatever is killed or wiped."""

import asyncio
import random
import signal
from typing import Any

import nats
from vitrina_contracts.subjects import DEVICES

FLEET = [f"d{number}" for number in range(40)]


async def _flip_for(source: Any, seconds: float, chance: random.Random) -> None:
    """Flips that last longer than a scrape, a few devices at a time."""
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        for device_id in chance.sample(FLEET, 6):
            source.devices[device_id] = not source.devices[device_id]
        await asyncio.sleep(0.3)


async def _chains_agree(world: Any, source: Any) -> dict[str, Any]:
    def all_stored(chains: dict[str, Any]) -> bool:
        present = {device_id: "online" if up else "offline" for device_id, up in source.devices.items()}
        return {device_id: links[-1][1] for device_id, links in chains.items()} == present

    chains: dict[str, Any] = await world.stored(all_stored)
    for links in chains.values():
        world.assert_chain(links)
    return chains


async def test_a_gateway_killed_again_and_again_in_the_middle_of_flips_keeps_every_chain(world: Any) -> None:
    source = world.source("north", **dict.fromkeys(FLEET, True))
    chance = random.Random(11)  # noqa: S311 - a seed for repeatable tests
    for _ in range(3):
        gateway = world.spawn_gateway()
        async with world.client("*", role="admin") as client:
            await world.eventually(client.answers)  # its start is not what is to be killed
        await _flip_for(source, 3, chance)
        gateway.send_signal(signal.SIGKILL)
        gateway.wait()
    async with world.gateway() as client:
        await client.shows(**{device_id: "online" if up else "offline" for device_id, up in source.devices.items()})
        chains = await _chains_agree(world, source)
    assert sum(map(len, chains.values())) > len(FLEET) + 10


async def test_what_flips_and_flips_back_while_no_gateway_runs_is_stored_by_the_next_one(world: Any) -> None:
    source = world.source("north", a=True, b=True)
    async with world.gateway() as client:
        await client.shows(a="online", b="online")
        await world.stored(lambda chains: set(chains) == {"a", "b"})
    for up in (False, True, False, True):
        source.devices["a"] = up
        await world.scraped_again()
    async with world.gateway() as client:
        await client.shows(a="online", b="online")
        chains = await world.stored(lambda chains: len(chains["a"]) == 5)
        since = (await client.devices())["a"].status_since
        assert not (await client.devices())["a"].status_since_at_least
    world.assert_chain(chains["a"])
    assert chains["b"] == [(None, "online", False)]
    last = (await world.last_of_each())["a"]
    assert last.data.evaluated_at == since  # the instant of the flip, not of the restart


async def test_two_gateways_store_each_transition_once(world: Any) -> None:
    source = world.source("north", **dict.fromkeys(FLEET, True))
    gateway = world.spawn_gateway()
    try:
        async with world.gateway(second=True):
            await _flip_for(source, 4, random.Random(12))  # noqa: S311 - a seed for repeatable tests
            await _chains_agree(world, source)
    finally:
        gateway.send_signal(signal.SIGTERM)
        assert gateway.wait() == 0


async def test_a_wiped_jetstream_is_filled_again_with_the_present(world: Any) -> None:
    source = world.source("north", a=True, b=True)
    async with world.gateway() as client:
        await client.shows(a="online", b="online")
        source.devices["a"] = False
        await client.shows(a="offline", b="online")
        await world.stored(lambda chains: len(chains["a"]) == 2)
        since = (await client.devices())["a"].status_since
        world.nats.wipe()
        world.nats.start()
        await world.stored(
            lambda chains: chains == {"a": [(None, "offline", False)], "b": [(None, "online", False)]}, seconds=60
        )
        assert (await client.devices())["a"].status_since == since


async def test_a_purged_stream_is_filled_again_too(world: Any) -> None:
    world.source("north", a=True)
    async with world.gateway() as client:
        await client.shows(a="online")
        await world.stored(lambda chains: "a" in chains)
        connection = await nats.connect(world.nats.url)
        await connection.jetstream().purge_stream(DEVICES.name)
        await connection.close()
        await world.stored(lambda chains: chains == {"a": [(None, "online", False)]}, seconds=30)


async def test_a_late_subscriber_gets_the_present_of_every_device(world: Any) -> None:
    source = world.source("north", a=True, b=True, c=None)
    async with world.gateway() as client:
        await client.shows(a="online", b="online", c="unknown")
        source.devices["b"] = False
        await client.shows(a="online", b="offline", c="unknown")
        await world.stored(lambda chains: len(chains["b"]) == 2)
        listed = await client.devices()
        last = await world.last_of_each()
        assert set(last) == set(listed)
        for device_id, event in last.items():
            told, shown = event.data.device, listed[device_id]
            assert (told.status, told.status_since, told.cause) == (shown.status, shown.status_since, shown.cause)


async def test_a_restart_keeps_since_when_from_the_record_also_without_a_checkpoint(world: Any) -> None:
    source = world.source("north", a=True)
    async with world.gateway() as client:
        await client.shows(a="online")
        source.devices["a"] = False
        await client.shows(a="offline")
        await world.stored(lambda chains: len(chains["a"]) == 2)
        before = (await client.devices())["a"]
    (world.folder / "checkpoint.json").unlink()
    async with world.gateway() as client:
        await client.shows(a="offline")
        after = (await client.devices())["a"]
        assert (after.status_since, after.status_since_at_least) == (before.status_since, False)
    assert len((await world.chains())["a"]) == 2
