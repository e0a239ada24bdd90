"""How many instances share the work of an exporter: declared, told inside, remembered and undone."""

import httpx
import pytest
from vitrina_contracts.exporter import DesiredExporter, KnownSource
from vitrina_contracts.sharding import MOST_SHARDS
from vitrina_registry.testing.asking import Asker, Rows, addreality, cubic, fields_of


async def desired(orchestrator: httpx.AsyncClient, name: str) -> DesiredExporter:
    return DesiredExporter.model_validate((await orchestrator.get(f"/internal/v1/desired/{name}")).json())


async def test_an_exporter_is_one_instance_until_somebody_wants_more(
    admin: Asker, orchestrator: httpx.AsyncClient, rows: Rows
) -> None:
    assert (await admin.get("/exporters/cubicmedia")).json()["shards"] == 1
    answer = await admin.patch("/exporters/cubicmedia", {"shards": 3}, if_match='"1"')
    assert (answer.status_code, answer.headers["etag"], answer.json()["shards"]) == (200, '"2"', 3)
    assert ((await desired(orchestrator, "cubicmedia")).shards, (await desired(orchestrator, "addreality")).shards) == (
        3,
        1,
    )
    (event,) = await rows("SELECT payload FROM registry.outbox ORDER BY id DESC LIMIT 1")
    assert (event["payload"]["exporter"], event["payload"]["revision"]) == ("cubicmedia", 2)
    (entry,) = await rows("SELECT before, after FROM registry.audit ORDER BY id DESC LIMIT 1")
    assert (entry["before"]["shards"], entry["after"]["shards"]) == (1, 3)
    same = await admin.patch("/exporters/cubicmedia", {"shards": 3})
    assert same.headers["etag"] == '"2"'
    other = await admin.patch("/exporters/cubicmedia", {"labels": {"team": "west"}})
    assert other.json()["shards"] == 3


@pytest.mark.parametrize("shards", [0, -1, MOST_SHARDS + 1, 1.5, "2", None, True, [2]])
async def test_a_number_that_is_none_is_refused_by_name(admin: Asker, shards: object) -> None:
    answer = await admin.patch("/exporters/cubicmedia", {"shards": shards})
    assert (answer.status_code, fields_of(answer)) == (422, ["shards"])
    created = await admin.post("/exporters", {"type": "probe", "name": "probe-2", "shards": shards})
    assert (created.status_code, fields_of(created)) == (422, ["shards"])


async def test_the_gateway_learns_how_many_instances_share_the_devices_of_a_source(
    admin: Asker, gateway: httpx.AsyncClient
) -> None:
    """A platform that lists all devices in one call shares out whole sources: one instance has all devices of one."""
    await admin.post("/exporters/cubicmedia/sources", cubic("macs"))
    await admin.post("/exporters/addreality/sources", addreality("list"))
    for name in ("cubicmedia", "addreality"):
        await admin.patch(f"/exporters/{name}", {"shards": 4})
    known = [KnownSource.model_validate(item) for item in (await gateway.get("/internal/v1/sources")).json()]
    assert {source.source: source.shards for source in known} == {"macs": 4, "list": 1}


async def test_the_number_can_be_given_at_once_is_forgotten_with_the_exporter_and_comes_back_by_a_revert(
    admin: Asker,
) -> None:
    created = await admin.post("/exporters", {"type": "probe", "name": "probe-2", "shards": 2})
    assert created.json()["shards"] == 2
    await admin.patch("/exporters/probe-2", {"shards": 5})
    reverted = await admin.ask("POST", "/exporters/probe-2/revisions/1/revert", headers={"If-Match": '"2"'})
    assert (reverted.status_code, reverted.json()["shards"]) == (200, 2)
    await admin.delete("/exporters/probe-2")
    assert (await admin.post("/exporters", {"type": "probe", "name": "probe-2"})).json()["shards"] == 1
