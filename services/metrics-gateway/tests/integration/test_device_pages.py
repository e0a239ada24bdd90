"""One device in depth: why it is dark, what it was before, what is around it; and the list as CSV."""

import csv
import io
from typing import Any

import openpyxl
import pytest


@pytest.fixture
async def fleet(world: Any) -> Any:
    world.exporter(north=world.fake_source(n1=True, n2=False, n3=None), south=world.fake_source(s1=True))
    async with world.gateway() as admin:
        await admin.shows(n1="online", n2="offline", n3="unknown", s1="online")
        yield world


async def test_a_dark_device_tells_why(fleet: Any) -> None:
    async with fleet.client("north") as manager:
        dark = (await manager.http.get("/api/v1/devices/acme/north/n2")).json()
        assert [each["text_key"] for each in dark["evidence"]] == [
            "prometheus_answers",
            "exporter_scraped",
            "source_answers",
            "reported_offline",
        ]
        assert dark["evidence"][-1]["detail"] == "word"
        assert (await manager.http.get("/api/v1/devices/acme/north/n1")).json()["evidence"] == []


async def test_an_answer_is_confirmed_while_the_same_snapshot_stands(fleet: Any) -> None:
    async with fleet.client("north") as manager:

        async def is_confirmed() -> bool:
            for path in ("devices/acme/north/n2", "overview", "devices"):
                first = await manager.http.get(f"/api/v1/{path}")
                again = await manager.http.get(f"/api/v1/{path}", headers={"If-None-Match": first.headers["etag"]})
                if again.status_code != 304:
                    return False
            return True

        await fleet.eventually(is_confirmed)


async def test_history_tells_what_was_measured_and_what_was_not(world: Any) -> None:
    """Of devices of its own: Prometheus holds the past of those that other tests made, too."""
    world.exporter(north=world.fake_source(past_lit=True, past_dark=False, past_odd=None))
    async with world.gateway() as admin, world.client("north") as manager:
        await admin.shows(past_lit="online", past_dark="offline", past_odd="unknown")
        await world.scraped_again()
        for device, status in {"past_lit": "online", "past_dark": "offline", "past_odd": "unknown"}.items():
            found = (await manager.http.get(f"/api/v1/devices/acme/north/{device}/history")).json()
            assert found["segments"][0]["status"] == "not_measured"
            assert found["segments"][-1]["status"] == status
            assert found["segments"][0]["from"] == found["from"]
            seconds = {name: value for name, value in found["uptime"].items() if name != "online_share"}
            assert sum(seconds.values()) == pytest.approx(86400, abs=1)
            assert found["uptime"]["not_measured_seconds"] > 80000
            assert found["uptime"]["online_share"] == {"online": 1, "offline": 0, "unknown": None}[status]


async def test_a_metric_of_the_own_device_over_time(fleet: Any) -> None:
    await fleet.scraped_again()
    async with fleet.client("north") as manager:
        found = await manager.http.get(
            "/api/v1/devices/acme/north/n2/series", params={"metric": "signage_device_up", "step": 1}
        )
        values = [value for _, value in found.json()["points"]]
        assert values[0] is None
        assert {value for value in values if value is not None} == {0}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("series?metric=up%7Bsource=%22south%22%7D", "metric"),
        ("series?metric=", "metric"),
        ("series?metric=up&step=-1", "step"),
        ("series?metric=up&step=nan", "step"),
        ("history?from=2020-01-01T00:00:00Z", "from"),
        ("history?from=9999-01-01T00:00:00Z", "from"),
        ("history?from=0001-01-01T00:00:00Z", "from"),
        ("history?to=0001-01-01T00:00:00Z", "from"),
        ("events?limit=0", "limit"),
        ("neighbours?limit=-1", "limit"),
    ],
)
async def test_what_does_not_fit_is_refused_before_prometheus_is_asked(fleet: Any, query: str, field: str) -> None:
    async with fleet.client("north") as manager:
        response = await manager.http.get(f"/api/v1/devices/acme/north/n1/{query}")
        assert response.status_code == 422, response.text
        assert [error["field"] for error in response.json()["errors"]] == [field]
        assert "query_range" not in fleet.surroundings.prometheus_asked


async def test_events_are_the_stored_chain_newest_first(fleet: Any) -> None:
    source = next(each.sources["north"] for each in fleet.surroundings.exporters.values())
    source.devices["n1"] = False
    async with fleet.client("north") as manager:

        async def has_fallen() -> bool:
            items = (await manager.http.get("/api/v1/devices/acme/north/n1/events")).json()["items"]
            return [(each["previous"], each["status"]) for each in items] == [("online", "offline"), (None, "online")]

        await fleet.eventually(has_fallen)


async def test_neighbours_are_of_the_same_source_where_no_site_is_known(fleet: Any) -> None:
    async with fleet.client("*", role="admin") as admin:
        found = (await admin.http.get("/api/v1/devices/acme/north/n1/neighbours")).json()
        assert found["site"] is None
        assert [each["device_id"] for each in found["items"]] == ["n2", "n3"]
        assert found["counts"] == {"online": 0, "offline": 1, "unknown": 1, "total": 2}


@pytest.mark.parametrize("route", ["", "/history", "/series?metric=signage_device_up", "/neighbours", "/events"])
async def test_a_foreign_device_is_like_none_on_every_route(fleet: Any, route: str) -> None:
    async with fleet.client("north") as manager:
        answers = []
        for path in ("acme/south/s1", "acme/south/none", "acme/nowhere/s1"):
            response = await manager.http.get(f"/api/v1/devices/{path}{route}")
            body = response.json()
            del body["instance"]
            answers.append((response.status_code, body))
        assert answers[0][0] == 404
        assert answers[0] == answers[1] == answers[2]
        assert "query_range" not in fleet.surroundings.prometheus_asked


async def test_the_export_holds_the_own_devices_that_fit(fleet: Any) -> None:
    async with fleet.client("north") as manager:
        response = await manager.http.get("/api/v1/devices.csv", params={"language": "ru", "sort": "device_id"})
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
        rows = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff")), delimiter=";"))
        assert [row[5] for row in rows[1:]] == ["n1", "n2", "n3"]
        only = await manager.http.get("/api/v1/devices.csv?status=offline&source=north&source=south")
        assert [row[5] for row in list(csv.reader(io.StringIO(only.text)))[1:]] == ["n2"]
        for wrong in ("language=de", "status=on", "sort=colour"):
            assert (await manager.http.get(f"/api/v1/devices.csv?{wrong}")).status_code == 422


async def test_the_export_of_chosen_devices_leaves_out_what_is_not_the_caller_s(fleet: Any) -> None:
    chosen = [("north", "n3"), ("north", "n1"), ("south", "s1"), ("north", "none")]
    body = {"devices": [{"platform": "acme", "source": source, "device_id": device} for source, device in chosen]}
    async with fleet.client("north") as manager:
        response = await manager.http.post("/api/v1/devices.csv?language=ru&sort=device_id", json=body)
        rows = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff")), delimiter=";"))
        assert [row[5] for row in rows[1:]] == ["n1", "n3"]
        for wrong in ("language=de", "sort=colour"):
            assert (await manager.http.post(f"/api/v1/devices.csv?{wrong}", json=body)).status_code == 422
        assert (await manager.http.post("/api/v1/devices.csv", json={"devices": []})).status_code == 422


async def test_workbooks_hold_what_the_csv_holds(fleet: Any) -> None:
    body = {
        "devices": [{"platform": "acme", "source": name, "device_id": f"{name[0]}1"} for name in ("north", "south")]
    }
    async with fleet.client("north") as manager:
        everything = await manager.http.get("/api/v1/devices.xlsx?language=ru&sort=device_id")
        assert everything.headers["content-disposition"] == 'attachment; filename="devices.xlsx"'
        sheet = openpyxl.load_workbook(io.BytesIO(everything.content)).active
        text = (await manager.http.get("/api/v1/devices.csv?language=ru&sort=device_id")).text.removeprefix("\ufeff")
        for told, cells in zip(csv.reader(io.StringIO(text), delimiter=";"), sheet.values, strict=True):
            assert told[:16] == [cell or "" for cell in cells[:16]]
        assert sheet["Q2"].is_date
        some = await manager.http.post("/api/v1/devices.xlsx", json=body)
        assert [row[5] for row in openpyxl.load_workbook(io.BytesIO(some.content)).active.values] == [
            "Device id",
            "n1",
        ]
        assert (await manager.http.get("/api/v1/devices.xlsx?language=de")).status_code == 422
        assert (await manager.http.post("/api/v1/devices.xlsx", json={"devices": []})).status_code == 422


async def test_without_prometheus_the_past_is_not_told_as_empty(fleet: Any) -> None:
    fleet.surroundings.fault = "refuse"
    async with fleet.client("north") as manager:
        for route in ("history", "series?metric=signage_device_up"):
            response = await manager.http.get(f"/api/v1/devices/acme/north/n1/{route}")
            assert response.status_code == 503
            assert "retry-after" in response.headers


async def test_a_page_gets_all_of_a_device_in_one_answer(fleet: Any) -> None:
    async with fleet.client("north") as manager:
        path = "/api/v1/devices/acme/north/n1"
        whole = (await manager.http.get(f"{path}?include=history,neighbours,events")).json()
        assert whole["device_id"] == "n1"
        assert whole["history"]["segments"][-1]["to"] == whole["history"]["to"]
        assert [each["device_id"] for each in whole["neighbours"]["items"]] == ["n2", "n3"]
        assert whole["events"] == (await manager.http.get(f"{path}/events")).json()
        assert (await manager.http.get(f"{path}?include=secrets")).status_code == 422
        assert (await manager.http.get("/api/v1/devices/acme/south/s1?include=events")).status_code == 404
        fleet.surroundings.fault = "refuse"
        dark = (await manager.http.get("/api/v1/devices/acme/north/n2?include=history,neighbours")).json()
        assert dark["history"] is None
        assert dark["neighbours"]["counts"]["total"] == 2
