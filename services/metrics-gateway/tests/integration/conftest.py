"""A small world around a real gateway: real Prometheus and NATS; exporters, registry and sign-in keys by one web server."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import nats
import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import OKPKey
from vitrina_contracts.device import Device
from vitrina_contracts.events import CloudEvent, DeviceStatusChanged
from vitrina_contracts.subjects import DEVICES
from vitrina_contracts.tokens import AUDIENCE, ISSUER
from vitrina_embedded.downloads import fetch_monitoring, find_monitoring
from vitrina_gateway.app import running
from vitrina_gateway.settings import GatewaySettings
from vitrina_kit.serving import Listener, serve
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - fixture
from vitrina_kit.testing.ports import free_port

SCRAPE_SECONDS = 1
PLATFORM = "acme"
_PROMETHEUS_CONFIG = """
global: {{ scrape_interval: {scrape}s, scrape_timeout: {scrape}s }}
scrape_configs:
  - job_name: exporters
    honor_labels: false
    http_sd_configs: [ {{ url: "http://127.0.0.1:{port}/sd", refresh_interval: 1s }} ]
    metric_relabel_configs: [ {{ action: labeldrop, regex: exported_platform }} ]
"""

DeviceEvent = CloudEvent[DeviceStatusChanged]
Link = tuple[str | None, str, bool]
"""`(previous, status, removed)` of a stored transition."""


@dataclass
class FakeSource:
    """What an exporter says of one source. A device is its status: True, False or None for unknown."""

    devices: dict[str, bool | None] = field(default_factory=dict)
    up: bool | None = True
    reason: str | None = None
    polls: int = 1
    enabled: bool = True

    def lines(self, name: str) -> Iterator[str]:
        label = f'source="{name}"'
        if self.up is not None:
            yield f"signage_source_up{{{label}}} {int(self.up)}"
            yield f"signage_source_last_success_timestamp_seconds{{{label}}} {1_700_000_000 + self.polls}"
        if self.reason:
            yield f'signage_source_failing{{{label},reason="{self.reason}"}} 1'
        for device_id, up in self.devices.items():
            identity = f'{label},device_id="{device_id}"'
            yield f'signage_device_info{{{identity},name="Screen {device_id}",ip="10.0.0.1",vendor_state="word"}} 1'
            if up is not None:
                yield f"signage_device_up{{{identity}}} {int(up)}"


@dataclass
class FakeExporter:
    sources: dict[str, FakeSource] = field(default_factory=dict)
    alive: bool = True
    listed: bool = True
    scrapes: int = 0


class Surroundings:
    """Everything that the gateway asks besides Prometheus and NATS."""

    def __init__(self) -> None:
        self.port = free_port()
        self.exporters: dict[str, FakeExporter] = {}
        self.registry_answers = True
        self.registry_names: dict[str, str] | None = None
        self._key = OKPKey.generate_key("Ed25519", {"kid": "test", "alg": "EdDSA", "use": "sig"})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, *sources: str, role: str = "manager", seconds: int = 600) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "somebody",
            "jti": os.urandom(8).hex(),
            "iat": now,
            "exp": now + seconds,
            "role": role,
            "client_id": "test",
            "sources": list(sources),
        }
        return jwt.encode({"alg": "EdDSA", "typ": "at+jwt", "kid": "test"}, claims, self._key, algorithms=["EdDSA"])

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/metrics/{exporter}", self._metrics)
        app.router.add_get("/sd", self._sd)
        app.router.add_get("/internal/v1/sources", self._sources)
        app.router.add_get("/jwks", self._jwks)
        return app

    async def _metrics(self, request: web.Request) -> web.Response:
        exporter = self.exporters[request.match_info["exporter"]]
        if not exporter.alive:
            return web.Response(status=500)
        lines = [line for name, source in exporter.sources.items() for line in source.lines(name)]
        exporter.scrapes += 1
        return web.Response(text="\n".join([*lines, ""]))

    async def _sd(self, _request: web.Request) -> web.Response:
        return web.json_response(
            [
                {
                    "targets": [f"127.0.0.1:{self.port}"],
                    "labels": {"exporter": name, "platform": PLATFORM, "__metrics_path__": f"/metrics/{name}"},
                }
                for name, exporter in self.exporters.items()
                if exporter.listed
            ]
        )

    async def _sources(self, request: web.Request) -> web.Response:
        if not self.registry_answers or request.headers.get("Authorization") != "Bearer gateway-token":
            return web.Response(status=503)
        return web.json_response(
            [
                {"exporter": exporter, "platform": PLATFORM, "source": name, "enabled": source.enabled}
                for exporter, each in self.exporters.items()
                for name, source in each.sources.items()
                if self.registry_names is None or name in self.registry_names
            ]
        )

    async def _jwks(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": [self._key.as_dict(private=False)]})


class Prometheus:
    """Can be stopped and started, also with its data lost."""

    def __init__(self, folder: Path, sd_port: int) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        (folder / "prometheus.yml").write_text(_PROMETHEUS_CONFIG.format(scrape=SCRAPE_SECONDS, port=sd_port))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._process = subprocess.Popen(
            [
                str((find_monitoring() or fetch_monitoring()).prometheus),
                f"--config.file={self._folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={self._folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--log.level=error",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        async with httpx.AsyncClient() as client:
            await eventually(lambda: _is_ok(client, f"{self.url}/-/ready"))

    def stop(self, *, hard: bool = False) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL if hard else signal.SIGTERM)
            self._process.wait()
            self._process = None

    def wipe(self) -> None:
        shutil.rmtree(self._folder / "data", ignore_errors=True)


async def _is_ok(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == 200
    except httpx.HTTPError:
        return False


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
    api_port: int = field(default_factory=free_port)
    fresh_seconds: float = 300

    def source(self, name: str, exporter: str = "acme") -> FakeSource:
        """The source of this name, made when it is new."""
        exporters = self.surroundings.exporters
        return exporters.setdefault(exporter, FakeExporter()).sources.setdefault(name, FakeSource())

    def environment(self) -> dict[str, str]:
        (self.folder / "registry-token").write_text("gateway-token\n")
        return {
            "VITRINA_API_PORT": str(self.api_port),
            "VITRINA_INTERNAL_PORT": str(free_port()),
            "VITRINA_NATS_URL": self.nats.url,
            "VITRINA_JWKS_URL": f"{self.surroundings.url}/jwks",
            "VITRINA_PROMETHEUS_URL": self.prometheus.url,
            "VITRINA_REGISTRY_INTERNAL_URL": self.surroundings.url,
            "VITRINA_REGISTRY_TOKEN_FILE": str(self.folder / "registry-token"),
            "VITRINA_CHECKPOINT_FILE": str(self.folder / "checkpoint.json"),
            "VITRINA_SCRAPE_INTERVAL": str(SCRAPE_SECONDS),
            "VITRINA_TICK_SECONDS": "0.5",
            "VITRINA_SOURCES_SECONDS": "1",
            "VITRINA_FRESH_SECONDS": str(self.fresh_seconds),
        }

    @asynccontextmanager
    async def gateway(self) -> AsyncIterator["Client"]:
        """The gateway in this process, behind a real socket."""
        names = self.environment()
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

    def spawn_gateway(self) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, **self.environment()}
        return subprocess.Popen(
            [sys.executable, "-m", "vitrina_gateway"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    async def chains(self) -> dict[str, list[Link]]:
        """Every stored transition by device id, in order; an empty dict when there is no stream yet."""
        connection = await nats.connect(self.nats.url)
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


def assert_chain(links: list[Link]) -> None:
    """Each link begins where the last one ended, and neighbours differ."""
    last: str | None = None
    for previous, status, removed in links:
        assert previous == last, links
        assert removed or status != previous, links
        last = None if removed else status


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

    async def shows(self, **statuses: str) -> None:
        """Waits until exactly these devices are listed with these statuses."""

        async def is_so() -> bool:
            return await self.statuses() == statuses

        await eventually(is_so)


@pytest.fixture
async def world(nats_server: NatsServer) -> AsyncIterator[World]:  # noqa: F811 - the fixture of this name
    surroundings = Surroundings()
    runner = web.AppRunner(surroundings.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", surroundings.port).start()
    with tempfile.TemporaryDirectory(prefix="vitrina-gateway-") as name:
        prometheus = Prometheus(Path(name), surroundings.port)
        await prometheus.start()
        yield World(surroundings, prometheus, nats_server, Path(name))
        prometheus.stop(hard=True)
    await runner.cleanup()
