"""Maintenance windows: admins set them, managers see their own, the part beside Alertmanager is told all."""

from typing import Any

import httpx
import pytest
from vitrina_registry.testing.asking import Asker, fields_of

NIGHTLY: dict[str, Any] = {
    "name": "nightly",
    "matchers": [{"name": "source", "value": "north"}],
    "days": ["monday", "sunday"],
    "from": "23:30",
    "till": "01:00",
    "time_zone": "Europe/Moscow",
    "comment": "Players update",
}


def without_name(window: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in window.items() if name != "name"}


async def test_a_window_is_set_changed_told_and_deleted(
    admin: Asker, alerting: httpx.AsyncClient, gateway: httpx.AsyncClient
) -> None:
    made = await admin.post("/windows", NIGHTLY)
    assert (made.status_code, made.headers["etag"], made.json()["from"]) == (201, '"1"', "23:30:00")
    assert (await admin.post("/windows", NIGHTLY)).status_code == 409
    off = without_name(NIGHTLY) | {"enabled": False}
    assert (await admin.put("/windows/nightly", off, if_match='"7"')).status_code == 412
    assert (await admin.put("/windows/nightly", off, if_match='"1"')).headers["etag"] == '"2"'
    (window,) = (await alerting.get("/internal/v1/alerting")).json()["windows"]
    assert (window["name"], window["enabled"]) == ("nightly", False)
    assert (await admin.delete("/windows/nightly")).status_code == 204
    assert (await admin.get("/windows")).json()["items"] == []
    actions = [each["action"] for each in (await admin.get("/audit?exporter=window:nightly")).json()["items"]]
    assert actions == ["window_deleted", "window_updated", "window_created"]


async def test_a_manager_sees_what_names_an_own_source_exactly(admin: Asker, manager: Asker) -> None:
    others = [
        [{"name": "source", "value": "south"}],
        [{"name": "source", "value": "north|south", "is_regex": True}],
        [{"name": "site", "value": "Kazan"}],
    ]
    await admin.post("/windows", NIGHTLY)
    for number, matchers in enumerate(others):
        assert (await admin.post("/windows", NIGHTLY | {"name": f"w{number}", "matchers": matchers})).is_success
    assert [each["name"] for each in (await manager.get("/windows")).json()["items"]] == ["nightly"]
    assert (await manager.get("/windows/w0")).status_code == 404
    assert (await manager.put("/windows/nightly", without_name(NIGHTLY))).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Nightly"}, "name"),
        ({"matchers": []}, "matchers"),
        ({"matchers": [{"name": "source", "value": "(", "is_regex": True}]}, "matchers[0].value"),
        ({"matchers": [{"name": "source", "value": "north", "is_equal": False}]}, "matchers"),
        ({"days": ["funday"]}, "days[0]"),
        ({"from": "25:00"}, "from"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"first_day": "2026-02-01", "last_day": "2026-01-01"}, "last_day"),
        ({"comment": ""}, "comment"),
    ],
)
async def test_what_does_not_fit_is_named(admin: Asker, change: dict[str, Any], field: str) -> None:
    refused = await admin.post("/windows", NIGHTLY | change)
    assert (refused.status_code, fields_of(refused)[0]) == (422, field)
