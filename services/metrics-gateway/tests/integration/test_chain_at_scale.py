"""100,000 devices that flip, two gateways killed at random: what is stored is what Prometheus saw, flip by flip."""

import asyncio
import contextlib
import random
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import nats
import nats.errors
import nats.js.errors
import pytest
from nats.js.api import ConsumerConfig, DeliverPolicy
from vitrina_contracts.subjects import DEVICE_STATUS_ALL, DEVICES

SOURCES, IN_SOURCE = 10, 10_000
SCRAPE_SECONDS = 10
FLIPPING_SECONDS = 200
FLIPS_AT_ONCE, FLIPS_EVERY = 250, 2.0
LASTING_SECONDS = 40
"""Some scrapes, on a machine with other work. That may be less than the time in which no gateway runs."""
KILLED_EVERY = (6.0, 20.0)
WORDS = {"0": "offline", "1": "online"}

Chain = list[tuple[str | None, str]]
"""`(previous, status)` of what was stored."""


class StoredDevice(msgspec.Struct):
    device_id: str
    status: str


class StoredData(msgspec.Struct):
    device: StoredDevice
    previous: str | None
    removed: bool


class StoredEvent(msgspec.Struct):
    data: StoredData


def _device_id(source: int, number: int) -> str:
    return f"s{source}-{number}"


class Pair:
    """Two gateways; one or both are killed at random, and started again."""

    def __init__(self, world: Any) -> None:
        self._world = world
        self._running = [self._spawn(second) for second in (False, True)]
        self.killed = 0

    def _spawn(self, second: bool) -> "subprocess.Popen[bytes]":  # noqa: FBT001 - which of the two
        process: subprocess.Popen[bytes] = self._world.spawn_gateway(second=second)
        return process

    async def kill_at_random(self, chance: random.Random) -> None:
        while True:
            await asyncio.sleep(chance.uniform(*KILLED_EVERY))
            for which in chance.choice([(0,), (1,), (0,), (1,), (0, 1)]):
                self._running[which].kill()
                self._running[which].wait()
                self._running[which] = self._spawn(bool(which))
                self.killed += 1

    def stop(self) -> None:
        for process in self._running:
            process.send_signal(signal.SIGTERM)
        for process in self._running:
            process.wait()


async def _flip(fleet: list[Any], chance: random.Random) -> int:
    """Devices chosen at random, each at rest for long enough before it flips again."""
    resting: dict[tuple[int, str], float] = {}
    flips = 0
    end = time.monotonic() + FLIPPING_SECONDS
    while (now := time.monotonic()) < end:
        for _ in range(FLIPS_AT_ONCE):
            source = chance.randrange(SOURCES)
            key = (source, _device_id(source, chance.randrange(IN_SOURCE)))
            if now - resting.get(key, float("-inf")) > LASTING_SECONDS:
                resting[key] = now
                fleet[source].devices[key[1]] = not fleet[source].devices[key[1]]
                flips += 1
        await asyncio.sleep(FLIPS_EVERY)
    return flips


async def _stored(url: str, policy: DeliverPolicy) -> dict[str, Chain]:
    """By device id, as a subscriber reads them; empty while there is nothing."""
    connection = await nats.connect(url, connect_timeout=2)
    try:
        jetstream = connection.jetstream()
        if not (await jetstream.stream_info(DEVICES.name)).state.messages:
            return {}
        config = ConsumerConfig(deliver_policy=policy)
        feed = await jetstream.subscribe(
            DEVICE_STATUS_ALL, ordered_consumer=True, config=config, pending_bytes_limit=1 << 30
        )
        found: dict[str, Chain] = {}
        left = 1
        while left:
            message = await feed.next_msg(timeout=10)
            data = msgspec.json.decode(message.data, type=StoredEvent).data
            assert not data.removed
            found.setdefault(data.device.device_id, []).append((data.previous, data.device.status))
            left = message.metadata.num_pending
        return found
    finally:
        await connection.close()


async def _seen_by(prometheus: str, seconds: float) -> dict[str, Chain]:
    """What Prometheus stored: its samples with equal neighbours taken together."""
    found: dict[str, Chain] = {}
    async with httpx.AsyncClient(base_url=prometheus, timeout=120, trust_env=False) as client:
        for source in range(SOURCES):
            query = f'signage_device_up{{source="source{source}"}}[{seconds:.0f}s]'
            answer = (await client.get("/api/v1/query", params={"query": query})).json()
            for series in answer["data"]["result"]:
                found[series["metric"]["device_id"]] = list(_runs(value for _, value in series["values"]))
    return found


def _runs(values: Iterator[str]) -> Iterator[tuple[str | None, str]]:
    last = None
    for value in values:
        if WORDS[value] != last:
            yield last, WORDS[value]
            last = WORDS[value]


async def _until_stored(world: Any, expected: dict[str, str], seconds: float) -> float:
    """Waits until a late subscriber's snapshot is this; how long it took."""
    started = time.monotonic()
    connection_lost = (nats.errors.Error, nats.js.errors.Error, OSError)

    async def agrees() -> bool:
        with contextlib.suppress(*connection_lost):
            last = await _stored(world.nats.url, DeliverPolicy.LAST_PER_SUBJECT)
            return {device_id: chain[-1][1] for device_id, chain in last.items()} == expected
        return False

    await world.eventually(agrees, seconds)
    return time.monotonic() - started


@asynccontextmanager
async def _killed_at_random(pair: Pair, chance: random.Random) -> AsyncIterator[None]:
    killing = asyncio.create_task(pair.kill_at_random(chance))
    try:
        yield
    finally:
        killing.cancel()
        await asyncio.wait([killing])


def _present(fleet: list[Any]) -> dict[str, str]:
    return {device_id: WORDS[str(int(up))] for source in fleet for device_id, up in source.devices.items()}


@pytest.mark.long
@pytest.mark.timeout(1500)
async def test_of_100_000_devices_no_transition_is_missing_doubled_or_inverted(
    large_world: Any, record_property: Any
) -> None:
    world = large_world
    chance = random.Random(6)  # noqa: S311 - a seed for repeatable tests
    fleet = []
    for number in range(SOURCES):
        devices = dict.fromkeys((_device_id(number, each) for each in range(IN_SOURCE)), True)
        fleet.append(world.source(f"source{number}", **devices))
    began = time.time()
    pair = Pair(world)
    try:
        filled = await _until_stored(world, _present(fleet), 600)  # a machine with other work is slow at first
        async with _killed_at_random(pair, chance):
            flips = await _flip(fleet, chance)
        await _until_stored(world, _present(fleet), 300)  # what happened while none ran is judged first
        chains = await _stored(world.nats.url, DeliverPolicy.ALL)
        seen = await _seen_by(world.prometheus.url, time.time() - began)
        wrong = {
            device_id: (chains.get(device_id), seen[device_id])
            for device_id in seen
            if chains.get(device_id) != seen[device_id]
        }
        assert (len(wrong), len(chains)) == (0, SOURCES * IN_SOURCE), dict(list(wrong.items())[:5])
        assert sum(map(len, chains.values())) == SOURCES * IN_SOURCE + flips

        world.nats.wipe()
        world.nats.start()
        again = await _until_stored(world, _present(fleet), 300)  # how quickly is measured by `make bench`
    finally:
        pair.stop()
    for name, value in (("first", filled), ("flips", flips), ("killed", pair.killed), ("again", again)):
        record_property(name, round(value, 1))
