"""Exporters as admins declare them."""

from vitrina_registry.testing.asking import Asker, Rows, cubic, fields_of


async def test_exporters_of_the_platforms_exist_from_the_first_start(admin: Asker) -> None:
    items = (await admin.get("/exporters")).json()["items"]
    assert [(item["name"], item["type"], item["enabled"], item["revision"]) for item in items] == [
        ("addreality", "addreality", True, 1),
        ("cubicmedia", "cubicmedia", True, 1),
    ]
    assert items[0]["observed"] is None
    assert items[0]["platform"] == "addreality"
    assert set(items[0]["title"]) == {"en", "ru"}


async def test_a_list_brings_its_sources_along_without_their_settings(admin: Asker) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic("north"))
    assert all(item["sources"] is None for item in (await admin.get("/exporters")).json()["items"])
    items = {item["name"]: item for item in (await admin.get("/exporters?include=sources")).json()["items"]}
    (alone,) = (await admin.get("/exporters/cubicmedia/sources")).json()["items"]
    assert items["cubicmedia"]["sources"] == [{**alone, "config": {}}]
    assert items["addreality"]["sources"] == []
    assert fields_of(await admin.get("/exporters?include=secrets")) == ["include[0]"]


async def test_types_are_served_with_the_texts_of_their_form(admin: Asker) -> None:
    types = {item["type"]: item for item in (await admin.get("/exporter-types")).json()["items"]}
    assert set(types) == {"addreality", "cubicmedia", "probe"}
    token = types["addreality"]["source_schema"]["properties"]["api_token"]
    assert token["x-secret"] is True
    assert token["x-text"]["ru"]["title"] == "Токен API"
    assert token["x-text"]["en"]["description"].startswith("Token of the customer account")
    assert types["addreality"]["singleton"] is True
    assert "x-text" not in types["probe"]["source_schema"]["properties"]["mode"]


async def test_a_created_exporter_answers_with_its_place_and_revision(admin: Asker) -> None:
    answer = await admin.post("/exporters", {"type": "probe", "name": "probe-2", "labels": {"team": "west"}})
    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/registry/v1/exporters/probe-2"
    assert answer.headers["etag"] == '"1"'
    assert answer.json() == (await admin.get("/exporters/probe-2")).json()
    assert answer.json()["labels"] == {"team": "west"}


async def test_disabling_grows_the_revision_and_tells_what_changed(admin: Asker, rows: Rows) -> None:
    answer = await admin.patch("/exporters/cubicmedia", {"enabled": False}, if_match='"1"')
    assert (answer.status_code, answer.headers["etag"], answer.json()["enabled"]) == (200, '"2"', False)
    events = await rows("SELECT subject, payload FROM registry.outbox ORDER BY id DESC LIMIT 1")
    assert events == [
        {
            "subject": "exporters.changed.cubicmedia",
            "payload": {"exporter": "cubicmedia", "revision": 2, "change": "updated", "source": None},
        }
    ]


async def test_a_change_that_changes_nothing_keeps_the_revision_and_emits_nothing(admin: Asker, rows: Rows) -> None:
    before = await rows("SELECT id FROM registry.outbox")
    answer = await admin.patch("/exporters/cubicmedia", {"enabled": True, "labels": {}})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert (await admin.patch("/exporters/cubicmedia", {})).headers["etag"] == '"1"'
    assert await rows("SELECT id FROM registry.outbox") == before


async def test_restart_grows_generation_and_revision(admin: Asker, rows: Rows) -> None:
    answer = await admin.post("/exporters/cubicmedia/restart", None)
    assert (answer.status_code, answer.json()["revision"]) == (202, 2)
    assert await rows("SELECT restart_generation FROM registry.exporters WHERE name = 'cubicmedia'") == [
        {"restart_generation": 1}
    ]
    assert (await rows("SELECT payload FROM registry.outbox ORDER BY id DESC LIMIT 1"))[0]["payload"]["change"] == (
        "restarted"
    )


async def test_a_deleted_exporter_is_gone_with_its_sources_and_can_be_made_again(admin: Asker, rows: Rows) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic())
    assert (await admin.delete("/exporters/cubicmedia", '"2"')).status_code == 204
    assert (await admin.get("/exporters/cubicmedia")).status_code == 404
    assert (await admin.get("/exporters/cubicmedia/sources")).status_code == 404
    assert await rows("SELECT name FROM registry.sources") == []
    again = await admin.post("/exporters", {"type": "cubicmedia"})
    assert (again.status_code, again.json()["name"], again.json()["revision"]) == (201, "cubicmedia", 4)
    assert again.json()["source_count"] == 0
    assert (await admin.delete("/exporters/cubicmedia", '"2"')).status_code == 412


async def test_a_taken_name_or_place_is_a_conflict(admin: Asker) -> None:
    for body in ({"type": "cubicmedia"}, {"type": "cubicmedia", "name": "cubicmedia"}):
        answer = await admin.post("/exporters", body)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:vitrina:problem:conflict")
        assert fields_of(answer) == ["name"]


async def test_a_second_exporter_of_a_singleton_type_is_a_conflict(admin: Asker) -> None:
    answer = await admin.post("/exporters", {"type": "cubicmedia", "name": "cubic-two"})
    assert answer.status_code == 409
    assert "cubicmedia" in answer.json()["detail"]


async def test_bad_fields_of_an_exporter_are_named(admin: Asker) -> None:
    bad: list[tuple[object, list[str]]] = [
        ({"type": "dishwasher"}, ["type"]),
        ({"type": 7}, ["type"]),
        ({}, ["type"]),
        ({"type": "probe", "name": "../etc"}, ["name"]),
        ({"type": "probe", "name": "Upper"}, ["name"]),
        ({"type": "probe", "name": "a" * 64}, ["name"]),
        ({"type": "probe", "name": "nul\u0000"}, ["name"]),
        ({"type": "probe", "name": "line\n"}, ["name"]),
        ({"type": "probe", "name": ""}, ["name"]),
        ({"type": "probe", "enabled": "yes"}, ["enabled"]),
        ({"type": "probe", "surprise": 1}, ["surprise"]),
        ({"type": "probe", "labels": {"Bad": "x"}}, ["labels.Bad"]),
        ({"type": "probe", "labels": {"good": "x" * 201}}, ["labels.good"]),
        ({"type": "probe", "labels": {"good": "nul\u0000"}}, ["labels.good"]),
        ({"type": "probe", "labels": {f"n{number}": "x" for number in range(17)}}, ["labels"]),
        ([], ["body"]),
    ]
    for body, fields in bad:
        answer = await admin.post("/exporters", body)
        assert (answer.status_code, fields_of(answer)) == (422, fields), body
    assert len((await admin.get("/exporters")).json()["items"]) == 2


async def test_a_patch_with_bad_fields_changes_nothing(admin: Asker) -> None:
    for body in ({"enabled": None}, {"enabled": 1}, {"labels": None}, {"name": "x"}, {"labels": {"Bad": "x"}}):
        answer = await admin.patch("/exporters/cubicmedia", {"enabled": False, **body})
        assert answer.status_code == 422, body
    assert (await admin.get("/exporters/cubicmedia")).json()["revision"] == 1


async def test_names_that_cannot_exist_are_not_found(admin: Asker) -> None:
    for name in ("nope", "%00", "..%2F..%2Fetc", "Nope", "a" * 300, "%F0%9F%92%A9"):
        assert (await admin.get(f"/exporters/{name}")).status_code == 404, name
        assert (await admin.get(f"/exporters/cubicmedia/sources/{name}")).status_code == 404, name


async def test_logs_need_an_orchestrator_that_answers(admin: Asker) -> None:
    answer = await admin.get("/exporters/cubicmedia/logs")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:vitrina:problem:unavailable")
    assert "retry-after" in answer.headers
    assert (await admin.get("/exporters/cubicmedia/logs?tail=many")).status_code == 422
    assert (await admin.get("/exporters/nope/logs")).status_code == 404


async def test_refusals_speak_the_caller_s_language(admin: Asker) -> None:
    russian = await admin.ask("POST", "/exporters", json={"type": "x"}, headers={"Accept-Language": "ru-RU,en;q=0.5"})
    assert "не известен" in russian.json()["errors"][0]["message"]
