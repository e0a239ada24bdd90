"""Worlds to test a gateway in. Tests with VictoriaMetrics in the place of Prometheus are long ones."""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - fixture

from .prometheus_server import SLOTS, Prometheus, VictoriaMetrics
from .surroundings import Surroundings
from .world import World

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
