"""PostgreSQL, NATS, two registries with their relays, two orchestrators and what they run; each may be killed."""

import asyncio
import contextlib
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
from cryptography.fernet import Fernet
from vitrina_kit.settings import DatabaseSettings
from vitrina_kit.testing.nats import NatsServer
from vitrina_kit.testing.ports import free_port
from vitrina_kit.testing.postgres import PostgresServer
from vitrina_orchestrator.testing.private_engine import PrivateEngine
from vitrina_registry.migration import migrate
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.processes import environment

from vitrina_chaos.places import ENGINE, Containers, Place, Processes

ORCHESTRATOR_TOKEN = "token-of-the-orchestrators"
STUB = "vitrina_orchestrator.testing.stub_exporter"
MANIFEST = f"""
type: stub
title: {{en: Stub, ru: Заглушка}}
description: {{en: For tests, ru: Для тестов}}
image: vitrina/exporter-stub
module: {STUB}
singleton: false
source_schema:
  type: object
  additionalProperties: false
  properties:
    n: {{type: integer}}
metrics: []
"""


@dataclass
class Part:
    """One program of ours."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """It ends with this process, also when that is killed: nothing of a test works on in its folder."""
        with self.log.open("ab") as output:
            command = ["setpriv", "--pdeathsig=KILL", *self.command]
            self.process = subprocess.Popen(command, env=self.environment, stdout=output, stderr=output)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@dataclass
class Installation:
    folder: Path
    jwks_url: str
    postgres: PostgresServer
    nats: NatsServer
    database: DatabaseSettings
    place: Place
    parts: dict[str, Part] = field(default_factory=dict)
    api_ports: list[int] = field(default_factory=list)
    internal_ports: list[int] = field(default_factory=list)

    def kill(self, victim: str, number: int) -> None:
        """`number` chooses among exporters; nothing happens when there is none."""
        if victim == "nats":
            self.nats.kill()
        elif victim == "postgres":
            kill_postgres(self.postgres)
        elif victim == "exporter":
            self.place.kill_one(number)
        elif victim == ENGINE and isinstance(self.place, Containers):
            self.place.engine.kill()
        else:
            self.parts[victim].kill()

    async def start(self, victim: str) -> None:
        if victim == "nats":
            await asyncio.to_thread(self.nats.start)
        elif victim == "postgres":
            await asyncio.to_thread(self.postgres.start)
        elif victim == ENGINE and isinstance(self.place, Containers):
            await asyncio.to_thread(self.place.engine.start)
        elif victim != "exporter":
            self.parts[victim].start()

    async def answers_again(self, victim: str, seconds: float) -> bool:
        """Waits until a registry listens; false at once for other parts, and for one that was killed meanwhile."""
        if not victim.startswith("registry-"):
            return False
        url = f"http://127.0.0.1:{self.internal_ports[int(victim.removeprefix('registry-'))]}/health/live"
        process = self.parts[victim].process
        async with httpx.AsyncClient(trust_env=False) as client:

            async def listens_or_is_another() -> bool:
                if self.parts[victim].process is not process:
                    return True
                try:
                    return (await client.get(url)).is_success
                except httpx.TransportError:
                    return False

            with contextlib.suppress(TimeoutError):
                await until(listens_or_is_another, seconds)
                return self.parts[victim].process is process
        return False

    def crashes(self) -> list[str]:
        """Log lines of requests that a service could not answer through a fault of its own."""
        lines = [line for part in self.parts.values() for line in part.log.read_text().splitlines()]
        return [line for line in lines if '"request_crashed"' in line]

    def stop(self) -> None:
        for part in self.parts.values():
            if part.process is not None and part.process.poll() is None:
                part.kill()
        self.place.clear()


@asynccontextmanager
async def installation(
    folder: Path, jwks_url: str, nats: NatsServer, engine: PrivateEngine | None = None
) -> AsyncIterator[Installation]:
    """Everything started; everything ended afterwards, exporters included, which run on the engine if there is one."""
    postgres = PostgresServer(folder / "postgres")
    postgres.folder.mkdir()
    postgres.initialise()
    postgres.start()
    try:
        database = postgres.new_database("vitrina_registry")
        await asyncio.to_thread(migrate, database)
        place = Containers(engine) if engine is not None else Processes(folder / "runtime")
        place.clear()  # of what a killed run left in a folder of this name
        made = Installation(folder, jwks_url, postgres, nats, database, place)
        _files(folder)
        for number in range(2):
            _add_registry(made, number)
        for number in range(2):
            _add_orchestrator(made, number)
        try:
            yield made
        finally:
            made.stop()
    finally:
        kill_postgres(postgres)


def kill_postgres(server: PostgresServer) -> None:
    """The whole server at once, as the end of a container does; its children would hold its memory for a while."""
    assert server.process is not None
    with contextlib.suppress(psutil.Error):
        children = psutil.Process(server.process.pid).children(recursive=True)
        server.process.send_signal(signal.SIGKILL)
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()
        psutil.wait_procs(children, timeout=10)
    server.process.wait()


async def until(condition: Callable[[], Awaitable[bool]], seconds: float) -> None:
    """Asks other processes again and again: they set no event."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.1)


def _files(folder: Path) -> None:
    contents = {
        "keys": Fernet.generate_key().decode(),
        "orchestrator-token": ORCHESTRATOR_TOKEN,
        "gateway-token": "token-of-a-gateway",
        "alerting-token": "token-of-the-alerting",
        "inside-token": "token-to-ask-orchestrators",
    }
    for name, content in contents.items():
        (folder / name).write_text(f"{content}\n")
    (folder / "types" / "stub").mkdir(parents=True)
    (folder / "types" / "stub" / "manifest.yaml").write_text(MANIFEST)


def _add_registry(made: Installation, number: int) -> None:
    settings = RegistrySettings(
        **made.database.model_dump(),
        nats_url=made.nats.url,
        jwks_url=made.jwks_url,
        api_port=free_port(),
        internal_port=free_port(),
        exporters_dir=made.folder / "types",
        secret_key_file=made.folder / "keys",
        orchestrator_caller_token_file=made.folder / "orchestrator-token",
        gateway_caller_token_file=made.folder / "gateway-token",
        alerting_caller_token_file=made.folder / "alerting-token",
        series_cleanup=False,  # there is no Prometheus, and names are to be used again and again
    )
    made.api_ports.append(settings.api_port)
    made.internal_ports.append(settings.internal_port)
    _add(made, f"registry-{number}", "vitrina_registry", environment(settings))


def _add_orchestrator(made: Installation, number: int) -> None:
    """Each has its own registry, and asks the other one while that does not answer."""
    ports = [made.internal_ports[number], made.internal_ports[1 - number]]
    own = {
        "VITRINA_NATS_URL": made.nats.url,
        "VITRINA_RUNTIME_DIR": str(made.folder / "runtime"),
        "VITRINA_INTERNAL_PORT": str(free_port()),
        "VITRINA_REGISTRY_INTERNAL_URL": ",".join(f"http://127.0.0.1:{port}" for port in ports),
        "VITRINA_REGISTRY_TOKEN_FILE": str(made.folder / "orchestrator-token"),
        "VITRINA_ORCHESTRATOR_TOKEN_FILE": str(made.folder / "inside-token"),
        "VITRINA_RESYNC_INTERVAL": "2",
    }
    path = {"PATH": f"{Path(sys.executable).parent}:{Path(shutil.which('sh') or '/bin/sh').parent}"}
    _add(made, f"orchestrator-{number}", "vitrina_orchestrator", path | own | made.place.environment)


def _add(made: Installation, name: str, module: str, given: dict[str, str]) -> None:
    part = Part(name, [sys.executable, "-m", module], given, made.folder / f"{name}.log")
    made.parts[name] = part
    part.start()
