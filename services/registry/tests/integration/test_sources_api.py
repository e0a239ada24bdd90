"""Sources as admins declare them."""

from typing import Any

from vitrina_registry.testing.asking import MAC, PUBLIC, Asker, Rows, addreality, cubic, fields_of

SOURCES = "/exporters/cubicmedia/sources"


async def test_a_created_source_answers_with_its_place_and_grows_the_exporter_s_revision(admin: Asker) -> None:
    answer = await admin.post(SOURCES, cubic(labels={"region": "north"}))
    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/registry/v1/exporters/cubicmedia/sources/north"
    assert answer.headers["etag"] == '"2"'
    body = answer.json()
    assert body == (await admin.get(f"{SOURCES}/north")).json()
    assert body["config"] == {"api_url": f"{PUBLIC}?mac=", "macs": [MAC]}
    assert (body["labels"], body["enabled"], body["observed"]) == ({"region": "north"}, True, None)
    exporter = (await admin.get("/exporters/cubicmedia")).json()
    assert (exporter["revision"], exporter["source_count"]) == (2, 1)


async def test_a_name_is_taken_in_the_whole_installation(admin: Asker, rows: Rows) -> None:
    await admin.post(SOURCES, cubic("north"))
    answer = await admin.post("/exporters/addreality/sources", addreality("north"))
    assert (answer.status_code, fields_of(answer)) == (409, ["name"])
    assert await rows("SELECT revision FROM registry.exporters WHERE name = 'addreality'") == [{"revision": 1}]


async def test_a_changed_source_takes_its_own_or_the_exporter_s_revision(admin: Asker) -> None:
    await admin.post(SOURCES, cubic("north"))
    await admin.post(SOURCES, cubic("south"))
    own = await admin.patch(f"{SOURCES}/north", {"enabled": False}, if_match='"2"')
    assert (own.status_code, own.headers["etag"]) == (200, '"4"')
    stale = await admin.patch(f"{SOURCES}/south", {"enabled": False}, if_match='"2"')
    assert stale.status_code == 412
    exporters = await admin.patch(f"{SOURCES}/south", {"enabled": False}, if_match='"4"')
    assert (exporters.status_code, exporters.headers["etag"]) == (200, '"5"')


async def test_config_is_replaced_as_a_whole_and_nothing_else_changes(admin: Asker) -> None:
    await admin.post(SOURCES, cubic(labels={"a": "b"}))
    config = {"api_url": f"{PUBLIC}?mac=", "macs": [MAC, "aabbccddeeff"], "request_budget": 0.5}
    answer = (await admin.patch(f"{SOURCES}/north", {"config": config})).json()
    assert (answer["config"], answer["labels"], answer["enabled"]) == (config, {"a": "b"}, True)
    answer = (await admin.patch(f"{SOURCES}/north", {"config": cubic()["config"]})).json()
    assert "request_budget" not in answer["config"]


async def test_a_change_that_changes_nothing_keeps_both_revisions(admin: Asker, rows: Rows) -> None:
    await admin.post("/exporters/addreality/sources", addreality(token="t-1"))
    before = await rows("SELECT id FROM registry.outbox")
    for body in (
        {},
        {"enabled": True},
        addreality(token="t-1")["config"] and {"config": addreality(token="t-1")["config"]},
    ):
        answer = await admin.patch("/exporters/addreality/sources/vendor", body)
        assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert await rows("SELECT id FROM registry.outbox") == before


async def test_a_deleted_source_is_gone(admin: Asker, rows: Rows) -> None:
    await admin.post(SOURCES, cubic())
    assert (await admin.delete(f"{SOURCES}/north", '"1"')).status_code == 412
    assert (await admin.delete(f"{SOURCES}/north", '"2"')).status_code == 204
    assert (await admin.get(f"{SOURCES}/north")).status_code == 404
    assert await rows("SELECT payload ->> 'change' AS change FROM registry.outbox ORDER BY id DESC LIMIT 1") == [
        {"change": "source_deleted"}
    ]


async def test_a_deleted_source_s_name_is_free_once_its_series_are_kept_on_purpose(admin: Asker) -> None:
    await admin.post(SOURCES, cubic())
    await admin.delete(f"{SOURCES}/north")
    operation = (await admin.get("/operations?source=north")).json()["items"][0]
    taken = await admin.post(SOURCES, cubic())
    assert (taken.status_code, fields_of(taken)) == (409, ["name"])
    assert f"/operations/{operation['id']}/cancel" in taken.json()["detail"]
    assert (await admin.post(f"/operations/{operation['id']}/cancel", None)).json()["state"] == "cancelled"
    assert (await admin.post(SOURCES, cubic())).headers["etag"] == '"4"'


async def test_a_source_belongs_to_one_exporter(admin: Asker) -> None:
    await admin.post(SOURCES, cubic("north"))
    for answer in (
        await admin.get("/exporters/addreality/sources/north"),
        await admin.patch("/exporters/addreality/sources/north", {"enabled": False}),
        await admin.delete("/exporters/addreality/sources/north"),
    ):
        assert answer.status_code == 404


async def test_each_bad_mac_is_named_with_its_line_and_value(admin: Asker) -> None:
    macs = [MAC, "not-a-mac", "AABBCCDDEEFF", 7]
    answer = await admin.post(SOURCES, {"name": "north", "config": {"api_url": f"{PUBLIC}?mac=", "macs": macs}})
    assert (answer.status_code, fields_of(answer)) == (422, ["config.macs[1]", "config.macs[3]"])
    message = answer.json()["errors"][0]["message"]
    assert "not-a-mac" in message
    assert "AA:BB:CC:DD:EE:FF" in message
    assert "config.macs[1]" in answer.json()["detail"]


async def test_bad_fields_of_a_source_are_named(admin: Asker) -> None:
    url = f"{PUBLIC}?mac="
    deep: Any = "x"
    for _ in range(30):
        deep = [deep]
    bad: list[tuple[dict[str, Any], list[str]]] = [
        ({"config": {"macs": [MAC]}}, ["config.api_url"]),
        ({"config": {"api_url": url}}, ["config.macs"]),
        ({"config": {"api_url": url, "macs": []}}, ["config.macs"]),
        ({"config": {"api_url": 5, "macs": [MAC]}}, ["config.api_url"]),
        ({"config": {"api_url": url, "macs": [MAC], "colour": "red"}}, ["config.colour"]),
        ({"config": {"api_url": url, "macs": [MAC], "request_budget": 0}}, ["config.request_budget"]),
        ({"config": {"api_url": url, "macs": [MAC], "request_budget": "5"}}, ["config.request_budget"]),
        ({"config": {"api_url": url, "macs": [MAC], "request_budget": 10**40}}, ["config.request_budget"]),
        ({"config": {"api_url": url, "macs": [MAC], "offline_values": ["nul\u0000"]}}, ["config.offline_values[0]"]),
        ({"config": {"api_url": url, "macs": deep}}, ["config.macs" + "[0]" * 16]),
        ({"config": []}, ["config"]),
        ({"config": None}, ["config"]),
        ({}, ["config"]),
        ({**cubic(), "name": "a b"}, ["name"]),
        ({**cubic(), "name": "../x"}, ["name"]),
        ({**cubic(), "name": "имя"}, ["name"]),
        ({**cubic(), "surprise": 1}, ["surprise"]),
        ({**cubic(), "labels": {"Bad": "x"}}, ["labels.Bad"]),
    ]
    for body, fields in bad:
        answer = await admin.post(SOURCES, {"name": "north", **body})
        assert (answer.status_code, fields_of(answer)) == (422, fields), (body, answer.text)
    assert (await admin.get(SOURCES)).json() == {"items": [], "next_cursor": None}
    assert (await admin.get("/exporters/cubicmedia")).json()["revision"] == 1


async def test_json_that_python_alone_understands_is_refused(admin: Asker) -> None:
    for number in ("NaN", "Infinity", "-Infinity", "1e999"):
        body = (
            f'{{"name": "north", "config": {{"api_url": "{PUBLIC}", "macs": ["{MAC}"], "request_budget": {number}}}}}'
        )
        answer = await admin.ask("POST", SOURCES, content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, fields_of(answer)) == (422, ["config.request_budget"])
    lone = f'{{"name": "north", "config": {{"api_url": "{PUBLIC}", "macs": ["\\ud800"]}}}}'
    answer = await admin.ask("POST", SOURCES, content=lone, headers={"Content-Type": "application/json"})
    assert (answer.status_code, fields_of(answer)) == (422, ["config.macs[0]"])


async def test_messages_of_fields_come_in_russian_when_asked_for(admin: Asker) -> None:
    body = {"name": "north", "config": {"api_url": f"{PUBLIC}?mac=", "macs": ["bad"]}}
    answer = await admin.ask("POST", SOURCES, json=body, headers={"Accept-Language": "ru"})
    assert answer.json()["errors"][0]["message"].startswith('"bad" не подходит: MAC-адрес вида')


async def test_ten_thousand_devices_make_one_source_and_its_cycle_is_told(admin: Asker) -> None:
    targets = [f"device-{number}" for number in range(10_000)]
    await admin.post("/exporters", {"type": "probe"})
    answer = await admin.post("/exporters/probe/sources", {"name": "many", "config": {"targets": targets}})
    assert (answer.status_code, answer.json()["cycle_seconds"]) == (201, 500.0)
    changed = await admin.patch("/exporters/probe/sources/many", {"config": {"targets": ["a"], "request_budget": 0.01}})
    assert changed.json()["cycle_seconds"] == 100.0
    assert (await admin.patch("/exporters/probe/sources/many", {"config": {}})).json()["cycle_seconds"] == 60.0


async def test_many_bad_lines_are_told_fifty_at_a_time(admin: Asker) -> None:
    body = {"name": "north", "config": {"api_url": PUBLIC, "macs": ["bad"] * 5000}}
    answer = await admin.post(SOURCES, body)
    assert len(fields_of(answer)) == 50
    assert fields_of(answer)[49] == "config.macs[49]"
