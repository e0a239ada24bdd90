"""What the orchestrator and the gateway are told inside."""

import httpx
from vitrina_contracts.exporter import DesiredExporter, DesiredSummary, KnownSource
from vitrina_contracts.work import WorkDelta
from vitrina_registry.testing.asking import PUBLIC, Asker, addreality, cubic


async def test_desired_lists_every_exporter_deleted_ones_too(admin: Asker, orchestrator: httpx.AsyncClient) -> None:
    await admin.patch("/exporters/cubicmedia", {"enabled": False})
    await admin.delete("/exporters/addreality")
    answer = await orchestrator.get("/internal/v1/desired")
    assert [DesiredSummary.model_validate(item) for item in answer.json()] == [
        DesiredSummary(name="addreality", revision=2, enabled=False, deleted=True),
        DesiredSummary(name="cubicmedia", revision=2, enabled=False, deleted=False),
    ]


async def test_a_desired_exporter_is_complete(admin: Asker, orchestrator: httpx.AsyncClient) -> None:
    await admin.post("/exporters/addreality/sources", addreality("one", token="t-1"))
    await admin.post("/exporters/addreality/sources", addreality("two", token="t-2", enabled=False))
    await admin.post("/exporters/addreality/restart", None)
    answer = await orchestrator.get("/internal/v1/desired/addreality")
    desired = DesiredExporter.model_validate(answer.json())
    assert (desired.platform, desired.module, desired.port) == ("addreality", "vitrina_addreality", 9000)
    assert (desired.revision, desired.restart_generation, desired.deleted) == (4, 1, False)
    assert [(source.name, source.enabled, source.config) for source in desired.sources] == [
        ("one", True, {"api_url": PUBLIC, "api_token": "t-1"}),
        ("two", False, {"api_url": PUBLIC, "api_token": "t-2"}),
    ]


async def test_a_deleted_exporter_is_told_as_deleted_and_an_unknown_one_not_found(
    admin: Asker, orchestrator: httpx.AsyncClient
) -> None:
    await admin.post("/exporters/addreality/sources", addreality())
    await admin.delete("/exporters/addreality")
    desired = (await orchestrator.get("/internal/v1/desired/addreality")).json()
    assert (desired["deleted"], desired["sources"], desired["revision"]) == (True, [], 3)
    for name in ("nope", "%00"):
        assert (await orchestrator.get(f"/internal/v1/desired/{name}")).status_code == 404


async def test_known_sources_say_whether_source_and_exporter_are_enabled(
    admin: Asker, gateway: httpx.AsyncClient, orchestrator: httpx.AsyncClient
) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic("north", labels={"region": "n"}))
    await admin.post("/exporters/cubicmedia/sources", cubic("off", enabled=False))
    await admin.post("/exporters/addreality/sources", addreality("vendor"))
    await admin.patch("/exporters/addreality", {"enabled": False})
    expected = [
        KnownSource(exporter="addreality", platform="addreality", source="vendor", enabled=False),
        KnownSource(exporter="cubicmedia", platform="cubicmedia", source="north", enabled=True, labels={"region": "n"}),
        KnownSource(exporter="cubicmedia", platform="cubicmedia", source="off", enabled=False),
    ]
    for caller in (gateway, orchestrator):
        answer = await caller.get("/internal/v1/sources")
        assert [KnownSource.model_validate(item) for item in answer.json()] == expected
    await admin.delete("/exporters/cubicmedia")
    assert len((await gateway.get("/internal/v1/sources")).json()) == 1


async def test_the_gateway_is_told_what_changed_of_work_states(admin: Asker, orchestrator: httpx.AsyncClient) -> None:
    await admin.post("/exporters/addreality/sources", addreality())
    path = "/work-states/addreality/vendor/17"
    await admin.ask("PUT", path, json={"kind": "closed"})
    first = WorkDelta.model_validate((await orchestrator.get("/internal/v1/work-states")).json())
    assert (first.full, [item.device_id for item in first.items]) == (True, ["17"])
    await admin.ask("DELETE", path)
    news = WorkDelta.model_validate((await orchestrator.get(f"/internal/v1/work-states?since={first.version}")).json())
    assert (news.full, [item.work for item in news.items]) == (False, [None])
