"""A small world around a real gateway: real Prometheus and NATS; one web server plays exporters, registry and keys."""

import asyncio
import itertools
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
import nats.errors
import nats.js.errors
import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import OKPKey
from nats.js.api import ConsumerConfig, DeliverPolicy
from vitrina_contracts.device import Device
from vitrina_contracts.events import CloudEvent, DeviceStatusChanged
from vitrina_contracts.subjects import DEVICE_STATUS_ALL, DEVICES
from vitrina_contracts.tokens import ISSUER, Audience
from vitrina_embedded.downloads import fetch_monitoring, fetch_victoria_metrics, find_monitoring
from vitrina_gateway.app import running
from vitrina_gateway.settings import GatewaySettings
from vitrina_kit.serving import Listener, serve
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - fixture
from vitrina_kit.testing.ports import free_port

from .monitoring import wait_until_ready

SCRAPE_SECONDS = 0.5
PLATFORM = "acme"
SLOTS = 16
"""Exporters that Prometheus scrapes from the start: it takes five seconds to begin with a new target."""

_PROMETHEUS_CONFIG = """
global: {{ scrape_interval: {scrape:.0f}ms, scrape_timeout: {scrape:.0f}ms }}
scrape_configs:
  - job_name: exporters
    honor_labels: false
    static_configs: [ {{ targets: [ {targets} ] }} ]
    relabel_configs:
      - {{ source_labels: [__address__], regex: ".*/(.*)", target_label: exporter }}
      - {{ source_labels: [exporter], target_label: __metrics_path__, replacement: "/metrics/$1" }}
      - {{ source_labels: [exporter], target_label: instance }}
      - {{ target_label: platform, replacement: {platform} }}
      - {{ source_labels: [__address__], regex: "(.*)/.*", target_label: __address__ }}
    metric_relabel_configs: [ {{ action: labeldrop, regex: exported_platform }} ]
  - job_name: probes
    static_configs: [ {{ targets: [ "{server}/lit", "{server}/dark", "{server}/mute" ] }} ]
    relabel_configs:
      - {{ source_labels: [__address__], regex: ".*/(.*)", target_label: device_id }}
      - {{ source_labels: [device_id], target_label: __metrics_path__, replacement: "/probe/$1" }}
      - {{ target_label: exporter, replacement: checks }}
      - {{ target_label: source, replacement: shops }}
      - {{ target_label: platform, replacement: {platform} }}
      - {{ source_labels: [__address__], regex: "(.*)/.*", target_label: __address__ }}
"""

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

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
    others: str = ""
    """Metrics that are not by our standard."""
    alive: bool = True
    scrapes: int = 0


class Surroundings:
    """Everything that the gateway asks besides Prometheus and NATS."""

    def __init__(self, port: int, prometheus_url: str) -> None:
        self.port = port
        self.fault: str | None = None
        """What stands between the gateway and Prometheus: `refuse`, `partial` (a warning), `empty`, `garbage`."""
        self.prometheus_url = prometheus_url
        self._client = httpx.AsyncClient(trust_env=False)
        self.prometheus_asked: list[str] = []
        """Routes of Prometheus' API that were asked, in order."""
        self.exporters: dict[str, FakeExporter] = {}
        self.registry_answers = True
        self.registry_pairs: set[tuple[str, str]] | None = None
        """When set: the (exporter, source) pairs that the registry admits to know."""
        self.registry_asked = 0
        self.facts: list[dict[str, Any]] | None = None
        self.work: list[dict[str, Any]] = []
        """What people know of devices: source, device_id, site, city, ..."""
        self.hidden: list[str] = []
        """Deleted sources whose series are being removed."""
        self.mapped: list[dict[str, Any]] = []
        """Sources of exporters that somebody else wrote, as the registry tells them."""
        self.webhooks: list[dict[str, Any]] = []
        """As the registry tells them, secrets in clear."""
        self.registry_empty_answers = 0
        """How many answers to come are empty."""
        self._key = OKPKey.generate_key("Ed25519", {"kid": "test", "alg": "EdDSA", "use": "sig"})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, *sources: str, role: str = "manager", seconds: int = 600, sid: str | None = None) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": [Audience.GATEWAY],
            "sub": "somebody",
            "jti": os.urandom(8).hex(),
            "iat": now,
            "exp": now + seconds,
            "role": role,
            "client_id": "test",
            "sid": sid,
            "sources": list(sources),
        }
        return jwt.encode({"alg": "EdDSA", "typ": "at+jwt", "kid": "test"}, claims, self._key, algorithms=["EdDSA"])

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/metrics/{exporter}", self._metrics)
        app.router.add_get("/probe/{device}", self._probe)
        app.router.add_get("/internal/v1/sources", self._sources)
        app.router.add_get("/internal/v1/facts", self._facts)
        app.router.add_get("/internal/v1/work-states", self._work_states)
        app.router.add_get("/internal/v1/hidden-sources", self._hidden)
        app.router.add_get("/internal/v1/webhooks", self._webhooks)
        app.router.add_get("/jwks", self._jwks)
        app.router.add_route("*", "/prometheus/api/v1/{route:.*}", self._prometheus)
        return app

    async def _metrics(self, request: web.Request) -> web.Response:
        exporter = self.exporters.get(request.match_info["exporter"])
        if exporter is None or not exporter.alive:
            return web.Response(status=500)
        lines = [line for name, source in exporter.sources.items() for line in source.lines(name)]
        exporter.scrapes += 1
        return web.Response(text="\n".join([*lines, exporter.others]))

    @staticmethod
    async def _probe(request: web.Request) -> web.Response:
        """A checked address each, as blackbox_exporter tells of it; one of them is not told of."""
        device = request.match_info["device"]
        return web.Response(text=f"probe_success {int(device == 'lit')}\n", status=500 if device == "mute" else 200)

    async def _hidden(self, _request: web.Request) -> web.Response:
        return web.json_response(self.hidden, status=200 if self.registry_answers else 503)

    async def _sources(self, request: web.Request) -> web.Response:
        self.registry_asked += 1
        if not self.registry_answers or request.headers.get("Authorization") != "Bearer gateway-token":
            return web.Response(status=503)
        if self.registry_empty_answers:
            self.registry_empty_answers -= 1
            return web.json_response([])
        return web.json_response(
            [
                {"exporter": exporter, "platform": PLATFORM, "source": name, "enabled": source.enabled}
                for exporter, each in self.exporters.items()
                for name, source in each.sources.items()
                if self.registry_pairs is None or (exporter, name) in self.registry_pairs
            ]
            + self.mapped
        )

    async def _prometheus(self, request: web.Request) -> web.Response:
        self.prometheus_asked.append(request.match_info["route"])
        if self.fault == "refuse":
            return web.Response(status=503)
        if self.fault == "garbage":
            return web.Response(text='{"status":"success","data":{"result":[{"metric"')
        if self.fault == "empty":
            return web.json_response({"status": "success", "data": {"resultType": "vector", "result": []}})
        url = httpx.URL(
            f"{self.prometheus_url}/api/v1/{request.match_info['route']}", query=request.url.raw_query_string.encode()
        )
        answer = await self._client.request(request.method, url, content=await request.read(), headers=_FORM)
        if self.fault == "partial":
            return web.json_response({**answer.json(), "warnings": ["a part of the storage does not answer"]})
        return web.Response(body=answer.content, status=answer.status_code, content_type="application/json")

    async def _facts(self, _request: web.Request) -> web.Response:
        """All of them, whatever was known; 404 while the registry is one that has none."""
        if self.facts is None:
            return web.Response(status=404)
        items = [{"platform": PLATFORM, **item} for item in self.facts]
        return web.json_response({"version": len(items), "full": True, "items": items})

    async def _work_states(self, _request: web.Request) -> web.Response:
        items = [{"platform": PLATFORM, **item} for item in self.work]
        return web.json_response({"version": len(items), "full": True, "items": items})

    async def _webhooks(self, _request: web.Request) -> web.Response:
        return web.json_response(self.webhooks)

    async def _jwks(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": [self._key.as_dict(private=False)]})


class Prometheus:
    """Can be stopped and started, also with its data lost."""

    def __init__(self, folder: Path, scrape_seconds: float = SCRAPE_SECONDS) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.exporters_port = free_port()
        targets = ", ".join(f'"127.0.0.1:{self.exporters_port}/slot{number}"' for number in range(SLOTS))
        config = _PROMETHEUS_CONFIG.format(
            scrape=scrape_seconds * 1000,
            targets=targets,
            platform=PLATFORM,
            server=f"127.0.0.1:{self.exporters_port}",
        )
        (folder / "prometheus.yml").write_text(config)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen(self._command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until_ready(self.url)

    def _command(self) -> list[str]:
        return [
            str((find_monitoring() or fetch_monitoring()).prometheus),
            f"--config.file={self._folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--log.level=error",
        ]

    def stop(self, *, hard: bool = False) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL if hard else signal.SIGTERM)
            self._process.wait()
            self._process = None

    def wipe(self) -> None:
        shutil.rmtree(self._folder / "data", ignore_errors=True)


class VictoriaMetrics(Prometheus):
    """The other server that the gateway may ask; with it the same tests are long ones."""

    def _command(self) -> list[str]:
        return [
            str(fetch_victoria_metrics()),
            f"-promscrape.config={self._folder / 'prometheus.yml'}",
            f"-storageDataPath={self._folder / 'data'}",
            f"-httpListenAddr=127.0.0.1:{self.port}",
            "-search.latencyOffset=0s",  # what was scraped just now is asked for
            "-loggerLevel=ERROR",
        ]


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


SERVERS = (Prometheus, pytest.param(VictoriaMetrics, marks=pytest.mark.long))


@pytest.fixture(scope="session", params=SERVERS)
def shared_prometheus(request: pytest.FixtureRequest) -> Iterator[Prometheus]:
    """For tests that leave it alone."""
    yield from _running_prometheus(request.param)


@pytest.fixture(params=SERVERS)
def own_prometheus(request: pytest.FixtureRequest) -> Iterator[Prometheus]:
    """For tests that stop it."""
    yield from _running_prometheus(request.param)


def _running_prometheus(server: type[Prometheus]) -> Iterator[Prometheus]:
    with tempfile.TemporaryDirectory(prefix="vitrina-prometheus-") as folder:
        prometheus = server(Path(folder))
        prometheus.start()
        yield prometheus
        prometheus.stop(hard=True)


@pytest.fixture(scope="session")
def slots() -> Iterator[int]:
    """A slot is used again when its old samples have long gone stale."""
    return itertools.cycle(range(SLOTS))


@pytest.fixture
async def world(
    shared_prometheus: Prometheus,
    nats_server: NatsServer,  # noqa: F811 - the fixture of this name
    slots: Iterator[int],
    tmp_path: Path,
) -> AsyncIterator[World]:
    async with _world(shared_prometheus, nats_server, tmp_path, slots) as made:
        yield made


@pytest.fixture
async def fragile_world(
    own_prometheus: Prometheus,
    nats_server: NatsServer,  # noqa: F811 - the fixture of this name
    tmp_path: Path,
) -> AsyncIterator[World]:
    """A world whose Prometheus may be stopped and wiped."""
    async with _world(own_prometheus, nats_server, tmp_path, iter(range(SLOTS))) as made:
        yield made


@pytest.fixture
async def large_world(
    nats_server: NatsServer,  # noqa: F811 - the fixture of this name
    tmp_path: Path,
) -> AsyncIterator[World]:
    """A world with the product's own pace, for as many devices as it is made for; gateways ask Prometheus itself."""
    (tmp_path / "prometheus").mkdir()
    prometheus = Prometheus(tmp_path / "prometheus", 10)
    prometheus.start()
    async with _world(prometheus, nats_server, tmp_path, iter(range(SLOTS))) as made:
        made.scrape_seconds, made.tick_seconds, made.direct = 10, 2, True
        yield made
    prometheus.stop(hard=True)


@asynccontextmanager
async def _world(
    prometheus: Prometheus, server: NatsServer, folder: Path, slots: Iterator[int]
) -> AsyncIterator[World]:
    surroundings = Surroundings(prometheus.exporters_port, prometheus.url)
    runner = web.AppRunner(surroundings.app(), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", surroundings.port).start()
    yield World(surroundings, prometheus, server, folder, slots)
    await runner.cleanup()
