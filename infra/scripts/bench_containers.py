"""`make bench`: from an event that an exporter is wanted to its started container, beside a bare create and start.

Both through the same client, of the same body, on the same engine, in turns. The pass of the orchestrator reads what is
there, writes the configuration into its volume, makes the container, joins it to its networks and tells the status; the
bare one creates and starts. The pass takes longer mostly for the writer's container (made, filled, deleted) and for a
start with a second network. An engine of its own; needs root.
"""

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from vitrina_contracts.exporter import DesiredExporter, DesiredSummary, ObservedExporter
from vitrina_kit.clock import utc_now
from vitrina_orchestrator.adapters.docker_runtime import DockerRuntime
from vitrina_orchestrator.adapters.engine import Engine
from vitrina_orchestrator.adapters.exporter_client import ExporterClient, exporter_http_client
from vitrina_orchestrator.domain.container_spec import exporter_body
from vitrina_orchestrator.domain.containers import ContainerSettings, Limits, container_name
from vitrina_orchestrator.domain.desired import Polling, wanted_from
from vitrina_orchestrator.testing.private_engine import private_engine, why_impossible
from vitrina_orchestrator.testing.stub_image import import_stub
from vitrina_orchestrator.use_cases.reconcile import Reconciler
from vitrina_orchestrator.workqueue import WorkQueue

ROUNDS: Final = 15
WANTED_SHARE: Final = 1.05
POLLING: Final = Polling(60, 300, 20)
SETTINGS: Final = ContainerSettings(
    installation="bench",
    image_prefix="",
    image_tag="test",
    scrape_network="bench-scrape",
    egress_network="bench-egress",
    limits=Limits(memory_bytes=64 * 1024 * 1024, nano_cpus=1_000_000_000, pids=64, log_bytes=100_000),
)


def wish(name: str) -> DesiredExporter:
    return DesiredExporter(
        name=name,
        type=name,
        platform="bench",
        image="vitrina/exporter-stub",
        module="stub",
        port=9000,
        metrics_path="/metrics",
        enabled=True,
        revision=1,
    )


class _Registry:
    async def summaries(self) -> Sequence[DesiredSummary]:
        return []

    async def desired(self, exporter: str) -> DesiredExporter | None:
        return wish(exporter)


class _Statuses:
    """Tells when an exporter's container was first said to run."""

    def __init__(self) -> None:
        self.running: dict[str, asyncio.Event] = {}

    async def publish(self, exporter: str, observed: ObservedExporter) -> None:
        if observed.instance is not None:
            self.running[exporter].set()


class _Meter:
    def restarted(self, exporter: str) -> None:
        """Nobody reads it here."""


async def bare(engine: Engine, name: str) -> float:
    """Seconds from the wish to a container that the engine has started."""
    body = exporter_body(wanted_from(wish(name), POLLING).spec, SETTINGS)
    began = time.perf_counter()
    container = await engine.create(container_name(name, SETTINGS), body)
    await engine.start(container)
    seconds = time.perf_counter() - began
    await engine.delete(container)
    return seconds


async def by_event(queue: WorkQueue, statuses: _Statuses, runtime: DockerRuntime, name: str) -> float:
    """Seconds from the event to the published status that names the started container."""
    statuses.running[name] = asyncio.Event()
    began = time.perf_counter()
    queue.add(name)
    await statuses.running[name].wait()
    seconds = time.perf_counter() - began
    await runtime.remove(name)
    return seconds


async def measure(host: str, folder: Path) -> tuple[list[float], list[float]]:
    statuses, told, alone = _Statuses(), list[float](), list[float]()
    async with (
        DockerRuntime(host, folder, SETTINGS) as runtime,
        Engine(host, SETTINGS) as engine,
        exporter_http_client() as http,
    ):
        reconciler = Reconciler(
            runtime=runtime,
            registry=_Registry(),
            exporters=ExporterClient(http),
            statuses=statuses,
            meter=_Meter(),
            polling=POLLING,
            now=utc_now,
        )
        async with WorkQueue(reconciler.reconcile) as queue:
            await by_event(queue, statuses, runtime, "first")  # networks are made once
            for number in range(ROUNDS):
                alone.append(await bare(engine, f"bare{number}"))
                told.append(await by_event(queue, statuses, runtime, f"e{number}"))
    return alone, told


def main() -> int:
    if why := why_impossible():
        print(f"containers: not measured, {why}")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="vitrina-bench-containers-"))
    try:
        with private_engine() as engine:
            import_stub(engine, "vitrina/exporter-stub:test")
            alone, told = asyncio.run(measure(engine.host, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    bare_median, told_median = statistics.median(alone), statistics.median(told)
    share = told_median / bare_median
    print(
        f"containers: bare create and start {bare_median * 1000:.0f} ms, event to started {told_median * 1000:.0f} ms"
    )
    verdict = "" if share <= WANTED_SHARE else "   ABOVE THE AIM"
    print(f"{'event to container started, share of bare':<44}{share:>9.2f}      at most {WANTED_SHARE}{verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
