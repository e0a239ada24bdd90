"""A whole registry on a real database, asked over HTTP in process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import nats
import pytest
import structlog
from cryptography.fernet import Fernet
from nats.errors import Error as NatsError
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from vitrina_contracts.subjects import EXPORTERS
from vitrina_kit.database import create_engine
from vitrina_kit.settings import DatabaseSettings
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - a fixture
from vitrina_kit.testing.ports import free_port
from vitrina_kit.testing.postgres import PostgresServer, postgres_server  # noqa: F401 - a fixture  # noqa: F401 - a fixture
from vitrina_kit.token_check import install_token_check
from vitrina_registry.app import Registry, running
from vitrina_registry.migration import migrate
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import (
    ALERTING_TOKEN,
    GATEWAY_TOKEN,
    ORCHESTRATOR_TOKEN,
    Asker,
    Rows,
    RunningRegistry,
    client_of,
)
from vitrina_registry.testing.waiting import Stored

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Lines as in production: the default renderer draws every local variable of a traceback, for seconds."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()])


@pytest.fixture(scope="session")
def migrated(postgres_server: PostgresServer) -> DatabaseSettings:  # noqa: F811 - the fixture imported above
    settings = postgres_server.new_database("vitrina_registry")
    migrate(settings)
    return settings


@pytest.fixture
async def engine(migrated: DatabaseSettings) -> AsyncIterator[AsyncEngine]:
    """The database, empty."""
    engine = create_engine(migrated)
    async with engine.begin() as connection:
        tables = (
            "exporters, sources, outbox, audit, revisions, idempotency, "
            "device_facts, work_states, operations, availability, availability_days, availability_devices, webhooks, "
            "notifications, notification_tests, alerting_reports, windows, reports, report_sendings"
        )
        await connection.execute(text(f"TRUNCATE {', '.join(f'registry.{name}' for name in tables.split(', '))}"))
    yield engine
    await engine.dispose()


@pytest.fixture
def exporters_dir(tmp_path: Path) -> Path:
    """The two platforms and a type of which there may be several."""
    folder = tmp_path / "exporter_types"
    folder.mkdir()
    for name in ("addreality", "cubicmedia"):
        (folder / name).symlink_to(REPOSITORY / "exporters" / name)
    (folder / "probe").symlink_to(Path(__file__).parent / "exporter_types" / "probe")
    return folder


@pytest.fixture
def settings(migrated: DatabaseSettings, engine: AsyncEngine, exporters_dir: Path, tmp_path: Path) -> RegistrySettings:
    """NATS is not there unless a test changes that: the API must not mind."""
    files = {
        "keys": Fernet.generate_key().decode(),
        "orchestrator": ORCHESTRATOR_TOKEN,
        "gateway": GATEWAY_TOKEN,
        "alerting": ALERTING_TOKEN,
    }
    for name, content in files.items():
        (tmp_path / name).write_text(f"{content}\n")
    return RegistrySettings(
        **migrated.model_dump(),
        nats_url="nats://127.0.0.1:1",
        jwks_url="http://127.0.0.1:1/jwks.json",
        exporters_dir=exporters_dir,
        secret_key_file=tmp_path / "keys",
        orchestrator_caller_token_file=tmp_path / "orchestrator",
        gateway_caller_token_file=tmp_path / "gateway",
        alerting_caller_token_file=tmp_path / "alerting",
    )


@pytest.fixture
def connected_settings(settings: RegistrySettings, nats_server: NatsServer) -> RegistrySettings:  # noqa: F811 - the fixture
    return settings.model_copy(
        update={"nats_url": nats_server.url, "api_port": free_port(), "internal_port": free_port()}
    )


@pytest.fixture(scope="session")
def actors() -> Actors:
    return Actors()


@pytest.fixture
def running_registry(actors: Actors) -> RunningRegistry:
    """A registry in this process, with the exporters of the first start."""

    @asynccontextmanager
    async def start(settings: RegistrySettings) -> AsyncIterator[Registry]:
        async with running(settings) as registry:
            install_token_check(registry.api, actors.verifier)
            await registry.begun.wait()
            yield registry

    return start


@pytest.fixture
async def registry(settings: RegistrySettings, running_registry: RunningRegistry) -> AsyncIterator[Registry]:
    async with running_registry(settings) as registry:
        yield registry


@pytest.fixture
def admin(registry: Registry, actors: Actors) -> Asker:
    return Asker(client_of(registry.api, actors.admin))


@pytest.fixture
def manager(registry: Registry, actors: Actors) -> Asker:
    """May see `north` only."""
    return Asker(client_of(registry.api, actors.manager("north")))


@pytest.fixture
def nobody(registry: Registry) -> Asker:
    return Asker(client_of(registry.api, None))


@pytest.fixture
def orchestrator(registry: Registry) -> httpx.AsyncClient:
    return client_of(registry.internal, ORCHESTRATOR_TOKEN)


@pytest.fixture
def gateway(registry: Registry) -> httpx.AsyncClient:
    return client_of(registry.internal, GATEWAY_TOKEN)


@pytest.fixture
def rows(engine: AsyncEngine) -> Rows:
    """What a query of the database answers."""

    async def query(sql: str) -> list[dict[str, Any]]:
        async with engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(text(sql))).mappings()]

    return query


@pytest.fixture
async def stored(nats_server: NatsServer) -> AsyncIterator[Stored]:  # noqa: F811 - the fixture
    """Every message on the stream of exporters."""
    client = await nats.connect(nats_server.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    jetstream = client.jetstream()

    async def read() -> list[RawStreamMsg]:
        try:
            state = (await jetstream.stream_info(EXPORTERS.name)).state
        except (NotFoundError, NatsError):
            return []
        numbers = range(state.first_seq, state.last_seq + 1) if state.messages else range(0)
        return [await jetstream.get_msg(EXPORTERS.name, number) for number in numbers]

    yield read
    await client.close()


@pytest.fixture
def alerting(registry: Registry) -> httpx.AsyncClient:
    return client_of(registry.internal, ALERTING_TOKEN)
