"""A real gateway in a small world: real Prometheus and NATS, the rest played."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import nats
import nats.errors
import nats.js.errors
from nats.js.api import ConsumerConfig, DeliverPolicy
from vitrina_contracts.device import Device
from vitrina_contracts.events import CloudEvent, DeviceStatusChanged
from vitrina_contracts.subjects import DEVICE_STATUS_ALL, DEVICES
from vitrina_gateway.app import running
from vitrina_gateway.settings import GatewaySettings
from vitrina_kit.serving import Listener, serve
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - fixture
from vitrina_kit.testing.ports import free_port

from .prometheus_server import SCRAPE_SECONDS, Prometheus
from .surroundings import FakeExporter, FakeSource, Surroundings

DeviceEvent = CloudEvent[DeviceStatusChanged]
Link = tuple[str | None, str, bool]
"""`(previous, status, removed)` of a stored transition."""


async def eventually(condition: Callable[[], Awaitable[Any]], seconds: float = 20) -> Any:
    """The condition's first true answer; fails with its last answer when none comes in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = await condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {seconds} s; last answer: {answer!r}"
        await asyncio.sleep(0.05)


@dataclass
class World:
    surroundings: Surroundings
    prometheus: Prometheus
    nats: NatsServer
    folder: Path
    slots: Iterator[int]
    api_port: int = field(default_factory=free_port)
    fresh_seconds: float = 300
    scrape_seconds: float = SCRAPE_SECONDS
    tick_seconds: float = 0.25
    private_endpoints: str = "127.0.0.0/8"
    nats_subscribers: str = ""
    direct: bool = False
    """Whether the gateway asks Prometheus itself, with nothing between that could fail or count."""
    alertmanager_url: str = "http://127.0.0.1:9"
    """Nobody answers there."""

    def exporter(self, **sources: FakeSource) -> FakeExporter:
        """One more exporter with these sources; Prometheus scrapes it already."""
        made = FakeExporter(sources)
        self.surroundings.exporters[f"slot{next(self.slots)}"] = made
        return made

    def source(self, name: str, **devices: bool | None) -> FakeSource:
        """One more exporter with one source of this name."""
        source = FakeSource(dict(devices))
        self.exporter(**{name: source})
        return source

    def environment(self, *, second: bool = False) -> dict[str, str]:
        """Of the gateway at the usual port, or of a `second` one beside it."""
        (self.folder / "registry-token").write_text("gateway-token\n")
        return {
            "VITRINA_API_PORT": str(free_port() if second else self.api_port),
            "VITRINA_INTERNAL_PORT": str(free_port()),
            "VITRINA_NATS_URL": self.nats.url,
            "VITRINA_JWKS_URL": f"{self.surroundings.url}/jwks",
            "VITRINA_PROMETHEUS_URL": self.prometheus.url if self.direct else f"{self.surroundings.url}/prometheus",
            "VITRINA_ALERTMANAGER_URL": self.alertmanager_url,
            "VITRINA_REGISTRY_INTERNAL_URL": self.surroundings.url,
            "VITRINA_REGISTRY_TOKEN_FILE": str(self.folder / "registry-token"),
            "VITRINA_CHECKPOINT_FILE": str(self.folder / ("second.json" if second else "checkpoint.json")),
            "VITRINA_SCRAPE_INTERVAL": str(self.scrape_seconds),
            "VITRINA_TICK_SECONDS": str(self.tick_seconds),
            "VITRINA_SOURCES_SECONDS": "0.3",
            "VITRINA_PRIVATE_ENDPOINTS": self.private_endpoints,
            "VITRINA_NATS_SUBSCRIBERS": self.nats_subscribers,
            "VITRINA_FRESH_SECONDS": str(self.fresh_seconds),
        }

    @asynccontextmanager
    async def gateway(self, *, second: bool = False) -> AsyncIterator["Client"]:
        """The gateway in this process, behind a real socket; `second` when another one runs at the usual port."""
        names = self.environment(second=second)
        values = {name.removeprefix("VITRINA_").lower(): value for name, value in names.items()}
        settings = GatewaySettings.model_validate(values)
        stop = asyncio.Event()
        async with running(settings) as gateway:
            server = asyncio.create_task(serve(Listener(gateway.api, settings.host, settings.api_port), stop=stop))
            async with self.client("*", role="admin") as client:
                await eventually(client.answers)
                yield client
            gateway.feed.close_all()
            stop.set()
            await server

    @asynccontextmanager
    async def client(self, *sources: str, role: str = "manager", seconds: int = 600) -> AsyncIterator["Client"]:
        headers = {"Authorization": f"Bearer {self.surroundings.token(*sources, role=role, seconds=seconds)}"}
        url = f"http://127.0.0.1:{self.api_port}"
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as http:
            yield Client(http)

    @staticmethod
    async def eventually(condition: Callable[[], Awaitable[Any]], seconds: float = 20) -> Any:
        return await eventually(condition, seconds)

    @staticmethod
    def fake_source(**devices: bool | None) -> FakeSource:
        return FakeSource(dict(devices))

    @staticmethod
    def assert_chain(links: list[Link]) -> None:
        """Each link begins where the last one ended, and neighbours differ."""
        last: str | None = None
        for previous, status, removed in links:
            assert previous == last, links
            assert removed or status != previous, links
            last = None if removed else status

    async def asked_again(self) -> None:
        """Waits until the registry was asked twice more: an answer to the first has then been used."""
        await self._counts_up(lambda: self.surroundings.registry_asked, 2)

    async def scraped_again(self) -> None:
        """Waits until every exporter was scraped twice more: the first scrape has then been judged."""
        await self._counts_up(lambda: min(each.scrapes for each in self.surroundings.exporters.values()), 2)

    @staticmethod
    async def _counts_up(counter: Callable[[], int], by: int) -> None:
        aim = counter() + by

        async def reached() -> bool:
            return counter() >= aim

        await eventually(reached)

    async def stored(
        self, condition: Callable[[dict[str, list[Link]]], bool], seconds: float = 20
    ) -> dict[str, list[Link]]:
        """Waits until the stored chains are so."""
        found: dict[str, list[Link]] = {}

        async def is_so() -> bool:
            nonlocal found
            try:
                found = await self.chains()
                return condition(found)
            except (KeyError, nats.errors.Error, nats.js.errors.Error, OSError):
                return False

        await eventually(is_so, seconds)
        return found

    async def last_of_each(self) -> dict[str, DeviceEvent]:
        """What a late subscriber is given first, by device id."""
        connection = await nats.connect(self.nats.url)
        try:
            subscription = await connection.jetstream().subscribe(
                DEVICE_STATUS_ALL,
                ordered_consumer=True,
                config=ConsumerConfig(deliver_policy=DeliverPolicy.LAST_PER_SUBJECT),
            )
            found = {}
            pending = True
            while pending:
                message = await subscription.next_msg(timeout=5)
                event = DeviceEvent.model_validate_json(message.data)
                found[event.data.device.device_id] = event
                pending = message.metadata.num_pending > 0
            return found
        finally:
            await connection.close()

    def spawn_gateway(self, *, second: bool = False) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, **self.environment(second=second)}
        return subprocess.Popen(
            [sys.executable, "-m", "vitrina_gateway"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def chains(self) -> dict[str, list[Link]]:
        """Every stored transition by device id, in order."""
        connection = await nats.connect(self.nats.url, connect_timeout=1, max_reconnect_attempts=0)
        try:
            jetstream = connection.jetstream()
            info = await jetstream.stream_info(DEVICES.name)
            chains: dict[str, list[Link]] = {}
            for sequence in range(info.state.first_seq, info.state.last_seq + 1):
                message = await jetstream.get_msg(DEVICES.name, seq=sequence)
                change = DeviceEvent.model_validate_json(message.data or b"").data
                link = (change.previous and change.previous.value, change.device.status.value, change.removed)
                chains.setdefault(change.device.device_id, []).append(link)
            return chains
        finally:
            await connection.close()


@dataclass
class Client:
    http: httpx.AsyncClient

    async def answers(self) -> bool:
        try:
            await self.http.get("/api/v1/overview")
        except httpx.HTTPError:
            return False
        return True

    async def list(self, **query: str | int) -> dict[str, Any]:
        response = await self.http.get("/api/v1/devices", params=query)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def devices(self) -> dict[str, Device]:
        """By device id; empty while there is no list."""
        response = await self.http.get("/api/v1/devices", params={"limit": 1000})
        items = response.json()["items"] if response.status_code == 200 else []
        return {item["device_id"]: Device.model_validate(item) for item in items}

    async def statuses(self) -> dict[str, str]:
        return {device_id: device.status.value for device_id, device in (await self.devices()).items()}

    async def overview(self) -> dict[str, Any]:
        response = await self.http.get("/api/v1/overview")
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def until(self, condition: Callable[[dict[str, Any]], bool]) -> None:
        """Waits until the overview is so."""

        async def is_so() -> bool:
            return condition(await self.overview())

        await eventually(is_so)

    @staticmethod
    async def waits_for(condition: Callable[[], bool]) -> None:
        async def is_so() -> bool:
            return condition()

        await eventually(is_so)

    async def shows(self, **statuses: str) -> None:
        """Waits until exactly these devices are listed with these statuses."""

        async def is_so() -> bool:
            return await self.statuses() == statuses

        await eventually(is_so)
