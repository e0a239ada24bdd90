"""The registry as a process: commands, signals, and what a kill -9 among writes leaves."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from vitrina_kit.settings import DatabaseSettings
from vitrina_kit.testing.ports import free_port
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import Asker, Rows, addreality
from vitrina_registry.testing.processes import registry_process
from vitrina_registry.testing.waiting import Stored, until

CANARY = "canary-of-the-process"


@pytest.fixture
async def real_settings(connected_settings: RegistrySettings, actors: Actors) -> AsyncIterator[RegistrySettings]:
    with actors.serving_keys() as url:
        ports = {"api_port": free_port(), "internal_port": free_port()}
        yield connected_settings.model_copy(update={"jwks_url": url, **ports})


@pytest.fixture
async def client(real_settings: RegistrySettings, actors: Actors) -> AsyncIterator[Asker]:
    headers = {"Authorization": f"Bearer {actors.admin}"}
    url = f"http://127.0.0.1:{real_settings.api_port}"
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as http:
        yield Asker(http)


async def test_what_was_accepted_before_a_kill_is_there_after_it_and_on_nats(
    real_settings: RegistrySettings, client: Asker, rows: Rows, stored: Stored, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    accepted: list[int] = []

    async def write(number: int) -> None:
        try:
            answer = await client.patch("/exporters/cubicmedia", {"labels": {"n": str(number)}})
        except httpx.TransportError:
            return
        if answer.status_code == 200:
            accepted.append(answer.json()["revision"])

    async with registry_process(real_settings, log) as process:
        writers = [asyncio.create_task(write(number)) for number in range(30)]
        await until(lambda: _reached(accepted, 5))
        process.kill()
        await process.wait()
        await asyncio.gather(*writers)
    async with registry_process(real_settings, log):
        await client.post("/exporters/addreality/sources", addreality(token=CANARY))
        await until(lambda: _all_published(rows))
    revisions = [json.loads(message.data or b"")["data"] for message in await stored()]
    cubic = [data["revision"] for data in revisions if data["exporter"] == "cubicmedia"]
    assert cubic == sorted(cubic)
    assert set(accepted) <= set(cubic)
    assert len(accepted) == len(set(accepted))
    ids = [str(row["id"]) for row in await rows("SELECT id FROM registry.outbox ORDER BY id")]
    assert sorted(ids) == sorted((message.headers or {})["Nats-Msg-Id"] for message in await stored())
    assert CANARY not in log.read_text()


async def test_it_ends_quietly_when_asked_to(real_settings: RegistrySettings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with registry_process(real_settings, log) as process:
        process.terminate()
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {line["service"] for line in lines} == {"registry"}
    assert not [line for line in lines if line["level"] == "error"]


def test_migrate_needs_the_database_settings_only(migrated: DatabaseSettings) -> None:
    environment = {**os.environ, "VITRINA_DATABASE_URL": migrated.database_url}
    if migrated.database_password_file:
        environment["VITRINA_DATABASE_PASSWORD_FILE"] = str(migrated.database_password_file)
    done = subprocess.run([sys.executable, "-m", "vitrina_registry", "migrate"], env=environment, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"VITRINA_PRIVATE_ENDPOINTS": "10.0.0.0/8,nonsense"}, "VITRINA_PRIVATE_ENDPOINTS"),
        ({"VITRINA_SECRET_KEY_FILE": "/nowhere/keys"}, "/nowhere/keys"),
    ],
)
def test_a_setting_that_does_not_fit_is_told_in_one_sentence(
    settings: RegistrySettings, change: dict[str, str], sentence: str
) -> None:
    given = settings.model_dump(exclude_none=True, mode="json")
    environment = {f"VITRINA_{name.upper()}": str(value) for name, value in given.items()}
    done = subprocess.run(
        [sys.executable, "-m", "vitrina_registry"],
        env={**os.environ, **environment, **change},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert last.startswith("registry cannot start: ")
    assert sentence in last
    assert "Traceback" not in done.stderr


async def _reached(accepted: list[int], goal: int) -> bool:
    return len(accepted) >= goal


async def _all_published(rows: Rows) -> bool:
    return await rows("SELECT id FROM registry.outbox WHERE published_at IS NULL") == []
