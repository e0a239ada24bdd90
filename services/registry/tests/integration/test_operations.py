"""Series of what was deleted: when they go, who may stop that, and what the orchestrator and the gateway are told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from vitrina_kit.clock import utc_now
from vitrina_registry.app import Registry
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import (
    GATEWAY_TOKEN,
    ORCHESTRATOR_TOKEN,
    Asker,
    Rows,
    RunningRegistry,
    client_of,
    cubic,
)
from vitrina_registry.use_cases.operations import keep_house

SOURCES = "/exporters/cubicmedia/sources"
DONE = {"state": "done", "series": 7}
ORPHAN = {"platform": "cubicmedia", "source": "stranger", "series": 12}


@pytest.fixture
async def registry(settings: RegistrySettings, running_registry: RunningRegistry) -> AsyncIterator[Registry]:
    """One that gives no grace."""
    async with running_registry(settings.model_copy(update={"series_grace_hours": 0})) as registry:
        yield registry


@pytest.fixture
async def deleted(admin: Asker) -> int:
    """Number of the operation that removes the series of `north`."""
    await admin.post(SOURCES, cubic())
    await admin.delete(f"{SOURCES}/north")
    return int((await operations(admin))[0]["id"])


async def operations(admin: Asker) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await admin.get("/operations")).json()["items"]
    return items


async def tasks(orchestrator: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await orchestrator.get("/internal/v1/operations")).json()
    return found


async def report(orchestrator: httpx.AsyncClient, number: int, body: Any) -> int:
    return (await orchestrator.post(f"/internal/v1/operations/{number}", json=body)).status_code


async def test_an_operation_commits_with_the_deletion_and_waits_for_the_end_of_its_grace(
    settings: RegistrySettings, running_registry: RunningRegistry, actors: Actors
) -> None:
    async with running_registry(settings) as patient:
        admin = Asker(client_of(patient.api, actors.admin))
        await admin.post(SOURCES, cubic())
        dry = await admin.ask("DELETE", f"{SOURCES}/north?dry_run=true", headers={"If-Match": "*"})
        assert dry.status_code == 204
        assert await operations(admin) == []
        await admin.delete(f"{SOURCES}/north")
        [operation] = await operations(admin)
        assert (operation["kind"], operation["state"], operation["actor"]) == ("source", "pending", "anna")
        assert (operation["platform"], operation["exporter"], operation["source"]) == (
            "cubicmedia",
            "cubicmedia",
            "north",
        )
        assert operation["due_at"][:10] > operation["created_at"][:10]
        inside = client_of(patient.internal, ORCHESTRATOR_TOKEN)
        assert await tasks(inside) == []
        hastened = await admin.post(f"/operations/{operation['id']}/run", None)
        assert (hastened.status_code, hastened.json()["state"]) == (202, "pending")
        assert [task["id"] for task in await tasks(inside)] == [operation["id"]]
        gateway = client_of(patient.internal, GATEWAY_TOKEN)
        assert (await gateway.get("/internal/v1/hidden-sources")).json() == ["north"]


async def test_without_cleanup_there_are_no_operations_and_names_are_free(
    settings: RegistrySettings, running_registry: RunningRegistry, actors: Actors
) -> None:
    async with running_registry(settings.model_copy(update={"series_cleanup": False})) as registry:
        admin = Asker(client_of(registry.api, actors.admin))
        await admin.post(SOURCES, cubic())
        await admin.delete(f"{SOURCES}/north")
        assert await operations(admin) == []
        assert (await admin.post(SOURCES, cubic())).status_code == 201


async def test_a_deleted_exporter_leaves_one_operation_for_each_source_and_one_of_its_own(
    admin: Asker, orchestrator: httpx.AsyncClient
) -> None:
    await admin.post(SOURCES, cubic("north"))
    await admin.post(SOURCES, cubic("south"))
    await admin.delete("/exporters/cubicmedia")
    assert [(task["kind"], task["source"], task["until"]) for task in await tasks(orchestrator)] == [
        ("source", "north", None),
        ("source", "south", None),
        ("exporter", None, None),
    ]
    made = (await admin.post("/exporters", {"type": "cubicmedia"})).json()
    assert (await tasks(orchestrator))[2]["until"] == made["created_at"]


async def test_the_orchestrator_s_reports_lead_to_a_free_name_and_are_audited(
    admin: Asker, orchestrator: httpx.AsyncClient, gateway: httpx.AsyncClient, deleted: int
) -> None:
    assert await report(orchestrator, deleted, {"state": "running", "series": 7}) == 204
    refused = await admin.post(f"/operations/{deleted}/cancel", None)
    assert refused.status_code == 409
    assert (await admin.post(SOURCES, cubic())).status_code == 409
    for _ in range(2):
        assert await report(orchestrator, deleted, DONE) == 204
    [done] = await operations(admin)
    assert (done["state"], done["series"], done["reason"], done["freed_at"]) == ("done", 7, None, None)
    assert [task["state"] for task in await tasks(orchestrator)] == ["done"]
    assert await report(orchestrator, deleted, {**DONE, "freed": True}) == 204
    assert await tasks(orchestrator) == []
    assert (await gateway.get("/internal/v1/hidden-sources")).json() == ["north"]
    assert (await admin.post(SOURCES, cubic())).status_code == 201
    assert (await gateway.get("/internal/v1/hidden-sources")).json() == []
    audit = (await admin.get("/audit?source=north")).json()["items"]
    assert [(entry["action"], entry["actor"]) for entry in audit[1:3]] == [
        ("operation_done", "system"),
        ("operation_running", "system"),
    ]


async def test_a_failed_try_says_why_waits_and_can_be_cancelled(
    admin: Asker, orchestrator: httpx.AsyncClient, deleted: int
) -> None:
    assert await report(orchestrator, deleted, {"state": "failed", "reason": "Prometheus is away"}) == 204
    [failed] = await operations(admin)
    assert (failed["state"], failed["reason"], failed["attempts"]) == ("failed", "Prometheus is away", 1)
    assert failed["due_at"] > failed["created_at"]
    assert await tasks(orchestrator) == []
    await admin.post(f"/operations/{deleted}/cancel", None)
    assert (await admin.post(f"/operations/{deleted}/cancel", None)).status_code == 200
    assert (await admin.post(f"/operations/{deleted}/run", None)).status_code == 409
    assert await report(orchestrator, deleted, {"state": "running"}) == 409
    assert (await admin.post(SOURCES, cubic())).status_code == 201


async def test_of_a_start_and_a_cancellation_at_the_same_time_one_wins(
    admin: Asker, orchestrator: httpx.AsyncClient, deleted: int
) -> None:
    cancelled, started = await asyncio.gather(
        admin.post(f"/operations/{deleted}/cancel", None), report(orchestrator, deleted, {"state": "running"})
    )
    assert sorted([cancelled.status_code, started]) in ([200, 409], [204, 409])


async def test_orphans_wait_for_a_word_and_are_told_once(
    admin: Asker, orchestrator: httpx.AsyncClient, gateway: httpx.AsyncClient
) -> None:
    await admin.post(SOURCES, cubic("north"))
    found = [ORPHAN, {**ORPHAN, "source": "north"}]
    for _ in range(2):
        assert (await orchestrator.post("/internal/v1/orphans", json=found)).status_code == 204
    [orphan] = await operations(admin)
    assert (orphan["kind"], orphan["state"], orphan["source"], orphan["series"]) == ("orphan", "found", "stranger", 12)
    assert await tasks(orchestrator) == []
    await admin.post(f"/operations/{orphan['id']}/run", None)
    assert [task["source"] for task in await tasks(orchestrator)] == ["stranger"]
    assert (await gateway.get("/internal/v1/hidden-sources")).json() == ["stranger"]


async def test_operations_are_for_admins_and_wrong_numbers_are_not_found(
    admin: Asker, manager: Asker, gateway: httpx.AsyncClient, rows: Rows
) -> None:
    assert (await manager.get("/operations")).status_code == 403
    for action in ("cancel", "run"):
        assert (await manager.post(f"/operations/1/{action}", None)).status_code == 403
        assert (await admin.post(f"/operations/999999/{action}", None)).status_code == 404
        assert (await admin.post(f"/operations/x/{action}", None)).status_code == 422
    assert (await admin.get("/operations?state=lost")).status_code == 422
    assert (await gateway.get("/internal/v1/operations")).status_code == 401
    assert await rows("SELECT 1 FROM registry.operations") == []


async def test_operations_page_by_cursor_and_filter_by_state(admin: Asker) -> None:
    for name in ("a", "b", "c"):
        await admin.post(SOURCES, cubic(name))
        await admin.delete(f"{SOURCES}/{name}")
    first = (await admin.get("/operations?limit=2&state=pending&state=failed")).json()
    assert [item["source"] for item in first["items"]] == ["c", "b"]
    rest = (await admin.get(f"/operations?limit=2&state=pending&state=failed&cursor={first['next_cursor']}")).json()
    assert ([item["source"] for item in rest["items"]], rest["next_cursor"]) == (["a"], None)
    assert (await admin.get("/operations?state=done")).json()["items"] == []


async def test_each_day_series_go_that_are_older_than_their_platform_s_are_kept(
    settings: RegistrySettings, running_registry: RunningRegistry, actors: Actors, rows: Rows
) -> None:
    kept = settings.model_copy(update={"platform_retention_days": {"cubicmedia": 30}})
    async with running_registry(kept) as registry:
        admin, inside = Asker(client_of(registry.api, actors.admin)), client_of(registry.internal, ORCHESTRATOR_TOKEN)
        async with asyncio.timeout(10):
            while not (found := await tasks(inside)):  # noqa: ASYNC110 - the hourly work begins with the start
                await asyncio.sleep(0.02)
        [retention] = found
        assert (retention["kind"], retention["platform"], retention["source"]) == ("retention", "cubicmedia", None)
        assert await rows("SELECT until = created_at - interval '30 days' AS fits FROM registry.operations") == [
            {"fits": True}
        ]
        world = registry.api.state.world
        await keep_house(world)
        assert await report(inside, retention["id"], DONE) == 204
        await keep_house(world)
        assert len(await operations(admin)) == 1
        tomorrow = replace(world, now=lambda: utc_now() + timedelta(days=1, minutes=1))
        await keep_house(tomorrow)
        assert len(await operations(admin)) == 2


async def test_audit_entries_are_kept_as_long_as_the_setting_says(admin: Asker, registry: Registry) -> None:
    await admin.post(SOURCES, cubic())
    world = registry.api.state.world
    for days, left in ((729, True), (731, False)):
        await keep_house(replace(world, now=lambda days=days: utc_now() + timedelta(days=days)))
        assert bool((await admin.get("/audit")).json()["items"]) is left


async def test_a_series_tells_rules_of_each_removal_that_keeps_failing(
    orchestrator: httpx.AsyncClient, registry: Registry, deleted: int
) -> None:
    async def told() -> list[str]:
        text = (await client_of(registry.internal, None).get("/metrics/declared")).text
        return [line for line in text.splitlines() if line.startswith("vitrina_series_removal_attempts{")]

    assert await told() == []
    for _ in range(3):
        await report(orchestrator, deleted, {"state": "failed", "reason": "HTTP 503"})
    labels = f'kind="source",operation="{deleted}",platform="cubicmedia",source="north"'
    assert await told() == [f"vitrina_series_removal_attempts{{{labels}}} 3.0"]
    await report(orchestrator, deleted, DONE)
    assert await told() == []
