"""Refusals come in one order: 401, 403, 404, 428/412, 422; whatever else is wrong with the request."""

from itertools import product
from typing import Any

from vitrina_registry.testing.asking import Asker, cubic

BROKEN: list[dict[str, Any]] = [
    {"content": b"{ not json", "headers": {"Content-Type": "application/json"}},
    {"content": b"\xff\xfe", "headers": {"Content-Type": "application/json"}},
    {"content": b"", "headers": {"Content-Type": "application/json"}},
    {"json": {"unknown": 1}},
    {"json": []},
    {"content": b"plain", "headers": {"Content-Type": "text/plain"}},
]
WRITES = [
    ("POST", "/exporters"),
    ("PATCH", "/exporters/cubicmedia"),
    ("POST", "/exporters/cubicmedia/sources"),
    ("PATCH", "/exporters/cubicmedia/sources/north"),
]
CONDITIONAL = [write for write in WRITES if write[0] == "PATCH"] + [
    ("DELETE", "/exporters/cubicmedia"),
    ("DELETE", "/exporters/cubicmedia/sources/north"),
]
MISSING = [
    ("PATCH", "/exporters/nope"),
    ("DELETE", "/exporters/nope"),
    ("POST", "/exporters/nope/sources"),
    ("POST", "/exporters/nope/restart"),
    ("PATCH", "/exporters/cubicmedia/sources/nope"),
    ("PATCH", "/exporters/nope/sources/north"),
    ("DELETE", "/exporters/cubicmedia/sources/nope"),
]


def with_if_match(options: dict[str, Any], value: str | None) -> dict[str, Any]:
    headers = {**options.get("headers", {})} | ({"If-Match": value} if value else {})
    return {**options, "headers": headers}


async def test_without_a_token_nothing_else_is_told(admin: Asker, nobody: Asker) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic())
    for options, (method, path) in product(BROKEN, [*WRITES, *CONDITIONAL, *MISSING]):
        answer = await nobody.ask(method, path, **options)
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:vitrina:problem:unauthenticated"), path
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_manager_is_told_the_missing_right_before_all_else(admin: Asker, manager: Asker) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic())
    for options, (method, path) in product(BROKEN, [*WRITES, *CONDITIONAL, *MISSING]):
        answer = await manager.ask(method, path, **options)
        assert answer.status_code == 403, path
        assert "admin" in answer.json()["detail"]


async def test_what_does_not_exist_is_told_before_precondition_and_body(admin: Asker) -> None:
    for options, (method, path) in product(BROKEN, MISSING):
        assert (await admin.ask(method, path, **options)).status_code == 404, path


async def test_the_precondition_is_told_before_the_body(admin: Asker) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic())
    for options, (method, path) in product(BROKEN, CONDITIONAL):
        assert (await admin.ask(method, path, **options)).status_code == 428, path
        stale = await admin.ask(method, path, **with_if_match(options, '"1"'))
        assert stale.status_code == 412, path


async def test_the_body_is_refused_last(admin: Asker) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic())
    for options, (method, path) in product(BROKEN, WRITES):
        answer = await admin.ask(method, path, **with_if_match(options, "*"))
        assert answer.status_code == 422, (path, answer.text)
        assert answer.json()["errors"]
