"""Who takes care of what is dark: one device, many, a whole site; by whoever may see it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from vitrina_registry.testing.asking import MAC, Asker, addreality, cubic, fields_of

NORTH = f"/work-states/cubicmedia/north/{MAC}"
REPAIR = {"kind": "in_repair", "owner": "Ivan", "ticket": "https://tickets.example/17", "note": "panel ordered"}


@pytest.fixture
async def fleet(admin: Asker) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic())
    await admin.post("/exporters/addreality/sources", addreality())


async def put(asker: Asker, path: str, body: Any) -> Any:
    return await asker.ask("PUT", path, json=body)


@pytest.mark.usefixtures("fleet")
async def test_a_work_state_is_set_changed_and_taken_away_and_each_step_is_in_the_audit(admin: Asker) -> None:
    first = await put(admin, NORTH, REPAIR)
    assert (first.status_code, [item["work"] for item in first.json()["before"]]) == (200, [None])
    again = await put(admin, NORTH, REPAIR)
    assert again.json() == {"before": [], "unchanged": 1}
    closed = (await put(admin, NORTH, {"kind": "closed"})).json()["before"]
    assert (closed[0]["device_id"], closed[0]["work"]["owner"], closed[0]["work"]["by"]) == (MAC, "Ivan", "anna")
    assert (await admin.ask("DELETE", NORTH)).status_code == 204
    actions = [item["action"] for item in (await admin.get("/audit?source=north")).json()["items"]]
    assert actions[:3] == ["work_changed"] * 3


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "lost"}, "kind"),
        ({"kind": "closed", "ticket": "javascript:alert(1)"}, "ticket"),
        ({"kind": "closed", "until": "2001-01-01T00:00:00Z"}, "work.until"),
        ({"kind": "closed", "until": "2031-01-01T00:00:00"}, "until"),
        ({"kind": "closed", "note": "a\u0000b"}, "note"),
    ],
)
async def test_what_does_not_fit_is_named(admin: Asker, body: Any, field: str) -> None:
    answer = await put(admin, NORTH, body)
    assert (answer.status_code, fields_of(answer)) == (422, [field])


@pytest.mark.usefixtures("fleet")
async def test_a_site_is_acknowledged_whole_and_put_back_as_it_was(admin: Asker) -> None:
    for path in (f"/facts/cubicmedia/north/{MAC}", "/facts/addreality/vendor/17"):
        await put(admin, path, {"site": "Mall"})
    until = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    answer = await admin.post("/work-states/bulk", {"site": "Mall", "work": {"kind": "closed", "until": until}})
    assert [item["work"] for item in answer.json()["before"]] == [None, None]
    devices = [{name: item[name] for name in ("platform", "source", "device_id")} for item in answer.json()["before"]]
    undone = await admin.post("/work-states/bulk", {"devices": devices, "work": None})
    assert {item["work"]["kind"] for item in undone.json()["before"]} == {"closed"}
    assert (await admin.post("/work-states/bulk", {"site": "Nowhere", "work": None})).status_code == 404
    assert (await admin.post("/work-states/bulk", {"work": None})).status_code == 422


@pytest.mark.usefixtures("fleet")
async def test_a_manager_takes_care_of_own_devices_and_learns_of_no_others(admin: Asker, manager: Asker) -> None:
    assert (await put(manager, NORTH, REPAIR)).status_code == 200
    foreign = await put(manager, "/work-states/addreality/vendor/17", REPAIR)
    absent = await put(manager, "/work-states/addreality/nope/17", REPAIR)
    assert (foreign.status_code, absent.status_code) == (404, 404)
    await put(admin, "/facts/addreality/vendor/17", {"site": "Mall"})
    assert (await manager.post("/work-states/bulk", {"site": "Mall", "work": REPAIR})).status_code == 404
    devices = [{"platform": "addreality", "source": "vendor", "device_id": "17"}]
    refused = await manager.post("/work-states/bulk", {"devices": devices, "work": REPAIR})
    assert (refused.status_code, fields_of(refused)) == (422, ["devices[0].source"])
