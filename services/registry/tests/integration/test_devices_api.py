"""The devices of a source as a collection: added, removed, pasted; all lines or none."""

from typing import Any

import httpx
import pytest
from vitrina_registry.testing.asking import MAC, PUBLIC, Asker, addreality, cubic, fields_of

SOURCES = "/exporters/cubicmedia/sources"
NORTH = f"{SOURCES}/north"
MACS = [f"AA:BB:CC:DD:EE:{number:02X}" for number in range(8)]


@pytest.fixture
async def fleet(admin: Asker) -> None:
    """`north` has the first two devices, `south` the last."""
    for name, macs in (("north", MACS[:2]), ("south", MACS[7:])):
        await admin.post(SOURCES, {"name": name, "config": {"api_url": f"{PUBLIC}?mac=", "macs": macs}})


async def paste(admin: Asker, text: str, content_type: str = "text/csv") -> httpx.Response:
    return await admin.ask("POST", f"{NORTH}/devices", content=text, headers={"Content-Type": content_type})


async def devices(admin: Asker) -> list[str]:
    items: list[str] = (await admin.get(f"{NORTH}/devices")).json()["items"]
    return items


@pytest.mark.usefixtures("fleet")
async def test_devices_come_and_go_in_one_change_and_each_line_is_told(admin: Asker) -> None:
    body = {"add": [MACS[2], MACS[1].replace(":", "-").lower(), MACS[2]], "remove": [MACS[0], MACS[5]]}
    answer = (await admin.post(f"{NORTH}/devices", body)).json()
    assert (answer["revision"], answer["devices"], answer["added"], answer["removed"]) == (4, 2, 1, 1)
    assert answer["cycle_seconds"] == (await admin.get(NORTH)).json()["cycle_seconds"]
    assert [(line["line"], line["outcome"]) for line in answer["lines"]] == [
        (1, "removed"),
        (2, "not_there"),
        (1, "added"),
        (2, "already_there"),
        (3, "repeated"),
    ]
    assert await devices(admin) == MACS[1:3]
    newest = (await admin.get(f"{NORTH}/revisions")).json()["items"][0]
    assert newest["change"] == "source_devices_changed"
    (difference,) = newest["diff"]
    assert (difference["added_count"], difference["removed_count"]) == (1, 1)


@pytest.mark.usefixtures("fleet")
async def test_a_paste_or_a_csv_is_taken_by_its_first_column(admin: Asker) -> None:
    answer = await paste(admin, f'\ufeffMAC;name\r\n{MACS[2]};Lobby\r\n\r\n"{MACS[3]}";Hall\r\n')
    assert answer.status_code == 200, answer.text
    assert [(line["line"], line["value"]) for line in answer.json()["lines"]] == [(2, MACS[2]), (4, MACS[3])]
    assert (await paste(admin, f"{MACS[4]}\n{MACS[5]}", "text/plain; charset=utf-8")).json()["added"] == 2
    assert await devices(admin) == MACS[:6]


@pytest.mark.usefixtures("fleet")
async def test_one_bad_line_and_nothing_is_taken(admin: Asker) -> None:
    answer = await paste(admin, f"{MACS[2]}\nnonsense\n{MACS[3]}\nAA:BB\n")
    assert (answer.status_code, fields_of(answer)) == (422, ["line 2", "line 4"])
    assert "AA:BB:CC:DD:EE:FF" in answer.json()["errors"][0]["message"]
    assert await devices(admin) == MACS[:2]
    assert (await admin.get(NORTH)).json()["revision"] == 2


@pytest.mark.usefixtures("fleet")
async def test_a_device_of_another_source_is_told_before_it_is_saved(admin: Asker) -> None:
    other = MACS[7].replace(":", "").lower()
    answer = await admin.post(f"{NORTH}/devices", {"add": [MACS[3], other]})
    assert (answer.status_code, fields_of(answer)) == (422, ["line 2"])
    assert "south" in answer.json()["errors"][0]["message"]
    anyway = await admin.post(f"{NORTH}/devices", {"add": [other], "accept_shared": True})
    assert anyway.status_code == 200
    assert "south" in anyway.json()["lines"][0]["detail"]
    config = {"api_url": f"{PUBLIC}?mac=", "macs": [MACS[1], MACS[7]]}
    tried = await admin.post(f"{SOURCES}?dry_run=true", {"name": "west", "config": config})
    assert {(item["device_id"], item["source"]) for item in tried.json()["shared_devices"]} == {
        (MACS[1], "north"),
        (MACS[7], "south"),
    }


@pytest.mark.usefixtures("fleet")
async def test_devices_are_removed_one_or_many_and_never_all(admin: Asker) -> None:
    await admin.post(f"{NORTH}/devices", {"add": MACS[2:5]})
    query = "&".join(f"device_id={mac}" for mac in (MACS[2], MACS[3].lower()))
    answer = await admin.ask("DELETE", f"{NORTH}/devices?{query}")
    assert (answer.status_code, answer.json()["removed"]) == (200, 2)
    last = await admin.post(f"{NORTH}/devices", {"remove": MACS})
    assert (last.status_code, fields_of(last)) == (422, ["config.macs"])


@pytest.mark.usefixtures("fleet")
async def test_what_changes_nothing_keeps_the_revision(admin: Asker) -> None:
    answer = await admin.post(f"{NORTH}/devices", {"add": MACS[:2], "remove": [MACS[5]]})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (await admin.post(f"{NORTH}/devices", {})).json()["devices"] == 2


@pytest.mark.usefixtures("fleet")
async def test_a_stale_writer_is_refused_when_it_says_what_it_saw(admin: Asker) -> None:
    headers = {"If-Match": '"1"'}
    assert (await admin.ask("POST", f"{NORTH}/devices", json={"add": [MACS[2]]}, headers=headers)).status_code == 412


@pytest.mark.usefixtures("fleet")
async def test_ten_thousand_lines_are_one_change(admin: Asker) -> None:
    lines = "\n".join(f"0A{number:010X}" for number in range(10_000))
    tried = await admin.ask(
        "POST", f"{NORTH}/devices?dry_run=true", content=lines, headers={"Content-Type": "text/plain"}
    )
    assert (tried.json()["added"], await devices(admin)) == (10_000, MACS[:2])
    assert (await paste(admin, lines)).json()["devices"] == 10_002
    page = (await admin.get(f"{NORTH}/devices?limit=1000")).json()
    second = (await admin.get(f"{NORTH}/devices?limit=1000&cursor={page['next_cursor']}")).json()
    assert (len(page["items"]), second["items"][0]) == (1000, f"0A{998:010X}")


@pytest.mark.usefixtures("fleet")
async def test_bad_bodies_are_named(admin: Asker) -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        ({"json": {"add": "x"}}, "add"),
        ({"json": {"add": [1]}}, "add[0]"),
        ({"json": {"surprise": []}}, "surprise"),
        ({"json": []}, "body"),
        ({"content": b"{"}, "body"),
        ({"content": b"\xff\xfe", "headers": {"Content-Type": "text/csv"}}, "body"),
        ({"content": b"", "headers": {"Content-Type": "text/csv"}}, "body"),
        ({"content": b"mac\n", "headers": {"Content-Type": "text/csv"}}, "body"),
        ({"json": {"add": ["nul\0"]}}, "line 1"),
    ]
    for options, field in bad:
        answer = await admin.ask("POST", f"{NORTH}/devices", **options)
        assert (answer.status_code, fields_of(answer)) == (422, [field]), (options, answer.text)
    assert (await admin.ask("DELETE", f"{NORTH}/devices")).status_code == 422


async def test_a_vendor_that_lists_its_devices_has_no_collection_here(admin: Asker, manager: Asker) -> None:
    await admin.post("/exporters/addreality/sources", addreality())
    await admin.post(SOURCES, cubic())
    assert (await admin.get("/exporters/addreality/sources/vendor/devices")).status_code == 404
    assert (await admin.post("/exporters/addreality/sources/vendor/devices", {"add": [MAC]})).status_code == 404
    assert (await admin.post(f"{SOURCES}/nope/devices", {"add": 5})).status_code == 404
    assert (await manager.get(f"{NORTH}/devices")).status_code == 403
    assert (await manager.post(f"{NORTH}/devices", {"add": 5})).status_code == 403
