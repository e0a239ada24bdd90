"""Dry runs leave nothing behind; a request with a key is carried out once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from vitrina_registry.testing.asking import Asker, Rows, addreality, cubic, fields_of

SOURCES = "/exporters/cubicmedia/sources"
EVERYTHING = """
    SELECT (SELECT jsonb_agg(to_jsonb(e) ORDER BY name) FROM registry.exporters e) AS exporters,
           (SELECT jsonb_agg(to_jsonb(s) ORDER BY name) FROM registry.sources s) AS sources,
           (SELECT jsonb_agg(o.id ORDER BY id) FROM registry.outbox o) AS outbox,
           (SELECT jsonb_agg(a.id ORDER BY id) FROM registry.audit a) AS audit,
           (SELECT jsonb_agg(r.id ORDER BY id) FROM registry.revisions r) AS revisions,
           (SELECT jsonb_agg(to_jsonb(i)) FROM registry.idempotency i) AS keys
"""


def keyed(key: str, body: Any = None) -> dict[str, Any]:
    return {"json": body, "headers": {"Idempotency-Key": key, "If-Match": "*"}}


async def test_a_dry_run_answers_as_if_and_leaves_nothing(admin: Asker, rows: Rows) -> None:
    await admin.post(SOURCES, cubic())
    before = await rows(EVERYTHING)
    for method, path, body in (
        ("POST", "/exporters", {"type": "probe"}),
        ("POST", SOURCES, cubic("south")),
        ("PATCH", "/exporters/cubicmedia", {"enabled": False}),
        ("PATCH", f"{SOURCES}/north", {"enabled": False}),
        ("POST", "/exporters/cubicmedia/restart", None),
        ("POST", "/exporters/cubicmedia/revisions/1/revert", None),
        ("DELETE", f"{SOURCES}/north", None),
        ("DELETE", "/exporters/cubicmedia", None),
    ):
        answer = await admin.ask(method, f"{path}?dry_run=true", **keyed("dry", body))
        assert answer.is_success, (path, answer.text)
        assert answer.headers["x-dry-run"] == "true"
        assert "etag" not in answer.headers
    assert (await admin.ask("PATCH", f"{SOURCES}/north?dry_run=1", **keyed("x", {"enabled": False}))).json()[
        "revision"
    ] == 3
    assert await rows(EVERYTHING) == before


async def test_a_dry_run_is_refused_like_the_real_thing(admin: Asker) -> None:
    await admin.post(SOURCES, cubic())
    taken = await admin.post("/exporters/addreality/sources?dry_run=true", addreality("north"))
    assert (taken.status_code, fields_of(taken)) == (409, ["name"])
    unknown = await admin.post(f"{SOURCES}?dry_run=maybe", cubic("south"))
    assert (unknown.status_code, fields_of(unknown)) == (422, ["dry_run"])


async def test_a_repeated_key_gets_the_first_answer_and_nothing_happens_twice(admin: Asker, rows: Rows) -> None:
    first = await admin.ask("POST", SOURCES, **keyed("k-1", cubic()))
    before = await rows(EVERYTHING)
    again = await admin.ask("POST", SOURCES, **keyed("k-1", cubic()))
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    for name in ("etag", "location"):
        assert again.headers[name] == first.headers[name]
    restarts = [await admin.ask("POST", "/exporters/cubicmedia/restart", **keyed("k-2")) for _ in range(3)]
    assert {answer.json()["revision"] for answer in restarts} == {3}
    assert (await rows(EVERYTHING))[0]["sources"] == before[0]["sources"]


async def test_a_key_is_of_one_request_and_one_person(admin: Asker, manager: Asker) -> None:
    await admin.ask("POST", SOURCES, **keyed("k-1", cubic()))
    other = await admin.ask("POST", SOURCES, **keyed("k-1", cubic("south")))
    assert (other.status_code, fields_of(other)) == (422, ["Idempotency-Key"])
    assert (await manager.ask("POST", SOURCES, **keyed("k-1", cubic()))).status_code == 403


async def test_a_refused_request_may_be_repeated_with_its_key(admin: Asker) -> None:
    assert (await admin.ask("POST", SOURCES, **keyed("k-1", {"name": "north"}))).status_code == 422
    assert (await admin.ask("POST", SOURCES, **keyed("k-1", cubic()))).status_code == 201


@pytest.mark.parametrize("key", ["", "a" * 201, "two words"])
async def test_a_key_that_does_not_fit_is_named(admin: Asker, key: str) -> None:
    answer = await admin.ask("POST", SOURCES, **keyed(key, cubic()))
    assert (answer.status_code, fields_of(answer)) == (422, ["idempotency-key"])


async def test_many_at_once_with_one_key_make_one_change(admin: Asker, rows: Rows) -> None:
    answers = await asyncio.gather(
        *(admin.ask("POST", "/exporters/cubicmedia/restart", **keyed("k-1")) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert 202 in {answer.status_code for answer in answers}
    generations = await rows("SELECT restart_generation FROM registry.exporters WHERE name = 'cubicmedia'")
    assert generations == [{"restart_generation": 1}]


async def test_a_registry_that_died_before_it_answered_does_not_carry_it_out_again(
    admin: Asker, rows: Rows, engine: AsyncEngine
) -> None:
    await admin.ask("POST", "/exporters/cubicmedia/restart", **keyed("k-1"))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE registry.idempotency SET answer = NULL"))
    answer = await admin.ask("POST", "/exporters/cubicmedia/restart", **keyed("k-1"))
    assert answer.status_code == 409
    assert "accepted" in answer.json()["detail"]
    assert (await rows("SELECT max(restart_generation) AS n FROM registry.exporters"))[0]["n"] == 1
