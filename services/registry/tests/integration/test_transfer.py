"""What stands in git is what runs: export, plan, apply, prune."""

import json
from typing import Any

import httpx
import pytest
import yaml
from vitrina_registry.testing.asking import MAC, PUBLIC, Asker, Rows, addreality, cubic, fields_of

CANARY = "canary-of-the-export"
EVERYTHING = """
    SELECT (SELECT jsonb_agg(to_jsonb(e) ORDER BY name) FROM registry.exporters e) AS exporters,
           (SELECT jsonb_agg(to_jsonb(s) ORDER BY name) FROM registry.sources s) AS sources,
           (SELECT max(id) FROM registry.outbox) AS outbox
"""


@pytest.fixture
async def fleet(admin: Asker) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic("north", labels={"region": "n"}))
    await admin.post("/exporters/addreality/sources", addreality(token=CANARY))


async def exported(admin: Asker) -> dict[str, Any]:
    document: dict[str, Any] = (await admin.get("/export?format=json")).json()
    return document


async def apply(admin: Asker, document: Any, query: str = "mode=apply") -> httpx.Response:
    return await admin.post(f"/apply?{query}", document)


def told(answer: httpx.Response) -> list[tuple[str, str, str | None]]:
    assert answer.status_code == 200, answer.text
    return [(item["action"], item["exporter"], item["source"]) for item in answer.json()["changes"]]


@pytest.mark.usefixtures("fleet")
async def test_an_export_names_secrets_and_holds_none(admin: Asker, manager: Asker) -> None:
    answer = await admin.get("/export")
    assert answer.headers["content-type"] == "application/yaml"
    document = yaml.safe_load(answer.text)
    assert document == await exported(admin)
    addreality, cubicmedia = document["exporters"]
    assert addreality["sources"][0]["config"] == {"api_url": PUBLIC}
    assert addreality["sources"][0]["secrets"] == ["api_token"]
    assert cubicmedia["sources"][0]["config"]["macs"] == [MAC]
    assert CANARY not in answer.text
    assert (await manager.get("/export")).status_code == 403
    assert (await manager.post("/apply", 5)).status_code == 403


@pytest.mark.usefixtures("fleet")
async def test_what_was_exported_applies_without_a_change(admin: Asker, rows: Rows) -> None:
    before = await rows(EVERYTHING)
    text = (await admin.get("/export")).text
    for content, kind in ((text, "application/yaml"), (json.dumps(yaml.safe_load(text)), "application/json")):
        headers = {"Content-Type": kind}
        answer = await admin.ask("POST", "/apply?mode=apply&prune=true", content=content, headers=headers)
        assert told(answer) == []
    assert await rows(EVERYTHING) == before


@pytest.mark.usefixtures("fleet")
async def test_a_plan_tells_what_an_apply_does_and_does_nothing(admin: Asker, rows: Rows) -> None:
    document = await exported(admin)
    addreality, cubicmedia = document["exporters"]
    addreality["sources"][0]["config"]["request_budget"] = 5
    cubicmedia["enabled"] = False
    cubicmedia["sources"] = [{**cubic("west"), "labels": {"a": "b"}}]
    document["exporters"].append({"name": "probe-2", "type": "probe", "sources": [{"name": "p", "config": {}}]})
    before = await rows(EVERYTHING)
    plan = await apply(admin, document, "")
    assert told(plan) == [
        ("update", "addreality", "vendor"),
        ("update", "cubicmedia", None),
        ("create", "cubicmedia", "west"),
        ("create", "probe-2", None),
        ("create", "probe-2", "p"),
    ]
    assert plan.json()["changes"][0]["diff"][0]["path"] == "config.request_budget"
    assert await rows(EVERYTHING) == before
    done = await apply(admin, document)
    assert (told(done), done.json()["mode"]) == (told(plan), "apply")
    assert told(await apply(admin, document)) == []
    names = {source["name"] for item in (await exported(admin))["exporters"] for source in item["sources"]}
    assert names == {"vendor", "north", "west", "p"}


@pytest.mark.usefixtures("fleet")
async def test_absent_secrets_are_kept_and_given_ones_are_set(admin: Asker, orchestrator: httpx.AsyncClient) -> None:
    async def token() -> str:
        desired = (await orchestrator.get("/internal/v1/desired/addreality")).json()
        value: str = desired["sources"][0]["config"]["api_token"]
        return value

    document = await exported(admin)
    source = document["exporters"][0]["sources"][0]
    source["config"]["api_url"] = f"{PUBLIC}/2"
    assert told(await apply(admin, document)) == [("update", "addreality", "vendor")]
    assert await token() == CANARY
    source["config"]["api_token"] = "another"
    assert CANARY not in (await apply(admin, document)).text
    assert await token() == "another"


@pytest.mark.usefixtures("fleet")
async def test_only_a_prune_deletes_what_is_not_named(admin: Asker, rows: Rows) -> None:
    document = {"exporters": [{"name": "cubicmedia", "type": "cubicmedia", "sources": []}]}
    assert told(await apply(admin, document)) == []
    assert told(await apply(admin, document, "mode=plan&prune=true")) == [
        ("delete", "cubicmedia", "north"),
        ("delete", "addreality", "vendor"),
        ("delete", "addreality", None),
    ]
    assert len(told(await apply(admin, document, "mode=apply&prune=true"))) == 3
    assert [item["name"] for item in (await exported(admin))["exporters"]] == ["cubicmedia"]
    events = await rows("SELECT payload ->> 'change' AS change FROM registry.outbox ORDER BY id DESC LIMIT 2")
    assert [row["change"] for row in events] == ["deleted", "source_deleted"]


@pytest.mark.usefixtures("fleet")
async def test_one_misfit_and_nothing_is_applied_and_its_place_is_named(admin: Asker, rows: Rows) -> None:
    good = {"name": "addreality", "type": "addreality", "enabled": False}
    url = {"api_url": "http://127.0.0.1/", "macs": [MAC]}
    bad: list[tuple[dict[str, Any], str]] = [
        ({"name": "cubicmedia", "type": "probe"}, "exporters[1].type"),
        ({"name": "x", "type": "nope"}, "exporters[1].type"),
        ({"name": "Bad Name", "type": "probe"}, "exporters[1].name"),
        ({"name": "addreality", "type": "addreality"}, "exporters[1].name"),
        ({"name": "probe", "type": "probe", "shards": 0}, "exporters[1].shards"),
        ({"name": "probe", "type": "probe", "surprise": 0}, "exporters[1].surprise"),
        ({"name": "second", "type": "cubicmedia"}, "exporters[1].name"),
        (
            {"name": "probe", "type": "probe", "sources": [{"name": "p", "config": {"mode": "odd"}}]},
            "exporters[1].sources[0].config.mode",
        ),
        (
            {"name": "cubicmedia", "type": "cubicmedia", "sources": [{"name": "a", "config": url}]},
            "exporters[1].sources[0].config.api_url",
        ),
        (
            {"name": "probe", "type": "probe", "sources": [{"name": "north", "config": {}}]},
            "exporters[1].sources[0].name",
        ),
    ]
    before = await rows(EVERYTHING)
    for item, field in bad:
        answer = await apply(admin, {"exporters": [good, item]})
        assert answer.status_code in {409, 422}, (item, answer.text)
        assert fields_of(answer)[0] in {field, "exporters[1].type"}, (item, answer.text)
    assert await rows(EVERYTHING) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "exporters: [",
        "exporters: &a [*a]",
        "a: &a [x, x]\nexporters: [*a, *a]",
        "exporters: !!python/object:os.system []",
        "exporters: [{name: 2027-01-01, type: probe, sources: [{name: p, config: {password: !!binary aGk=}}]}]",
        "\x00",
        "exporters: " + "[" * 3000,
        "{1: 2, exporters: []}",
        "version: 2\nexporters: []",
    ],
)
async def test_what_is_no_document_is_refused_in_words(admin: Asker, text: str) -> None:
    answer = await admin.ask("POST", "/apply", content=text, headers={"Content-Type": "application/yaml"})
    assert (answer.status_code, len(answer.json()["errors"])) == (422, 1), answer.text


async def test_a_mac_in_yaml_is_text_whatever_its_digits(admin: Asker) -> None:
    text = (
        "exporters:\n- name: cubicmedia\n  type: cubicmedia\n  sources:\n  - name: n\n    config:\n"
        f"      api_url: {PUBLIC}\n      macs: [11:22:33:44:55:01]\n"
    )
    answer = await admin.ask("POST", "/apply?mode=apply", content=text, headers={"Content-Type": "application/yaml"})
    assert told(answer) == [("create", "cubicmedia", "n")]
    assert "11:22:33:44:55:01" in (await admin.get("/export")).text


async def test_a_mac_that_looks_like_a_huge_number_comes_back_as_it_went(admin: Asker) -> None:
    macs = ["02005e123456", "12345678e999", "1e2000000000", "02:00:5e:00:00:01", "001122334455"]
    made = await admin.post("/exporters/cubicmedia/sources", cubic("north", config={"api_url": PUBLIC, "macs": macs}))
    assert made.status_code == 201, made.text
    text = (await admin.get("/export")).text
    answer = await admin.ask("POST", "/apply", content=text, headers={"Content-Type": "application/yaml"})
    assert told(answer) == []
    unquoted = text.replace("'02005e123456'", "02005e123456")
    assert unquoted != text
    answer = await admin.ask("POST", "/apply", content=unquoted, headers={"Content-Type": "application/yaml"})
    assert told(answer) == []
