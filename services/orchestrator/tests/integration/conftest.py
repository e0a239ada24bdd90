import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import nats
import psutil
import pytest_asyncio
from nats.aio.msg import Msg
from vitrina_contracts.events import TYPE_EXPORTER_CHANGED, CloudEvent, ExporterChanged, ExporterStatusChanged
from vitrina_contracts.exporter import ObservedExporter
from vitrina_contracts.subjects import EXPORTER_STATUS_ALL, exporter_changed
from vitrina_kit.clock import utc_now
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - a fixture
from vitrina_kit.testing.ports import free_port
from vitrina_orchestrator.domain.naming import instance_parts
from vitrina_orchestrator.testing.leftovers import end_exporters, living_exporters
from vitrina_orchestrator.testing.registry_stand_in import TOKEN, RegistryStandIn

OWN_TOKEN = "token-for-the-orchestrator"


@dataclass
class OrchestratorProcess:
    """`python -m vitrina_orchestrator`, to be killed and started again."""

    environment: dict[str, str]
    output: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """It ends with this process, also when that is killed."""
        own = {"VITRINA_INTERNAL_PORT": str(self.port)}
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "vitrina_orchestrator"],
                env=self.environment | own,
                stdout=output,
                stderr=output,
            )

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(10)

    async def get(self, path: str, token: str | None = OWN_TOKEN) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.get(f"http://127.0.0.1:{self.port}{path}", headers=headers)

    async def post(self, path: str, body: Any, token: str = OWN_TOKEN) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            headers = {"Authorization": f"Bearer {token}"}
            return await client.post(f"http://127.0.0.1:{self.port}{path}", json=body, headers=headers)

    async def targets(self) -> dict[str, str]:
        """Address by name of the instance, as Prometheus gets it."""
        return {group["labels"]["instance"]: group["targets"][0] for group in await self.groups()}

    async def groups(self) -> list[dict[str, Any]]:
        answer = await self.get("/sd/exporters")
        assert answer.status_code == 200, answer.text
        groups: list[dict[str, Any]] = answer.json()
        return groups


@dataclass(frozen=True)
class Told:
    shard: int
    config_revision: int | None


@dataclass
class World:
    """NATS, a registry and orchestrators of one installation, seen from outside."""

    registry: RegistryStandIn
    nats: NatsServer
    runtime_dir: Path
    environment: dict[str, str]
    statuses: dict[str, ObservedExporter] = field(default_factory=dict)
    published: list[tuple[str, ObservedExporter]] = field(default_factory=list)
    orchestrators: list[OrchestratorProcess] = field(default_factory=list)
    client: Any = None

    def orchestrator(self) -> OrchestratorProcess:
        output = self.runtime_dir.parent / f"orchestrator-{len(self.orchestrators)}.log"
        self.orchestrators.append(OrchestratorProcess(self.environment, output))
        self.orchestrators[-1].start()
        return self.orchestrators[-1]

    async def change(self, exporter: str, **changes: Any) -> int:
        """An accepted change and its event; the new revision."""
        desired = self.registry.set(exporter, **changes)
        changed = ExporterChanged(exporter=exporter, revision=desired.revision, change="updated")
        event = CloudEvent[ExporterChanged](
            id=f"{exporter}-{desired.revision}",
            source="/vitrina/registry",
            type=TYPE_EXPORTER_CHANGED,
            time=utc_now(),
            data=changed,
        )
        await self.client.publish(exporter_changed(exporter), event.model_dump_json().encode())
        return desired.revision

    async def until(
        self, exporter: str, condition: Callable[[ObservedExporter], object], seconds: float = 30
    ) -> ObservedExporter:
        """The first published status that fulfils the condition."""

        async def fulfilled() -> bool:
            return exporter in self.statuses and bool(condition(self.statuses[exporter]))

        try:
            await until(fulfilled, seconds)
        except TimeoutError:
            raise AssertionError(f"last status of {exporter}: {self.statuses.get(exporter)}") from None
        return self.statuses[exporter]

    async def until_listed(self, orchestrator: OrchestratorProcess, instances: set[str]) -> None:
        async def listed() -> bool:
            return set(await orchestrator.targets()) == instances

        await until(listed)

    async def until_listed_at_all(self, orchestrator: OrchestratorProcess) -> None:
        """Until it knows what runs."""

        async def listed() -> bool:
            try:
                return (await orchestrator.get("/sd/exporters")).status_code == httpx.codes.OK
            except httpx.HTTPError:
                return False

        await until(listed)

    async def until_reads(self, reads: int) -> None:
        """Until the list of the registry has been read so often."""

        async def read() -> bool:
            return self.registry.reads >= reads

        await until(read, seconds=40)

    async def until_files(self, exporter: str, names: set[str]) -> None:
        """Until the exporter's configuration folder holds just these."""

        async def just_these() -> bool:
            return {path.name for path in (self.runtime_dir / exporter / "config").iterdir()} == names

        await until(just_these)

    async def until_gone(self, exporter: str) -> None:
        async def gone() -> bool:
            return not (self.runtime_dir / exporter).exists()

        await until(gone, seconds=40)

    def process(self, exporter: str) -> psutil.Process:
        return psutil.Process(int(self.statuses[exporter].instance or 0))

    async def listen(self) -> None:
        """Keeps what is published. JetStream messages reach core subscribers as well."""

        async def keep(message: Msg) -> None:
            event = CloudEvent[ExporterStatusChanged].model_validate_json(message.data)
            self.statuses[event.data.exporter] = event.data.observed
            self.published.append((event.data.exporter, event.data.observed))

        self.client = await nats.connect(self.nats.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
        await self.client.subscribe(EXPORTER_STATUS_ALL, cb=keep)

    def pids(self) -> list[int]:
        """Exporter processes that live right now."""
        return sorted(process.pid for process in living_exporters(self.runtime_dir))

    async def told(self) -> list["Told"]:
        """What each exporter process that lives says of itself."""
        found = []
        async with httpx.AsyncClient(trust_env=False, timeout=1) as client:
            for process in living_exporters(self.runtime_dir):
                with suppress(psutil.Error, httpx.HTTPError):
                    environment = process.environ()
                    _, shard = instance_parts(Path(environment["VITRINA_CONFIG_DIR"]).parent.name)
                    status = await client.get(f"http://127.0.0.1:{environment['VITRINA_EXPORTER_PORT']}/status")
                    found.append(Told(shard, status.json()["config_revision"]))
        return found

    def killed(self, pid: int) -> None:
        """Behind the orchestrators' back."""
        psutil.Process(pid).kill()

    def stop(self, orchestrator: OrchestratorProcess) -> None:
        """As an update would; exporters go on."""
        orchestrator.end(signal.SIGTERM)

    def written(self) -> str:
        """All output of all orchestrators."""
        return "".join(orchestrator.output.read_text() for orchestrator in self.orchestrators)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - asks other processes, who set no event
            await asyncio.sleep(0.03)


@pytest_asyncio.fixture
async def world(tmp_path: Path, nats_server: NatsServer) -> AsyncIterator[World]:  # noqa: F811 - the fixture
    tokens = {"registry-token": TOKEN, "orchestrator-token": OWN_TOKEN}
    for name, token in tokens.items():
        (tmp_path / name).write_text(token)
    registry = RegistryStandIn()
    environment = {
        "VITRINA_NATS_URL": nats_server.url,
        "VITRINA_RUNTIME_DIR": str(tmp_path / "runtime"),
        "VITRINA_REGISTRY_INTERNAL_URL": registry.url,
        "VITRINA_REGISTRY_TOKEN_FILE": str(tmp_path / "registry-token"),
        "VITRINA_ORCHESTRATOR_TOKEN_FILE": str(tmp_path / "orchestrator-token"),
        "VITRINA_RUNTIME": "process",  # whatever engine this machine has
        "VITRINA_RUN_ID": "run-1",
        "VITRINA_RESYNC_INTERVAL": "2",
    }
    world = World(registry, nats_server, tmp_path / "runtime", environment)
    async with registry.served():
        await world.listen()
        try:
            yield world
        finally:
            for orchestrator in world.orchestrators:
                if orchestrator.process is not None and orchestrator.process.poll() is None:
                    orchestrator.end(signal.SIGKILL)
            end_exporters(world.runtime_dir)
            await world.client.close()
