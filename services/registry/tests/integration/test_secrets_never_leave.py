"""A credential is seen by its exporter only: canaries are looked for wherever else one could come out."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime

import httpx
import pytest
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncEngine
from vitrina_registry.app import Registry
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import (
    ORCHESTRATOR_TOKEN,
    PUBLIC,
    Asker,
    Rows,
    RunningRegistry,
    addreality,
    client_of,
    fields_of,
)
from vitrina_registry.testing.processes import environment

FIRST, SECOND = "canary-first-7f3a", "canary-second-91bc"
SOURCES = "/exporters/addreality/sources"
VENDOR = f"{SOURCES}/vendor"


async def desired_config(orchestrator: httpx.AsyncClient) -> dict[str, object]:
    answer = await orchestrator.get("/internal/v1/desired/addreality")
    config: dict[str, object] = answer.json()["sources"][0]["config"]
    return config


async def test_no_answer_event_audit_entry_row_or_log_line_holds_a_credential(
    admin: Asker, rows: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = [
        await admin.post(SOURCES, addreality(token=FIRST)),
        await admin.get(VENDOR),
        await admin.get(SOURCES),
        await admin.patch(VENDOR, {"config": {"api_url": PUBLIC, "api_token": SECOND}}),
        await admin.post(SOURCES, addreality(token=FIRST)),  # taken
        await admin.post(SOURCES, addreality("bad-token", token=f"{FIRST} with spaces")),
        await admin.post(SOURCES, {**addreality("bad-type"), "config": {"api_url": PUBLIC, "api_token": [FIRST]}}),
        await admin.post(SOURCES, {**addreality("bad-place"), "config": {"api_url": PUBLIC, "api_tokn": FIRST}}),
        await admin.post(SOURCES, {**addreality("bad-nul"), "config": {"api_url": PUBLIC, "api_token": f"{FIRST}\0"}}),
        await admin.post(SOURCES, {**addreality("bad-body"), "config": [FIRST]}),
        await admin.post(SOURCES, {**addreality("bad-url"), "config": {"api_url": f"http://u:{FIRST}@8.8.8.8/"}}),
        await admin.post(
            SOURCES,
            {**addreality("bad-user"), "config": {"api_url": f"http://u:{FIRST}@8.8.8.8/", "api_token": FIRST}},
        ),
        await admin.post(
            "/exporters/cubicmedia/sources", {"name": "c", "config": {"api_url": FIRST, "macs": [FIRST[:2]]}}
        ),
        await admin.delete(VENDOR),
    ]
    assert [answer.status_code for answer in answers[:5]] == [201, 200, 200, 200, 409]
    assert {answer.status_code for answer in answers[5:-1]} == {422}
    seen = "".join(answer.text + str(answer.headers) for answer in answers)
    for table in ("exporters", "sources", "outbox", "audit"):
        seen += json.dumps(await rows(f"SELECT * FROM registry.{table}"), default=str)  # noqa: S608 - our own names
    seen += "".join(capsys.readouterr())
    for canary in (FIRST, SECOND):
        assert canary not in seen


async def test_the_orchestrator_alone_is_told_the_credentials(
    admin: Asker, registry: Registry, orchestrator: httpx.AsyncClient, gateway: httpx.AsyncClient
) -> None:
    await admin.post(SOURCES, addreality(token=FIRST))
    assert (await desired_config(orchestrator))["api_token"] == FIRST
    for stranger in (gateway, client_of(registry.internal, None), client_of(registry.internal, "guess")):
        for path in ("/internal/v1/desired", "/internal/v1/desired/addreality"):
            answer = await stranger.get(path)
            assert answer.status_code == 401
            assert FIRST not in answer.text
    assert FIRST not in (await gateway.get("/internal/v1/sources")).text
    outside = client_of(registry.api, None)
    assert (await outside.get("/internal/v1/desired/addreality")).status_code == 404


async def test_a_secret_that_is_absent_or_masked_stays(admin: Asker, orchestrator: httpx.AsyncClient) -> None:
    shown = (await admin.post(SOURCES, addreality(token=FIRST))).json()["config"]
    assert shown["api_token"]["set"] is True
    assert set(shown["api_token"]) == {"set", "set_at", "set_by", "expires_on"}
    assert shown["api_token"]["set_by"] == "anna"
    other = f"{PUBLIC}/2"
    for config in (
        {"api_url": other},
        {**shown, "api_url": f"{other}/3"},
        {"api_url": other, "api_token": {"set": True}},
    ):
        answer = await admin.patch(VENDOR, {"config": config})
        assert (answer.status_code, answer.json()["config"]["api_token"]) == (200, shown["api_token"])
        assert (await desired_config(orchestrator))["api_token"] == FIRST


async def test_a_secret_that_is_sent_replaces_the_old_one(admin: Asker, orchestrator: httpx.AsyncClient) -> None:
    await admin.post(SOURCES, addreality(token=FIRST))
    answer = await admin.patch(VENDOR, {"config": {"api_url": PUBLIC, "api_token": SECOND}})
    assert answer.json()["revision"] == 3
    assert (await desired_config(orchestrator))["api_token"] == SECOND


async def test_a_required_secret_cannot_be_cleared_or_pretended(admin: Asker) -> None:
    for token in (None, {"set": True, "set_at": "2026-01-01T00:00:00Z"}):
        body = {"name": "vendor", "config": {"api_url": PUBLIC, "api_token": token}}
        answer = await admin.post(SOURCES, body)
        assert (answer.status_code, fields_of(answer)) == (422, ["config.api_token"])
    await admin.post(SOURCES, addreality(token=FIRST))
    answer = await admin.patch(VENDOR, {"config": {"api_url": PUBLIC, "api_token": None}})
    assert (answer.status_code, fields_of(answer)) == (422, ["config.api_token"])


async def test_an_optional_secret_is_cleared_by_null(admin: Asker, orchestrator: httpx.AsyncClient) -> None:
    await admin.post("/exporters", {"type": "probe"})
    await admin.post("/exporters/probe/sources", {"name": "p", "config": {"password": FIRST}})
    answer = await admin.patch("/exporters/probe/sources/p", {"config": {"password": None}})
    assert (answer.status_code, answer.json()["config"]) == (200, {})
    assert (await orchestrator.get("/internal/v1/desired/probe")).json()["sources"][0]["config"] == {}


async def test_a_ciphertext_moved_to_another_source_does_not_open(
    admin: Asker, orchestrator: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await admin.post(SOURCES, addreality("victim", token=FIRST))
    await admin.post(SOURCES, addreality("thief", token=SECOND))
    async with engine.begin() as connection:
        stolen = "(SELECT secrets FROM registry.sources WHERE name = 'victim')"
        await connection.exec_driver_sql(f"UPDATE registry.sources SET secrets = {stolen} WHERE name = 'thief'")  # noqa: S608 - ours
    answer = await orchestrator.get("/internal/v1/desired/addreality")
    assert (answer.status_code, "thief" in answer.json()["detail"]) == (503, True)
    assert FIRST not in answer.text


async def test_keys_rotate_and_a_lost_key_asks_for_the_credential_again(
    settings: RegistrySettings, actors: Actors, running_registry: RunningRegistry
) -> None:
    old = settings.secret_key_file.read_text()
    async with running_registry(settings) as registry:
        admin = Asker(client_of(registry.api, actors.admin))
        assert (await admin.post(SOURCES, addreality(token=FIRST))).status_code == 201
    new = f"{Fernet.generate_key().decode()}\n"
    settings.secret_key_file.write_text(new + old)
    async with running_registry(settings) as registry:
        admin = Asker(client_of(registry.api, actors.admin))
        assert (await admin.patch(VENDOR, {"config": {"api_url": f"{PUBLIC}/2"}})).status_code == 200
    settings.secret_key_file.write_text(new)
    async with running_registry(settings) as registry:
        admin = Asker(client_of(registry.api, actors.admin))
        lost = await admin.patch(VENDOR, {"config": {"api_url": f"{PUBLIC}/3"}})
        assert (lost.status_code, fields_of(lost)) == (422, ["config.api_token"])
        assert (await admin.get(VENDOR)).status_code == 200
        again = {"config": {"api_url": f"{PUBLIC}/3", "api_token": SECOND}}
        assert (await admin.patch(VENDOR, again)).status_code == 200


async def test_a_credential_s_last_day_is_told_changed_and_forgotten(
    admin: Asker, registry: Registry, orchestrator: httpx.AsyncClient
) -> None:
    answer = await admin.post(SOURCES, addreality(token=FIRST, secrets_expire={"api_token": "2031-05-01"}))
    assert answer.json()["config"]["api_token"]["expires_on"] == "2031-05-01"
    series = (await client_of(registry.internal, None).get("/metrics/declared")).text
    (line,) = [line for line in series.splitlines() if line.startswith("vitrina_secret_expires")]
    labels, value = line.split(" ")
    assert labels.endswith('{exporter="addreality",field="api_token",source="vendor"}')
    assert datetime.fromtimestamp(float(value), UTC).date().isoformat() == "2031-05-01"
    assert FIRST not in series
    kept = (await admin.patch(VENDOR, {"config": {"api_url": f"{PUBLIC}/2"}})).json()["config"]["api_token"]
    assert kept["expires_on"] == "2031-05-01"
    assert (await admin.patch(VENDOR, {"secrets_expire": {"api_token": None}})).json()["revision"] == 4
    assert (await desired_config(orchestrator))["api_token"] == FIRST
    for expire, field in (
        ({"api_url": "2031-05-01"}, "secrets_expire.api_url"),
        ({"api_token": "soon"}, "secrets_expire.api_token"),
    ):
        answer = await admin.patch(VENDOR, {"secrets_expire": expire})
        assert (answer.status_code, fields_of(answer)) == (422, [field])


def rotate(settings: RegistrySettings) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "vitrina_registry", "rotate-keys"]
    return subprocess.run(command, env=environment(settings), check=False, capture_output=True, text=True, timeout=60)


async def test_the_rotation_command_frees_the_old_key_and_moves_no_revision(
    settings: RegistrySettings, actors: Actors, running_registry: RunningRegistry, rows: Rows
) -> None:
    async with running_registry(settings) as registry:
        admin = Asker(client_of(registry.api, actors.admin))
        await admin.post(SOURCES, addreality("one", token=FIRST))
        await admin.post(SOURCES, addreality("two", token=SECOND))
    before = await rows("SELECT name, revision, updated_at FROM registry.sources ORDER BY name")
    new = f"{Fernet.generate_key().decode()}\n"
    settings.secret_key_file.write_text(new + settings.secret_key_file.read_text())
    done = await asyncio.to_thread(rotate, settings)
    assert (done.returncode, done.stdout) == (0, "2 credentials are under the first key of the file now.\n")
    settings.secret_key_file.write_text(new)
    async with running_registry(settings) as registry:
        desired = await client_of(registry.internal, ORCHESTRATOR_TOKEN).get("/internal/v1/desired/addreality")
        assert [source["config"]["api_token"] for source in desired.json()["sources"]] == [FIRST, SECOND]
    assert await rows("SELECT name, revision, updated_at FROM registry.sources ORDER BY name") == before
    settings.secret_key_file.write_text(f"{Fernet.generate_key().decode()}\n")
    lost = await asyncio.to_thread(rotate, settings)
    assert lost.returncode == 1
    assert "one.api_token, two.api_token" in lost.stderr
    assert FIRST not in lost.stdout + lost.stderr
