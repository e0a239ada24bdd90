"""Twenty credentials go through everything that takes one, and are looked for wherever one could come out."""

import asyncio
from pathlib import Path

import httpx
import psutil
from vitrina_kit.testing.ports import free_port
from vitrina_kit.testing.postgres import PostgresServer
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import GATEWAY_TOKEN, PUBLIC, Asker, Rows, addreality
from vitrina_registry.testing.processes import registry_process
from vitrina_registry.testing.waiting import Stored, until

CANARIES = [f"canary-{number:02d}-9f3c7e" for number in range(20)]
SOURCES = "/exporters/addreality/sources"
READ = (
    "/exporters",
    "/exporters/addreality",
    SOURCES,
    *(f"{SOURCES}/s{number}" for number in range(4)),
    *(f"{SOURCES}/s{number}/revisions" for number in range(4)),
    "/exporters/addreality/revisions",
    "/audit?limit=1000",
    "/export",
    "/export?format=json",
    "/facts",
    "/exporter-types",
    "/exporters/addreality/logs",
)


async def use_all(admin: Asker) -> str:
    """Sends each canary somewhere else; all that was answered."""
    canary = iter(CANARIES)

    def config(url: str = PUBLIC) -> dict[str, str]:
        return {"api_url": url, "api_token": next(canary)}

    key = {"Idempotency-Key": "k", "If-Match": "*"}
    broken = {"version": 1, "exporters": [{"name": "addreality", "type": "addreality", "sources": []}]}
    answers = [await admin.post(SOURCES, addreality(f"s{number}", token=next(canary))) for number in range(4)]
    answers += [await admin.patch(f"{SOURCES}/s{number}", {"config": config()}) for number in range(4)]
    again = addreality("s9", token=next(canary))
    answers += [await admin.ask("POST", SOURCES, json=again, headers=key) for _ in range(2)]
    answers += [await admin.ask("POST", f"{SOURCES}?dry_run=true", json=addreality("dry", token=next(canary)))]
    answers += [await admin.post(f"{SOURCES}/test", {"config": config()})]
    answers += [await admin.post(f"{SOURCES}/s0/test", {"config": config()})]
    for wrong in (
        {"api_url": "http://127.0.0.1/"},
        {"surprise": next(canary)},
        {"api_url": f"http://x:{next(canary)}@h/"},
    ):
        answers += [await admin.post(SOURCES, {"name": "bad", "config": {**config(), **wrong}})]
    source = {"name": "s1", "config": config()}
    for mode in ("plan", "apply"):
        broken["exporters"] = [{"name": "addreality", "type": "addreality", "sources": [source]}]
        answers += [await admin.post(f"/apply?mode={mode}", broken)]
    answers += [await admin.ask("POST", f"{SOURCES}/s0/revisions/2/revert", headers={"If-Match": "*"})]
    for text in (f"exporters: [{next(canary)}", f"exporters: [], {next(canary)}: 1"):
        answers += [await admin.ask("POST", "/apply", content=text, headers={"Content-Type": "application/yaml"})]
    assert list(canary) == [], "each of them is used"
    return "".join(answer.text + str(answer.headers) for answer in answers)


async def test_no_answer_log_event_metric_dump_or_process_shows_a_credential(
    connected_settings: RegistrySettings,
    actors: Actors,
    rows: Rows,
    stored: Stored,
    tmp_path: Path,
    *,
    postgres_server: PostgresServer,
) -> None:
    log = tmp_path / "log"
    with actors.serving_keys() as url:
        ports = {"api_port": free_port(), "internal_port": free_port()}
        settings = connected_settings.model_copy(update={"jwks_url": url, "log_level": "debug", **ports})
        async with registry_process(settings, log) as process:
            headers = {"Authorization": f"Bearer {actors.admin}"}
            base = f"http://127.0.0.1:{settings.api_port}"
            async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as client:
                admin = Asker(client)
                seen = await use_all(admin)
                for path in READ:
                    answer = await admin.get(path)
                    seen += answer.text + str(answer.headers)
            seen += await inside(settings)
            await until(lambda: _all_published(rows))
            running = psutil.Process(process.pid)
            seen += str(running.cmdline()) + str(running.environ())
    seen += "".join(str(message) for message in await stored())
    dump = await asyncio.to_thread(postgres_server.dump, connected_settings)
    assert "COPY registry.sources" in dump
    seen += dump
    seen += await asyncio.to_thread(log.read_text)
    assert "source_updated" in seen
    assert "vitrina_http_request_duration" in seen
    assert [canary for canary in CANARIES if canary in seen] == []


async def inside(settings: RegistrySettings) -> str:
    """All that the internal listener says to everybody but the orchestrator."""
    base = f"http://127.0.0.1:{settings.internal_port}"
    headers = {"Authorization": f"Bearer {GATEWAY_TOKEN}"}
    paths = ("/metrics", "/metrics/declared", "/health/ready", "/internal/v1/sources", "/internal/v1/facts")
    refused = ("/internal/v1/desired", "/internal/v1/desired/addreality")
    async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as client:
        return "".join([(await client.get(path)).text for path in (*paths, *refused)])


async def _all_published(rows: Rows) -> bool:
    return await rows("SELECT id FROM registry.outbox WHERE published_at IS NULL") == []
