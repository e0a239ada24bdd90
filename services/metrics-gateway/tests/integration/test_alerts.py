"""Alerts and silences of a real Alertmanager, each manager's own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from vitrina_embedded.downloads import TOOLS, fetch_monitoring, find_monitoring
from vitrina_kit.testing.ports import free_port

from .monitoring import served

HOUR = timedelta(hours=1)


@pytest.fixture
def alertmanager(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "alertmanager.yml").write_text("route: { receiver: kept }\nreceivers: [ { name: kept } ]\n")
    url = f"http://127.0.0.1:{free_port()}"
    command = [
        str((find_monitoring() or fetch_monitoring()).alertmanager),
        f"--config.file={tmp_path / 'alertmanager.yml'}",
        f"--storage.path={tmp_path / 'alertmanager'}",
        f"--web.listen-address={url.removeprefix('http://')}",
        "--cluster.listen-address=",
    ]
    with served(url, command, TOOLS):  # its templates lie there
        yield url


@pytest.fixture
async def alerting(world: Any, alertmanager: str) -> Any:
    world.alertmanager_url = alertmanager
    alerts = [
        {"alertname": "DeviceOffline", "severity": "warning", "scope": "device", "source": source, "device_id": "d1"}
        for source in ("north", "south")
    ]
    alerts += [{"alertname": "Watchdog", "scope": "watchdog"}, {"alertname": "DiskFull", "scope": "vitrina"}]
    posted = [{"labels": labels, "annotations": {"summary_en": "Dark"}} for labels in alerts]
    async with httpx.AsyncClient() as prometheus:
        (await prometheus.post(f"{alertmanager}/api/v2/alerts", json=posted)).raise_for_status()
    async with world.gateway():
        yield world


def silence(*matchers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    ends_at = (datetime.now(UTC) + HOUR).isoformat()
    return {"matchers": list(matchers), "ends_at": ends_at, "comment": "works", **changes}


def source(name: str, **changes: Any) -> dict[str, Any]:
    return {"name": "source", "value": name, **changes}


async def names(client: Any) -> list[tuple[str, str | None, str]]:
    items = (await client.http.get("/api/v1/alerts")).json()["items"]
    return sorted((each["name"], each["labels"].get("source"), each["state"]) for each in items)


async def test_everybody_sees_the_alerts_of_their_sources(alerting: Any) -> None:
    async with alerting.client("north") as manager, alerting.client("*", role="admin") as admin:
        assert await names(manager) == [("DeviceOffline", "north", "firing")]
        assert [name for name, _, _ in await names(admin)] == ["DeviceOffline", "DeviceOffline", "DiskFull"]


async def test_a_silence_is_made_seen_changed_and_ended_by_whose_it_is(alerting: Any) -> None:
    async with alerting.client("north") as manager, alerting.client("south") as other:
        response = await manager.http.post("/api/v1/silences", json=silence(source("north")))
        assert response.status_code == 201, response.text
        made = response.json()
        assert (made["created_by"], made["state"]) == ("somebody", "active")

        async def is_silenced() -> bool:
            return await names(manager) == [("DeviceOffline", "north", "silenced")]

        await alerting.eventually(is_silenced)
        assert [each["alerts"] for each in (await manager.http.get("/api/v1/silences")).json()["items"]] == [1]
        assert (await other.http.get("/api/v1/silences")).json()["items"] == []
        assert (await other.http.delete(f"/api/v1/silences/{made['id']}")).status_code == 404
        stolen = silence(source("south"), replaces=made["id"])
        assert (await other.http.post("/api/v1/silences", json=stolen)).status_code == 404
        changed = await manager.http.post(
            "/api/v1/silences", json=silence(source("north"), replaces=made["id"], comment="more works")
        )
        assert changed.json()["comment"] == "more works"
        assert (await manager.http.delete(f"/api/v1/silences/{changed.json()['id']}")).status_code == 204

        async def fires_again() -> bool:
            return await names(manager) == [("DeviceOffline", "north", "firing")]

        await alerting.eventually(fires_again)


@pytest.mark.parametrize(
    "matchers",
    [
        [source("south")],
        [source("north|south", is_regex=True)],
        [source("south", is_equal=False)],
        [source("north"), source("south", is_equal=False)],
        [{"name": "alertname", "value": "DeviceOffline"}],
    ],
)
async def test_nobody_can_silence_others_alerts(alerting: Any, matchers: list[dict[str, Any]]) -> None:
    async with alerting.client("north") as manager:
        assert (await manager.http.post("/api/v1/silences", json=silence(*matchers))).status_code == 403
    async with alerting.client("*", role="admin") as admin:
        answer = await admin.http.post("/api/v1/silences", json=silence(*matchers))
        assert answer.status_code == (422 if not any(each.get("is_equal", True) for each in matchers) else 201)


async def test_a_manager_silences_for_a_day_and_an_admin_for_longer(alerting: Any) -> None:
    begins = datetime.now(UTC) + HOUR
    for hours, status in ((24, 201), (25, 422)):
        times = {"starts_at": begins.isoformat(), "ends_at": (begins + hours * HOUR).isoformat()}
        async with alerting.client("north") as manager:
            answer = await manager.http.post("/api/v1/silences", json=silence(source("north"), **times))
            assert answer.status_code == status, answer.text
        async with alerting.client("*", role="admin") as admin:
            assert (
                await admin.http.post("/api/v1/silences", json=silence(source("north"), **times))
            ).status_code == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"comment": " "},
        {"ends_at": "2020-01-01T00:00:00Z"},
        {"ends_at": "2999-01-01T00:00:00Z"},
        {"ends_at": "tomorrow"},
        {"matchers": []},
        {"matchers": [source("north"), {"name": "a b", "value": "x"}]},
        {"matchers": [source("north"), {"name": "name", "value": "(", "is_regex": True}]},
    ],
)
async def test_a_silence_that_does_not_fit_is_refused(alerting: Any, changes: dict[str, Any]) -> None:
    async with alerting.client("north") as manager:
        assert (
            await manager.http.post("/api/v1/silences", json={**silence(source("north")), **changes})
        ).status_code == 422
        assert (await manager.http.delete("/api/v1/silences/..%2Falerts")).status_code == 404


async def test_what_matchers_fit_is_counted_within_the_callers_sources(alerting: Any) -> None:
    async def counted(client: Any, *matchers: dict[str, Any]) -> tuple[int, int | None]:
        answer = await client.http.post("/api/v1/silences/matches", json={"matchers": list(matchers)})
        assert answer.status_code == 200, answer.text
        return answer.json()["alerts"], answer.json()["devices"]

    offline = {"name": "alertname", "value": "DeviceOffline"}
    either = source("north|south", is_regex=True)
    async with alerting.client("north") as manager, alerting.client("*", role="admin") as admin:
        assert await counted(manager, source("north")) == (1, 0)  # no device is measured here
        assert await counted(manager, either) == (1, 0)
        assert await counted(manager, source("south")) == (0, 0)
        assert await counted(admin, either) == (2, 0)
        assert await counted(admin, offline) == (2, None)
        assert await counted(admin, {"name": "site", "value": "Kazan"}) == (0, 0)
        broken = {"matchers": [source("(", is_regex=True)]}
        assert (await admin.http.post("/api/v1/silences/matches", json=broken)).status_code == 422


async def test_a_service_reads_and_does_not_write(alerting: Any) -> None:
    async with alerting.client("north", role="service") as service:
        assert (await service.http.get("/api/v1/silences")).status_code == 200
        assert (await service.http.post("/api/v1/silences", json=silence(source("north")))).status_code == 403


async def test_without_alertmanager_there_is_no_empty_list(world: Any) -> None:
    async with world.gateway(), world.client("north") as manager:
        for path in ("alerts", "silences"):
            assert (await manager.http.get(f"/api/v1/{path}")).status_code == 503
