"""Several sources on one account: an overlap is refused at save, and the exporter is told who has what."""

from typing import Any

import httpx
import pytest
from vitrina_contracts.exporter import DesiredExporter
from vitrina_contracts.selection import DeviceSelection
from vitrina_registry.testing.asking import PUBLIC, Asker, Rows, addreality, fields_of

SOURCES = "/exporters/addreality/sources"


def selecting(name: str, token: str | None = None, **selection: Any) -> dict[str, Any]:
    return {"name": name, "config": {"api_url": PUBLIC, "api_token": token or "t", **selection}}


@pytest.fixture
async def shared(admin: Asker) -> None:
    for body in (
        selecting("moscow", device_names=["MSK-*"], device_ids=["7"]),
        selecting("others", other_devices=True),
    ):
        assert (await admin.post(SOURCES, body)).status_code == 201


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(
    ("selection", "fields", "other"),
    [
        ({}, ["config.device_ids", "config.device_ids"], "moscow"),
        ({"other_devices": False, "device_ids": []}, ["config.device_ids", "config.device_ids"], "moscow"),
        ({"device_ids": ["8", "7"]}, ["config.device_ids[1]"], "moscow"),
        ({"device_names": ["SPB-*", "*-1"]}, ["config.device_names[1]"], "moscow"),
        ({"other_devices": True}, ["config.other_devices"], "others"),
    ],
)
async def test_an_overlap_is_refused_and_names_field_and_source(
    admin: Asker, rows: Rows, selection: dict[str, Any], fields: list[str], other: str
) -> None:
    refused = await admin.post(SOURCES, selecting("more", **selection))
    assert (refused.status_code, fields_of(refused)) == (422, fields)
    assert other in refused.json()["errors"][0]["message"]
    assert len(await rows("SELECT name FROM registry.sources")) == 2


@pytest.mark.usefixtures("shared")
async def test_another_account_or_a_free_part_is_accepted(admin: Asker) -> None:
    for body in (selecting("spb", device_names=["SPB-*"]), selecting("elsewhere", token="another")):
        assert (await admin.post(SOURCES, body)).status_code == 201
    elsewhere = {"config": {"api_url": PUBLIC, "api_token": "t"}}
    moved = await admin.patch(f"{SOURCES}/elsewhere", elsewhere)
    assert (moved.status_code, "moscow" in moved.text) == (422, True)
    assert (await admin.patch(f"{SOURCES}/moscow", {"labels": {"region": "m"}})).status_code == 200


@pytest.mark.usefixtures("shared")
async def test_a_document_may_move_a_device_from_one_source_to_another(admin: Asker) -> None:
    document = (await admin.get("/export?format=json")).json()
    moscow, others = next(item for item in document["exporters"] if item["name"] == "addreality")["sources"]
    others["config"] = {"api_url": PUBLIC, "device_ids": ["7"], "other_devices": True}
    refused = await admin.post("/apply?mode=apply", document)
    assert (refused.status_code, fields_of(refused)) == (422, ["exporters[0].sources[1].config.device_ids[0]"])
    moscow["config"] = {"api_url": PUBLIC, "device_names": ["MSK-*"]}
    for _ in range(2):
        assert (await admin.post("/apply?mode=apply", document)).status_code == 200
    kept = (await admin.get(f"{SOURCES}/others")).json()["config"]
    assert (kept["device_ids"], kept["api_token"]["set"]) == (["7"], True)
    back = await admin.ask("POST", f"{SOURCES}/moscow/revisions/2/revert", headers={"If-Match": "*"})
    assert (back.status_code, fields_of(back)) == (422, ["config.device_ids[0]"])


@pytest.mark.usefixtures("shared")
async def test_the_exporter_is_told_the_account_and_who_has_what(admin: Asker, orchestrator: httpx.AsyncClient) -> None:
    await admin.post(SOURCES, selecting("alone", token="another"))
    await admin.patch(f"{SOURCES}/moscow", {"enabled": False})
    desired = DesiredExporter.model_validate((await orchestrator.get("/internal/v1/desired/addreality")).json())
    alone, moscow, others = desired.sources
    assert (alone.account, alone.selection) == (None, None)
    assert (moscow.enabled, moscow.account) == (False, "moscow")
    assert moscow.selection == DeviceSelection(ids=("7",), names=("MSK-*",))
    assert (others.account, others.selection) == ("moscow", DeviceSelection(rest=True))
    assert moscow.config == others.config == {"api_url": PUBLIC, "api_token": "t"}


async def test_a_source_that_nobody_shares_may_select_too(admin: Asker, orchestrator: httpx.AsyncClient) -> None:
    assert (await admin.post(SOURCES, selecting("few", device_ids=["1"]))).status_code == 201
    assert (await admin.post(SOURCES, addreality("vendor", token="t"))).status_code == 422
    (few,) = (await orchestrator.get("/internal/v1/desired/addreality")).json()["sources"]
    assert few["account"] == "few"
    odd = await admin.post(SOURCES, selecting("odd", token="o", device_ids=["1", "1"], other_devices="yes"))
    assert (odd.status_code, fields_of(odd)) == (422, ["config.device_ids", "config.other_devices"])
