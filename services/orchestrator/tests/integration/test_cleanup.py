"""Series of what was deleted, removed from a real Prometheus."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from vitrina_contracts.exporter import KnownSource
from vitrina_contracts.operations import CleanupReport, CleanupTask, OperationKind, OperationState
from vitrina_embedded.downloads import fetch_monitoring, find_monitoring
from vitrina_kit.clock import utc_now
from vitrina_kit.problem_handlers import conflict, unavailable
from vitrina_orchestrator.adapters.prometheus_admin import PrometheusAdmin, prometheus_http_client
from vitrina_orchestrator.adapters.registry_client import RegistryClient, registry_http_client
from vitrina_orchestrator.testing.prometheus import Prometheus, eventually, prometheus_at_work
from vitrina_orchestrator.testing.registry_stand_in import TOKEN, RegistryStandIn
from vitrina_orchestrator.use_cases.cleanup import Cleanup

from .conftest import World, until

BINARY = (find_monitoring() or fetch_monitoring()).prometheus
STORED = '{__name__=~"signage_.*"}'
HOUR = 3600.0


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with prometheus_at_work(BINARY, tmp_path_factory.mktemp("prometheus")) as prometheus:
        yield prometheus


def task(number: int = 1, **fields: Any) -> CleanupTask:
    kinds = {"kind": OperationKind.SOURCE, "state": OperationState.PENDING, "platform": "acme", "source": "north"}
    return CleanupTask.model_validate({"id": number, "deleted_at": utc_now(), **kinds, **fields})


@asynccontextmanager
async def cleanup_of(
    prometheus: Prometheus, admin: type[PrometheusAdmin] = PrometheusAdmin
) -> AsyncIterator[tuple[Cleanup, RegistryStandIn]]:
    registry = RegistryStandIn()
    async with (
        registry.served(),
        registry_http_client(registry.url, TOKEN) as inside,
        prometheus_http_client(prometheus.url) as client,
    ):
        await until(lambda: _answers(inside))
        yield Cleanup(RegistryClient(inside), admin(client), time.monotonic, HOUR), registry


async def _answers(registry: httpx.AsyncClient) -> bool:
    try:
        return (await registry.get("/health/live")).is_success
    except httpx.HTTPError:
        return False


def states(registry: RegistryStandIn) -> list[tuple[int, str, bool]]:
    return [(number, str(report.state), report.freed) for number, report in registry.reports]


async def test_series_of_a_removed_source_go_also_over_crashes_and_others_stay(
    world: World, prometheus: Prometheus
) -> None:
    await asyncio.to_thread(prometheus.measure, north=3, south=2)
    before = prometheus.stored(STORED)
    prometheus.measured.sources = {"south": 2}
    world.registry.tasks[1] = task()
    crashes: list[str] = []

    def crash_once(report: CleanupReport) -> None:
        """Killed after it did something and before anybody wrote that down."""
        point = f"{report.state} {report.freed}"
        if point not in crashes:
            crashes.append(point)
            world.orchestrators[-1].end(signal.SIGKILL)
            raise unavailable("the caller is gone")

    world.registry.on_report = crash_once
    world.environment |= {"VITRINA_PROMETHEUS_ADMIN_URL": prometheus.url, "VITRINA_RESYNC_INTERVAL": "1"}

    async def over() -> bool:
        process = world.orchestrators[-1].process if world.orchestrators else None
        if process is None or process.poll() is not None:
            world.orchestrator()
        return not world.registry.tasks

    await until(over, seconds=60)
    assert crashes == ["running False", "done False", "done True"]
    assert [report.series for _, report in world.registry.reports if report.series is not None] == [3]
    after = prometheus.stored(STORED)
    assert "north" not in after
    assert after["south"] > before["south"]
    assert prometheus.ask("query", query='count(up{exporter="acme-1"})')["result"][0]["value"][1] == "1"
    await asyncio.to_thread(eventually, lambda: prometheus.in_head() == prometheus.alive())
    assert prometheus.ask("series", **{"match[]": '{source="north"}'}) == []


async def test_what_is_still_measured_is_not_confirmed_and_a_later_try_succeeds(prometheus: Prometheus) -> None:
    class MeasuredMeanwhile(PrometheusAdmin):
        async def delete(self, selector: str, until: datetime | None) -> None:
            await super().delete(selector, until)
            if "east" in prometheus.measured.sources:
                await asyncio.to_thread(eventually, lambda: "east" in prometheus.stored(STORED))

    await asyncio.to_thread(prometheus.measure, east=4)
    async with cleanup_of(prometheus, MeasuredMeanwhile) as (cleanup, registry):
        registry.tasks[1] = task(source="east")
        await cleanup.work()
        failed = registry.reports[-1][1]
        assert (failed.state, failed.reason) == (
            OperationState.FAILED,
            "4 series are still there, or were measured again",
        )
        await asyncio.to_thread(prometheus.measure)
        await cleanup.work()
        assert states(registry)[-2:] == [(1, "done", False), (1, "done", True)]
        assert "east" not in prometheus.stored(STORED)


async def test_an_operation_that_was_cancelled_removes_nothing(prometheus: Prometheus) -> None:
    await asyncio.to_thread(prometheus.measure, west=1)
    async with cleanup_of(prometheus) as (cleanup, registry):
        registry.tasks[1] = task(source="west")

        def cancelled(_report: CleanupReport) -> None:
            raise conflict("It was cancelled.")

        registry.on_report = cancelled
        await cleanup.work()
        assert prometheus.stored(STORED)["west"] > 0
        assert registry.reports == []


async def test_an_exporter_s_own_series_end_where_its_name_was_used_again(prometheus: Prometheus) -> None:
    await asyncio.to_thread(prometheus.measure, south=1)
    await asyncio.to_thread(eventually, lambda: prometheus.stored("up")[""] > 8)
    async with cleanup_of(prometheus) as (cleanup, registry):
        again = utc_now() - timedelta(seconds=1)
        registry.tasks[1] = task(kind="exporter", exporter="acme-1", source=None, until=again)
        await cleanup.work()
        assert states(registry) == [(1, "running", False), (1, "done", False), (1, "done", True)]
        assert 0 < prometheus.stored("up")[""] <= 8
        assert prometheus.stored(STORED)["south"] > 0


async def test_disk_space_is_given_back_at_most_once_an_hour(prometheus: Prometheus) -> None:
    async with cleanup_of(prometheus) as (cleanup, registry):
        registry.tasks = {1: task(1, source="a"), 2: task(2, source="b")}
        await cleanup.work()
        assert registry.tasks == {}
        registry.tasks = {3: task(3, source="c")}
        await cleanup.work()
        await cleanup.work()
        assert states(registry)[-2:] == [(3, "running", False), (3, "done", False)]


async def test_sources_that_nobody_declared_are_told(prometheus: Prometheus) -> None:
    await asyncio.to_thread(prometheus.measure, declared=1, stranger=2)
    async with cleanup_of(prometheus) as (cleanup, registry):
        known = {"exporter": "acme-1", "platform": "acme", "enabled": True}
        names = set(prometheus.ask("label/source/values")) - {"stranger"}
        registry.known = [KnownSource.model_validate({**known, "source": name}) for name in sorted(names)]
        await cleanup.search()
        assert [(orphan.platform, orphan.source, orphan.series) for orphan in registry.orphans] == [
            ("acme", "stranger", 2)
        ]


async def test_a_prometheus_that_removes_nothing_is_named_as_the_reason(tmp_path: Path) -> None:
    with prometheus_at_work(BINARY, tmp_path, admin_api=False) as prometheus:
        async with cleanup_of(prometheus) as (cleanup, registry):
            registry.tasks[1] = task()
            await cleanup.work()
            [_, (_, failed)] = registry.reports
    assert failed.state is OperationState.FAILED
    assert "--web.enable-admin-api" in str(failed.reason)
    async with cleanup_of(prometheus) as (cleanup, registry):
        registry.tasks[1] = task()
        await cleanup.work()
        [(_, failed)] = registry.reports
    assert failed.reason == "Prometheus does not answer: ConnectError"
