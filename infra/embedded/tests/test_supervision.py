"""The foreign parts really run: they come back when killed, and nothing outlives the installation."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # ships no type hints
import httpx
import nats
import psutil
import pytest
from nats.js.api import StreamConfig
from nats.js.errors import APIError
from vitrina_embedded import configuration, database, postgres, processes
from vitrina_embedded.down import stop_everything
from vitrina_embedded.home import RUN_ID_VARIABLE, Home
from vitrina_embedded.installation import Installation
from vitrina_embedded.leftovers import _marked
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.secret_files import bus_password, read_secret
from vitrina_embedded.supervision import Program, Supervisor
from vitrina_embedded.waiting import wait_until_healthy

BACK_WITHIN_SECONDS = 10


@pytest.fixture
def running(installation: Installation) -> Iterator[Installation]:
    _start(installation)
    yield installation
    stop_everything(installation.home)


def _start(installation: Installation) -> None:
    home, foundation = installation.home, processes.foundation(installation)
    configuration.write_configuration(installation)
    postgres.create_cluster(home, installation.secrets["postgres-password"])
    supervisor = Supervisor(home)
    supervisor.launch(foundation)
    supervisor.start(program.name for program in foundation)
    database.prepare_database(installation, seconds=30)
    wait_until_healthy(supervisor, foundation, home, seconds=30)


def _await(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.05)


def _pid(home: Home, name: str) -> int:
    return Supervisor(home).pids()[name]


async def _sign_in(installation: Installation, schema: str) -> asyncpg.Connection:
    return await asyncpg.connect(
        host="127.0.0.1",
        port=installation.ports["postgres"],
        user=database.role(schema),
        database=database.DATABASE,
        password=read_secret(installation.secrets[f"{schema}-database-password"]),
    )


async def _owns_its_schema_alone(installation: Installation) -> None:
    connection = await _sign_in(installation, "registry")
    await connection.execute("CREATE SCHEMA IF NOT EXISTS registry; CREATE TABLE registry.thing (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE TABLE auth.thing (id int)")
    await connection.close()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).is_success
    except httpx.HTTPError:
        return False


def _database_answers(installation: Installation) -> bool:
    async def ask() -> None:
        await (await _sign_in(installation, "auth")).close()

    try:
        asyncio.run(ask())
    except (OSError, asyncpg.PostgresError):
        return False
    return True


def test_what_is_killed_comes_back_and_nothing_outlives_the_supervisor(running: Installation) -> None:
    home = running.home
    asyncio.run(_owns_its_schema_alone(running))

    for program in processes.foundation(running):
        killed = _pid(home, program.name)
        os.kill(killed, signal.SIGKILL)
        _await(lambda killed=killed, name=program.name: _pid(home, name) not in {0, killed}, BACK_WITHIN_SECONDS)
        if program.health:
            _await(lambda url=program.health: _answers(url), BACK_WITHIN_SECONDS)
        else:
            _await(lambda: _database_answers(running), BACK_WITHIN_SECONDS)

    os.kill(int(Supervisor(home)._rpc.getPID()), signal.SIGKILL)
    _await(lambda: not list(_marked(home)), BACK_WITHIN_SECONDS)
    assert not Supervisor(home).is_running()
    _start(running)
    assert _database_answers(running)

    assert stop_everything(home)
    assert not list(_marked(home))
    assert not stop_everything(home)


async def test_users_of_nats_may_do_only_what_the_design_says(running: Installation) -> None:
    async def connect(user: str) -> nats.NATS:
        password = read_secret(running.secrets[bus_password(user)])
        return await nats.connect(
            f"nats://{running.address('nats')}",
            user=user,
            password=password,
            inbox_prefix=f"_INBOX_{user}",
            error_cb=refused,
        )

    denied: list[str] = []

    async def refused(error: Exception) -> None:
        denied.append(str(error))

    gateway, subscriber = await connect("gateway"), await connect("subscriber")
    await gateway.jetstream().add_stream(StreamConfig(name="DEVICES", subjects=["devices.>"], allow_direct=True))
    await gateway.jetstream().publish("devices.status.p.s.d", b"{}")

    heard = await subscriber.jetstream().pull_subscribe("devices.status.>", durable="listener", stream="DEVICES")
    (message,) = await heard.fetch(1, timeout=5)
    await message.ack_sync()

    with pytest.raises((nats.errors.Error, TimeoutError)):
        await subscriber.jetstream(timeout=0.5).publish("devices.status.p.s.d", b"forged")
    with pytest.raises((nats.errors.Error, TimeoutError)):
        await gateway.jetstream(timeout=0.5).publish("exporters.changed.x", b"{}")
    with pytest.raises((nats.errors.Error, APIError, TimeoutError)):
        await subscriber.jetstream(timeout=0.5).purge_stream("DEVICES")
    assert (await gateway.jetstream().stream_info("DEVICES")).state.messages == 1
    assert {text.split('"')[1] for text in denied if "publish" in text.lower()} == {
        "devices.status.p.s.d",
        "exporters.changed.x",
        "$js.api.stream.purge.devices",
    }
    await gateway.close()
    await subscriber.close()


def test_a_program_that_dies_at_each_start_is_named_with_its_log(home: Home) -> None:
    program = Program(
        "broken", "the broken one", ["sh", "-c", "echo no luck; exit 3"], {}, health="http://127.0.0.1:9/"
    )
    supervisor = Supervisor(home)
    supervisor.launch([program])
    supervisor.start(["broken"])
    with pytest.raises(Refusal, match="The broken one dies after each start") as refused:
        wait_until_healthy(supervisor, [program], home, seconds=30)
    assert refused.value.log is not None
    assert "no luck" in refused.value.log.read_text()


def test_only_processes_with_our_mark_are_ended(home: Home, tmp_path: Path) -> None:
    ours = psutil.Popen(["sleep", "60"], env={RUN_ID_VARIABLE: home.run_id, "PATH": os.environ["PATH"]})
    others = psutil.Popen(
        ["sleep", "60"], env={RUN_ID_VARIABLE: Home(tmp_path / "b").run_id, "PATH": os.environ["PATH"]}
    )
    try:
        assert stop_everything(home)
        assert not ours.is_running()
        assert others.is_running()
    finally:
        others.kill()
        others.wait()
