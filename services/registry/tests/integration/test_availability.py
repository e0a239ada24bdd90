"""Daily rows: which days are asked for, that they are stored once, and who reads which sums."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import openpyxl
import pytest
from vitrina_kit import workbook
from vitrina_kit.clock import utc_now
from vitrina_registry.app import Registry
from vitrina_registry.domain.availability import closed_days
from vitrina_registry.testing.asking import Asker, Rows, cubic, fields_of
from vitrina_registry.use_cases.availability import missing

SOURCES = "/exporters/cubicmedia/sources"
DAY = "2026-03-01"
MONTH = "from=2026-03-01&to=2026-03-31"


def part(source: str = "north", day: str = DAY, *, last: bool = True, **devices: tuple[int, int, int, int]) -> Any:
    """Seconds: online, offline, planned, unknown."""
    names = ("online", "offline", "planned", "unknown")
    rows = [{"device_id": name, **dict(zip(names, seconds, strict=True))} for name, seconds in devices.items()]
    return {"platform": "cubicmedia", "source": source, "day": day, "devices": rows, "last": last}


async def told(gateway: httpx.AsyncClient, body: Any) -> None:
    answer = await gateway.post("/internal/v1/availability", json=body)
    assert answer.status_code == 204, answer.text


@pytest.fixture
async def stored(gateway: httpx.AsyncClient) -> None:
    await told(gateway, part(a=(80_000, 6_400, 0, 0), b=(40_000, 10_000, 30_000, 400)))
    await told(gateway, part(day="2026-03-02", a=(86_400, 0, 0, 0), b=(0, 0, 0, 0)))
    await told(gateway, part("south", a=(1, 2, 3, 4)))


async def told_site(admin: Asker) -> None:
    await admin.post(SOURCES, cubic("north"))
    answer = await admin.ask("PUT", "/facts/cubicmedia/north/a", json={"site": "=Mall"})
    assert answer.status_code == 200, answer.text


async def report(asker: Asker, query: str) -> list[dict[str, Any]]:
    answer = await asker.get(f"/availability?{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.usefixtures("stored")
async def test_seconds_are_added_up_by_source_site_and_device(admin: Asker) -> None:
    await admin.post(SOURCES, cubic("north"))
    facts = {"site": "Mall"}
    answer = await admin.ask("PUT", "/facts/cubicmedia/north/a", json=facts)
    assert answer.status_code == 200, answer.text
    north, south = await report(admin, MONTH)
    assert north == {
        "platform": "cubicmedia",
        "source": "north",
        "site": None,
        "device_id": None,
        "devices": 2,
        "device_days": 4,
        "online": 206_400,
        "offline": 16_400,
        "planned": 30_000,
        "unknown": 400,
        "not_measured": 4 * 86_400 - 253_200,
        "online_share": 206_400 / 222_800,
    }
    assert south["source"] == "south"
    by_site = await report(admin, f"{MONTH}&group=site&source=north")
    assert [(row["site"], row["device_days"]) for row in by_site] == [(None, 2), ("Mall", 2)]
    by_device = await report(admin, f"{MONTH}&group=device&source=north")
    assert [(row["device_id"], row["site"], row["online"]) for row in by_device] == [
        ("b", None, 40_000),
        ("a", "Mall", 166_400),
    ]
    assert [row["online"] for row in await report(admin, f"from={DAY}&to={DAY}&source=north")] == [120_000]


@pytest.mark.usefixtures("stored")
async def test_a_manager_reads_the_own_sources_alone(admin: Asker, manager: Asker, nobody: Asker) -> None:
    assert [row["source"] for row in await report(manager, f"{MONTH}&group=device")] == ["north", "north"]
    assert await report(manager, f"{MONTH}&source=south") == []
    assert "south" not in (await manager.get(f"/availability.csv?{MONTH}&group=device")).text
    assert (await nobody.get(f"/availability?{MONTH}")).status_code == 401
    assert len(await report(admin, f"{MONTH}&group=device")) == 3


@pytest.mark.usefixtures("stored")
async def test_a_day_again_changes_nothing_and_never_loses_what_was_measured(
    admin: Asker, gateway: httpx.AsyncClient, rows: Rows
) -> None:
    everything = "SELECT * FROM registry.availability ORDER BY device, day"
    before = await rows(everything)
    await told(gateway, part(a=(80_000, 6_400, 0, 0), b=(40_000, 10_000, 30_000, 400)))
    await told(gateway, part(a=(5, 0, 0, 0)))
    assert await rows(everything) == before
    await told(gateway, part(b=(50_000, 10_000, 26_400, 0)))
    assert (await report(admin, f"from={DAY}&to={DAY}&source=north"))[0]["online"] == 130_000


@pytest.mark.usefixtures("stored")
async def test_a_replaced_player_s_history_goes_on_under_the_new_one(admin: Asker, gateway: httpx.AsyncClient) -> None:
    await admin.post(SOURCES, cubic("north"))
    await told(gateway, part(day="2026-03-03", c=(100, 0, 0, 0)))
    await told(gateway, part(day="2026-03-04", d=(10, 0, 0, 0), a=(0, 700, 0, 0)))  # the vendor still lists the first
    by_device = f"{MONTH}&group=device&source=north"
    for new, old in (("c", "a"), ("d", "c")):
        answer = await admin.ask("PUT", f"/facts/cubicmedia/north/{new}", json={"replaces": old, "site": "Mall"})
        assert answer.status_code == 200, answer.text
    assert [
        (row["device_id"], row["site"], row["device_days"], row["online"], row["offline"])
        for row in await report(admin, by_device)
    ] == [
        ("b", None, 2, 40_000, 10_000),
        ("d", "Mall", 4, 166_510, 6_400),
    ]
    await admin.ask("PUT", "/facts/cubicmedia/north/a", json={"replaces": "d"})  # round and round: nobody is the last
    assert [row["device_id"] for row in await report(admin, by_device)] == ["a", "b", "c", "d"]


@pytest.mark.usefixtures("stored")
async def test_rows_outlive_their_source(admin: Asker) -> None:
    await admin.post(SOURCES, cubic("north"))
    await admin.delete("/exporters/cubicmedia")
    assert [row["source"] for row in await report(admin, MONTH)] == ["north", "south"]


@pytest.mark.usefixtures("stored")
async def test_the_report_pages_and_comes_as_a_table(admin: Asker) -> None:
    seen = []
    cursor = ""
    while True:
        page = (await admin.get(f"/availability?{MONTH}&group=device&limit=1{cursor}")).json()
        seen += [(row["source"], row["device_id"]) for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [("north", "a"), ("north", "b"), ("south", "a")]
    table = (await admin.get(f"/availability.csv?{MONTH}&language=ru")).text.splitlines()
    assert table[0].startswith("\ufeffплатформа;источник;")  # noqa: RUF001 - Russian
    assert table[1] == "cubicmedia;north;;;2;4;206400;16400;30000;400;92400;92,64"


@pytest.mark.usefixtures("stored")
async def test_the_report_comes_as_a_workbook_of_the_own_sources(admin: Asker, manager: Asker, nobody: Asker) -> None:
    await told_site(admin)
    answer = await manager.get(f"/availability.xlsx?{MONTH}&group=site&language=ru")
    assert answer.headers["content-disposition"].endswith('availability-2026-03-01-2026-03-31.xlsx"')
    heading, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.values
    assert heading[:3] == ("платформа", "источник", "площадка")
    assert rows == [
        ("cubicmedia", "north", None, None, 1, 2, 40_000, 10_000, 30_000, 400, 92_400, 80),
        ("cubicmedia", "north", "=Mall", None, 1, 2, 166_400, 6_400, 0, 0, 0, 96.3),
    ]
    assert (await nobody.get(f"/availability.xlsx?{MONTH}")).status_code == 401
    assert fields_of(await admin.get("/availability.xlsx?from=2026-03-02&to=2026-03-01")) == ["to"]


@pytest.mark.usefixtures("stored")
async def test_a_report_that_no_sheet_holds_says_what_to_do(admin: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    answer = await admin.get(f"/availability.xlsx?{MONTH}&group=device")
    assert (answer.status_code, fields_of(answer)) == (422, ["group"])
    assert "CSV" in answer.json()["detail"]
    assert (await admin.get(f"/availability.csv?{MONTH}&group=device")).status_code == 200


async def test_days_are_asked_for_until_they_are_complete(
    admin: Asker, registry: Registry, gateway: httpx.AsyncClient
) -> None:
    assert (await gateway.get("/internal/v1/availability")).json() == []
    await admin.post(SOURCES, cubic("north", labels={"time_zone": "Europe/Moscow"}))
    later = utc_now() + timedelta(days=3)
    world = replace(registry.api.state.world, now=lambda: later)
    tasks = await missing(world)
    assert [(task.source, task.labels) for task in tasks[:1]] == [("north", {"time_zone": "Europe/Moscow"})]
    assert {(later.date() - task.day).days for task in tasks} >= {2, 3}
    newest = tasks[0].day
    await told(gateway, part(day=str(newest), last=False, a=(1, 0, 0, 0)))
    assert (await missing(world))[0].day == newest
    await told(gateway, part(day=str(newest), b=(1, 0, 0, 0)))
    assert [task.day for task in await missing(world)] == [task.day for task in tasks[1:]]


async def test_what_does_not_fit_is_refused(admin: Asker, gateway: httpx.AsyncClient) -> None:
    assert fields_of(await admin.get("/availability?from=2026-03-02&to=2026-03-01")) == ["to"]
    for query in ("", "from=yesterday&to=2026-03-01", f"{MONTH}&group=planet", f"{MONTH}&source=a%00b"):
        assert (await admin.get(f"/availability?{query}")).status_code == 422, query
    for body in (part(a=(86_400, 1, 0, 0)), part(a=(-1, 0, 0, 0)), {**part(), "day": "never"}):
        assert (await gateway.post("/internal/v1/availability", json=body)).status_code == 422


def test_a_day_is_closed_a_quarter_of_an_hour_after_its_end() -> None:
    midnight = datetime(2026, 3, 5, tzinfo=UTC)
    since = (midnight - timedelta(days=3)).date()
    assert [day.day for day in closed_days(midnight + timedelta(minutes=14), since)] == [3, 2]
    assert [day.day for day in closed_days(midnight + timedelta(minutes=16), since)] == [4, 3, 2]
    assert len(list(closed_days(midnight, midnight.date() - timedelta(days=400)))) == 14
