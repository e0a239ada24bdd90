"""What people know of devices: one by one, many at once, as a table; all or none."""

import asyncio
import csv
import io
import json
from typing import Any

import httpx
import pytest
import sqlalchemy
from sqlalchemy.ext.asyncio import AsyncEngine
from vitrina_registry.app import Registry
from vitrina_registry.testing.asking import MAC, Asker, Rows, addreality, client_of, cubic, fields_of

NORTH = f"/facts/cubicmedia/north/{MAC}"
VENDOR = "/facts/addreality/vendor/17"
HEADING = "platform;source;device_id;site;city;latitude;tags"


@pytest.fixture
async def fleet(admin: Asker) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic())
    await admin.post("/exporters/addreality/sources", addreality())


async def put(admin: Asker, path: str, body: Any) -> httpx.Response:
    return await admin.ask("PUT", path, json=body)


async def send(admin: Asker, text: str | bytes, query: str = "") -> httpx.Response:
    return await admin.ask("POST", f"/facts.csv{query}", content=text, headers={"Content-Type": "text/csv"})


@pytest.mark.usefixtures("fleet")
async def test_facts_of_a_device_are_written_read_and_taken_away(admin: Asker) -> None:
    body = {"site": " Lobby ", "city": "Пермь", "latitude": 58.01, "tags": ["a"], "time_zone": "Asia/Yekaterinburg"}
    answer = await put(admin, NORTH.lower().replace("%3a", ""), body)
    assert (answer.status_code, answer.headers["etag"], answer.json()["site"]) == (200, '"1"', "Lobby")
    assert answer.json() == (await admin.get(NORTH)).json()
    assert (answer.json()["device_id"], answer.json()["updated_by"]) == (MAC, "anna")
    assert (await put(admin, NORTH, {"site": "Hall"})).json()["city"] is None
    assert (await admin.ask("DELETE", NORTH)).status_code == 204
    assert (await admin.get(NORTH)).status_code == 404
    actions = [item["action"] for item in (await admin.get("/audit?source=north")).json()["items"]]
    assert actions[:3] == ["facts_changed"] * 3


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"latitude": 91}, "latitude"),
        ({"longitude": "east"}, "longitude"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone"),
        ({"opening_hours": "from nine to five"}, "opening_hours"),
        ({"site": "x" * 201}, "site"),
        ({"site": "a\u0000b"}, "site"),
        ({"note": "a\u0000b"}, "note"),
        ({"tags": ["x"] * 21}, "tags"),
        ({"tags": [""]}, "tags[0]"),
        ({"surprise": 1}, "surprise"),
        ([], "body"),
    ],
)
async def test_a_fact_that_does_not_fit_is_named(admin: Asker, body: Any, field: str) -> None:
    answer = await put(admin, NORTH, body)
    assert (answer.status_code, fields_of(answer)) == (422, [field])


@pytest.mark.usefixtures("fleet")
async def test_a_device_needs_a_source_that_exists_on_that_platform(admin: Asker) -> None:
    for path in ("/facts/cubicmedia/vendor/1", "/facts/cubicmedia/nope/1", "/facts/nope/north/1"):
        assert (await put(admin, path, {"site": 5})).status_code == 404
    assert (await put(admin, "/facts/addreality/vendor/with%2Fslash", {"site": "x"})).status_code == 200
    assert (await put(admin, f"/facts/addreality/vendor/{'x' * 201}", {"site": "x"})).status_code == 422


@pytest.mark.usefixtures("fleet")
async def test_many_devices_are_changed_at_once_and_only_in_the_named_fields(admin: Asker) -> None:
    await put(admin, VENDOR, {"site": "Lobby", "note": "keep"})
    chosen = [{"platform": "addreality", "source": "vendor", "device_id": str(number)} for number in (17, 18, 19)]
    answer = await admin.post("/facts/bulk", {"devices": chosen, "set": {"city": "Tver", "site": None}})
    counts = {name: count for name, count in answer.json().items() if name != "before"}
    assert counts == {"created": 2, "updated": 1, "unchanged": 0, "removed": 0}
    facts = (await admin.get(VENDOR)).json()
    assert (facts["city"], facts["site"], facts["note"]) == ("Tver", None, "keep")
    again = await admin.post("/facts/bulk", {"devices": chosen, "set": {"city": "Tver"}})
    assert again.json()["unchanged"] == 3
    foreign = [*chosen, {"platform": "addreality", "source": "nope", "device_id": "1"}]
    refused = await admin.post("/facts/bulk", {"devices": foreign, "set": {"city": "Omsk"}})
    assert (refused.status_code, fields_of(refused)) == (422, ["line 4, source"])
    assert (await admin.get(VENDOR)).json()["city"] == "Tver"
    for unknown in ("colour", "\ud800"):
        body = json.dumps({"devices": chosen, "set": {unknown: "red"}})  # the client's own writer stops at half a pair
        odd = await admin.ask("POST", "/facts/bulk", content=body, headers={"Content-Type": "application/json"})
        assert odd.status_code == 422


@pytest.mark.usefixtures("fleet")
async def test_what_was_before_a_change_puts_each_device_back(admin: Asker) -> None:
    await put(admin, VENDOR, {"site": "Lobby", "tags": ["a,b"]})
    known = (await admin.get(VENDOR)).json()
    chosen = [{"platform": "addreality", "source": "vendor", "device_id": number} for number in ("17", "18")]
    changes = {"site": "Hall", "tags": ["c"]}
    before = (await admin.post("/facts/bulk", {"devices": chosen, "set": changes})).json()["before"]
    assert [(item["device_id"], item["site"], item["tags"]) for item in before] == [
        ("17", "Lobby", ["a,b"]),
        ("18", None, []),
    ]
    each = [
        {**place, "set": {name: item[name] for name in changes}} for place, item in zip(chosen, before, strict=True)
    ]
    undone = (await admin.post("/facts/bulk", {"devices": each})).json()
    assert (undone["updated"], undone["removed"]) == (1, 1)
    assert {**(await admin.get(VENDOR)).json(), "version": 0, "updated_at": ""} == {
        **known,
        "version": 0,
        "updated_at": "",
    }
    assert (await admin.post("/facts/bulk", {"devices": chosen})).status_code == 422


@pytest.mark.usefixtures("fleet")
async def test_a_refused_table_speaks_the_reader_s_language(admin: Asker) -> None:
    rows = ["addreality;vendor;1;A;B;north;", f"addreality;vendor;2;{'A' * 201};B;91;", "addreality;vendor;;A;B;1;"]
    headers = {"Content-Type": "text/csv", "Accept-Language": "ru"}
    told = {}
    for text in (f"{HEADING}\n{rows[2]}", "\n".join([HEADING, *rows[:2]])):
        answer = await admin.ask("POST", "/facts.csv", content=text, headers=headers)
        told |= {error["field"]: error["message"] for error in answer.json()["errors"]}
    assert told == {
        "line 2, device_id": "не должно быть пустым",
        "line 2, latitude": "должно быть числом",
        "line 3, site": "не больше 200 символов",
        "line 3, latitude": "должно быть не больше 90.0",
    }


@pytest.mark.usefixtures("fleet")
async def test_a_table_goes_out_and_comes_back_the_same(admin: Asker) -> None:
    tricky = {"site": "=cmd()", "address": 'a;b,"c"', "note": "two\nlines", "tags": ["x", "y z"], "contact": "'quoted"}
    await put(admin, VENDOR, {**tricky, "latitude": -33.5, "city": "+7"})
    for language, separator in (("ru", ";"), ("en", ",")):
        text = (await admin.get(f"/facts.csv?language={language}")).text
        assert text.startswith("\ufeffplatform")
        cells = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator))
        row = dict(zip(cells[0], cells[1], strict=True))
        assert (row["site"], row["city"], row["latitude"]) == ("'=cmd()", "'+7", "-33.5")
        assert (await send(admin, text)).json() == {"created": 0, "updated": 0, "unchanged": 1, "removed": 0}


@pytest.mark.usefixtures("fleet")
async def test_a_table_from_a_russian_spreadsheet_is_read(admin: Asker) -> None:
    text = f"{HEADING}\r\naddreality;vendor;1;Холл;Пермь;58,01;a|b\r\n"
    for content in (text.encode("cp1251"), text.encode("utf-8-sig"), text.replace(";", "\t").encode()):
        assert (await send(admin, content, "?dry_run=true")).json()["created"] == 1
    assert (await send(admin, text.encode("cp1251"))).status_code == 200
    facts = (await admin.get("/facts/addreality/vendor/1")).json()
    assert (facts["site"], facts["latitude"], facts["tags"]) == ("Холл", 58.01, ["a", "b"])
    cleared = await send(admin, "platform,source,device_id,city\naddreality,vendor,1,\n")
    assert cleared.json()["updated"] == 1
    facts = (await admin.get("/facts/addreality/vendor/1")).json()
    assert (facts["site"], facts["city"]) == ("Холл", None)


@pytest.mark.usefixtures("fleet")
async def test_one_bad_line_of_a_table_and_nothing_is_taken(admin: Asker) -> None:
    lines = [HEADING, "addreality;vendor;1;A;B;1;", "addreality;vendor;2;A;B;north;", "addreality;nope;3;A;B;1;"]
    answer = await send(admin, "\n".join([*lines, "addreality;vendor;1;A;B;1;", "addreality;vendor;;A;B;1;"]))
    assert answer.status_code == 422
    assert fields_of(answer) == ["line 5", "line 6, device_id"]
    answer = await send(admin, "\n".join(lines))
    assert fields_of(answer) == ["line 3, latitude", "line 4, source"]
    assert (await admin.get("/facts")).json()["items"] == []


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(
    "text", ["", "\n\n", "a;b\n1;2", f"{HEADING};surprise\n", f"{HEADING};city\n", '"', "\0", "platform" * 9999]
)
async def test_what_is_no_such_table_is_refused_in_words(admin: Asker, text: str) -> None:
    answer = await send(admin, text)
    assert (answer.status_code, fields_of(answer)[0]) == (422, "line 1")


@pytest.mark.usefixtures("fleet")
async def test_ten_thousand_devices_come_in_one_table(admin: Asker, gateway: httpx.AsyncClient) -> None:
    rows = [f"addreality;vendor;{number};Site {number % 50};Perm;58;a" for number in range(10_000)]
    assert (await send(admin, "\n".join([HEADING, *rows]))).json()["created"] == 10_000
    delta = (await gateway.get("/internal/v1/facts")).json()
    assert (delta["version"], delta["full"], len(delta["items"])) == (1, True, 10_000)


@pytest.mark.usefixtures("fleet")
async def test_a_fact_of_a_later_version_stays_when_this_one_changes_others(
    admin: Asker, engine: AsyncEngine, rows: Rows
) -> None:
    await put(admin, NORTH, {"site": "Lobby", "city": "Perm"})
    later = sqlalchemy.text("UPDATE registry.device_facts SET facts = facts || '{\"of_the_next_version\": [1]}'")
    async with engine.begin() as connection:
        await connection.execute(later)
    assert (await put(admin, NORTH, {"site": "Hall"})).json()["city"] is None
    stored = "SELECT facts FROM registry.device_facts"
    assert await rows(stored) == [{"facts": {"site": "Hall", "of_the_next_version": [1]}}]
    await admin.ask("DELETE", NORTH)
    assert await rows(stored) == [{"facts": None}]


@pytest.mark.usefixtures("fleet")
async def test_a_manager_reads_the_facts_of_own_sources_alone(admin: Asker, manager: Asker) -> None:
    await put(admin, NORTH, {"site": "Lobby"})
    await put(admin, VENDOR, {"site": "Secret"})
    assert [item["source"] for item in (await manager.get("/facts")).json()["items"]] == ["north"]
    assert "Secret" not in (await manager.get("/facts.csv")).text
    assert (await manager.get("/facts?source=vendor")).json()["items"] == []
    assert (await manager.get(NORTH)).json()["site"] == "Lobby"
    foreign, absent = await manager.get(VENDOR), await manager.get("/facts/addreality/nothing/17")
    assert (foreign.status_code, foreign.json()["detail"]) == (404, absent.json()["detail"])
    assert (await put(manager, NORTH, {"site": 5})).status_code == 403
    assert (await send(manager, "x")).status_code == 403


@pytest.mark.usefixtures("fleet")
async def test_facts_page_by_cursor(admin: Asker) -> None:
    for number in range(3):
        await put(admin, f"/facts/addreality/vendor/{number}", {"city": "x"})
    await put(admin, NORTH, {"city": "x"})
    first = (await admin.get("/facts?limit=2")).json()
    second = (await admin.get(f"/facts?limit=2&cursor={first['next_cursor']}")).json()
    assert [item["device_id"] for item in first["items"] + second["items"]] == ["0", "1", "2", MAC]
    assert second["next_cursor"] is None


@pytest.mark.usefixtures("fleet")
async def test_the_gateway_is_told_what_changed_since_it_asked(admin: Asker, gateway: httpx.AsyncClient) -> None:
    async def since(version: int) -> dict[str, Any]:
        answer: dict[str, Any] = (await gateway.get("/internal/v1/facts", params={"since": version})).json()
        return answer

    assert await since(0) == {"version": 0, "full": True, "items": []}
    await put(admin, NORTH, {"site": "Lobby"})
    await put(admin, VENDOR, {"site": "Hall"})
    assert [item["site"] for item in (await since(0))["items"]] == ["Hall", "Lobby"]
    await admin.ask("DELETE", NORTH)
    delta = await since(2)
    assert (delta["version"], delta["full"]) == (3, False)
    assert [(item["device_id"], item["site"]) for item in delta["items"]] == [(MAC, None)]
    assert (await since(3))["items"] == []
    restored = await since(99)
    assert (restored["version"], restored["full"], len(restored["items"])) == (3, True, 1)


@pytest.mark.usefixtures("fleet")
async def test_versions_grow_in_the_order_of_commits(admin: Asker, gateway: httpx.AsyncClient) -> None:
    seen: dict[str, str] = {}

    async def follow() -> None:
        version = 0
        while len(seen) < 20:
            delta = (await gateway.get("/internal/v1/facts", params={"since": version})).json()
            seen.update({item["device_id"]: item["site"] for item in delta["items"]})
            version = delta["version"]

    async def write(numbers: range) -> None:
        for number in numbers:
            answer = await put(admin, f"/facts/addreality/vendor/{number}", {"site": "x"})
            assert answer.status_code == 200

    async with asyncio.timeout(120):
        await asyncio.gather(follow(), *(write(range(first, 20, 4)) for first in range(4)))
    assert len(seen) == 20


@pytest.mark.usefixtures("fleet")
async def test_site_and_city_are_a_series_of_each_device(admin: Asker, registry: Registry) -> None:
    await put(admin, NORTH, {"site": 'The "Hall"', "city": "Пермь"})
    await put(admin, VENDOR, {"note": "no place"})
    answer = await client_of(registry.internal, None).get("/metrics/declared")
    (line,) = [line for line in answer.text.splitlines() if line.startswith("signage_")]
    labels = f'city="Пермь",device_id="{MAC}",platform="cubicmedia",site="The \\"Hall\\"",source="north"'
    assert line == f"signage_device_site_info{{{labels}}} 1.0"
