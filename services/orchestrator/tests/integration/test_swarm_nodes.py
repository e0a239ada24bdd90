"""Two machines of a Swarm: what becomes of the shards when one is cut off, comes back, and dies.

Long: Swarm takes a quarter of a minute to miss a machine.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest
import pytest_asyncio
from vitrina_contracts.exporter import DesiredExporter, DesiredSummary, ObservedExporter
from vitrina_kit.clock import utc_now
from vitrina_kit.tasks import background
from vitrina_orchestrator.adapters.exporter_client import ExporterClient, exporter_http_client
from vitrina_orchestrator.adapters.swarm_runtime import SwarmRuntime
from vitrina_orchestrator.domain.desired import Polling
from vitrina_orchestrator.loops import resync_loop, runtime_loop, watch_loop
from vitrina_orchestrator.testing.private_engine import skip_where_impossible
from vitrina_orchestrator.testing.registry_stand_in import RegistryStandIn
from vitrina_orchestrator.testing.runtime_contract import NAME, eventually
from vitrina_orchestrator.testing.swarm_exporters import SETTINGS, STUB_IMAGE, import_images
from vitrina_orchestrator.testing.swarm_nodes import SwarmNode, on_network, swarm_nodes
from vitrina_orchestrator.use_cases.discovery import running_targets
from vitrina_orchestrator.use_cases.ports import Runtime
from vitrina_orchestrator.use_cases.reconcile import Reconciler
from vitrina_orchestrator.workqueue import WorkQueue

pytestmark = [pytest.mark.docker, pytest.mark.long]

SHARDS = 4
PATIENCE_SECONDS = 120
"""No limit that is measured against: Swarm's heartbeats, on a machine that does other things."""


class DesiredHere:
    """The registry's answers without its HTTP."""

    def __init__(self, registry: RegistryStandIn) -> None:
        self._exporters = registry.exporters

    async def summaries(self) -> Sequence[DesiredSummary]:
        fields = set(DesiredSummary.model_fields)
        return [DesiredSummary.model_validate(one.model_dump(include=fields)) for one in self._exporters.values()]

    async def desired(self, exporter: str) -> DesiredExporter | None:
        return self._exporters.get(exporter)


class Statuses:
    def __init__(self) -> None:
        self.last: ObservedExporter | None = None

    async def publish(self, exporter: str, observed: ObservedExporter) -> None:
        assert exporter == NAME
        self.last = observed


class Restarts:
    def restarted(self, exporter: str) -> None:
        assert exporter == NAME


@asynccontextmanager
async def orchestrated(runtime: Runtime, registry: RegistryStandIn) -> AsyncIterator[WorkQueue]:
    async with exporter_http_client() as http:
        reconciler = Reconciler(
            runtime=runtime,
            registry=DesiredHere(registry),
            exporters=ExporterClient(http),
            statuses=Statuses(),
            meter=Restarts(),
            polling=Polling(60, 300, 20),
            now=utc_now,
        )
        async with (
            WorkQueue(reconciler.reconcile) as queue,
            background(
                resync=resync_loop(reconciler, queue, 10),
                runtime=runtime_loop(runtime, queue),
                watch=watch_loop(reconciler, queue),
            ),
        ):
            yield queue


@pytest.fixture
def nodes() -> Iterator[list[SwarmNode]]:
    skip_where_impossible()
    with swarm_nodes(2, import_images) as nodes:
        network = SETTINGS.scrape_network
        nodes[0].engine.docker("network", "create", "--driver=overlay", "--internal", "--attachable", network)
        with on_network(nodes[0], network, STUB_IMAGE):
            yield nodes
        nodes[1].rejoin()


@pytest_asyncio.fixture
async def runtime(nodes: list[SwarmNode]) -> AsyncIterator[SwarmRuntime]:
    async with SwarmRuntime(nodes[0].engine.host, SETTINGS) as runtime:
        yield runtime


async def scraped(runtime: Runtime) -> dict[str, int]:
    """Revision by instance, as whoever scrapes all targets of the discovery finds it; -1 of who does not answer."""
    found = {}
    async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
        for target in await running_targets(runtime):
            try:
                answer = await client.get(f"http://{target.address}/status")
                found[target.instance] = answer.json()["config_revision"] or -1
            except httpx.HTTPError:
                found[target.instance] = -1
    return found


def exporters_on(node: SwarmNode) -> int:
    return len(node.engine.docker("ps", "--quiet", "--filter", f"volume={SETTINGS.installation}-{NAME}.state").split())


async def test_shards_of_a_machine_that_is_cut_off_or_dies_run_on_the_other_and_are_scraped_again(
    nodes: list[SwarmNode], runtime: SwarmRuntime, record_property: Callable[[str, object], None]
) -> None:
    registry, (manager, worker) = RegistryStandIn(), nodes
    names = {NAME, *(f"{NAME}.{number}" for number in range(1, SHARDS))}

    async def settled(revision: int, on: tuple[int, int] | None = None) -> bool:
        if await scraped(runtime) != dict.fromkeys(names, revision):
            return False
        return on is None or (exporters_on(manager), exporters_on(worker)) == on

    async def until(what: str, revision: int, on: tuple[int, int] | None = None) -> None:
        begun = time.monotonic()

        async def done() -> bool:
            return await settled(revision, on)

        await eventually(done, seconds=PATIENCE_SECONDS)
        record_property(what, round(time.monotonic() - begun, 1))

    async with orchestrated(runtime, registry) as queue:
        revision = registry.set(NAME, image="vitrina/exporter-stub", shards=SHARDS, sources=[]).revision
        queue.add(NAME)
        await until("started on both, s", revision, on=(2, 2))

        worker.cut_off()
        await until("cut off to all scraped from the other, s", revision, on=(4, 2))
        # The copies beyond the cut still run, and nobody is told of them.
        assert len(await running_targets(runtime)) == SHARDS
        worker.rejoin()
        await until("joined again to one copy each, s", revision, on=(4, 0))

        revision = registry.set(NAME, restart_generation=1).revision
        queue.add(NAME)
        await until("made anew on both, s", revision)
        assert exporters_on(worker) > 0
        worker.cut_off()
        await asyncio.to_thread(worker.engine.die)
        await until("dead to all scraped from the other, s", revision)
        assert exporters_on(manager) == SHARDS
