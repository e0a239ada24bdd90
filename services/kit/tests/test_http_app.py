"""What every API of ours does with requests that it refuses, and what the inside asks of a service."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI
from prometheus_client import CollectorRegistry
from pydantic import BaseModel, ConfigDict
from vitrina_contracts.problems import MEDIA_TYPE
from vitrina_kit.health import Health
from vitrina_kit.http_app import MOST_BODY_BYTES, create_api, create_internal_app, create_router, require_bearer
from vitrina_kit.if_match import IfMatchHeader, parse_if_match
from vitrina_kit.problem_handlers import not_found, unauthenticated


class DomainError(Exception):
    """Of a service's domain."""


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int


async def _signed_in(authorization: str | None = None) -> None:
    if authorization is None:
        raise unauthenticated("Sign in.")


async def _revision(if_match: IfMatchHeader) -> None:
    parse_if_match(if_match).require(7)


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = create_api("Test", "1", {DomainError: lambda error: not_found(str(error))})
    router = create_router()

    @router.put("/thing")
    async def put(
        body: Body, _who: Annotated[None, Depends(_signed_in)], _match: Annotated[None, Depends(_revision)]
    ) -> Body:
        return body

    @router.get("/crash")
    async def crash() -> None:
        raise RuntimeError("postgresql://user:secret@host")

    @router.get("/domain")
    async def domain() -> None:
        raise DomainError("There is no such thing.")

    app.include_router(router)
    return client_of(app)


def client_of(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest.mark.parametrize("body", [b'{"size": 1}', b'{"size": "x"}', b"{broken", b""])
async def test_missing_rights_come_before_whatever_is_wrong_with_the_body(
    client: httpx.AsyncClient, body: bytes
) -> None:
    answer = await client.put("/thing", content=body)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == MEDIA_TYPE


@pytest.mark.parametrize("body", [b'{"size": "x"}', b"{broken"])
@pytest.mark.parametrize(("header", "status"), [(None, 428), ('"6"', 412), ('"7"', 422), ("*", 422), ("7", 422)])
async def test_the_precondition_comes_before_the_body(
    client: httpx.AsyncClient, body: bytes, header: str | None, status: int
) -> None:
    headers = {} if header is None else {"If-Match": header}
    answer = await client.put("/thing?authorization=me", content=body, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("told", [True, False])
async def test_a_body_over_the_limit_is_refused_and_named(client: httpx.AsyncClient, *, told: bool) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(MOST_BODY_BYTES // 2**20 + 1):
            yield b" " * 2**20

    content = b" " * (MOST_BODY_BYTES + 1) if told else parts()
    answer = await client.put("/thing?authorization=me", content=content, headers={"If-Match": "*"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, MEDIA_TYPE)
    assert [error["field"] for error in answer.json()["errors"]] == ["body"]


async def test_each_bad_field_is_named(client: httpx.AsyncClient) -> None:
    body = {"size": "x", "colour": "red"}
    answer = await client.put("/thing?authorization=me", json=body, headers={"If-Match": "*"})
    assert {error["field"] for error in answer.json()["errors"]} == {"size", "colour"}
    assert "red" not in answer.text


async def test_a_crash_tells_nothing_but_where_to_look(client: httpx.AsyncClient) -> None:
    answer = await client.get("/crash")
    assert answer.status_code == 500
    assert answer.json()["instance"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text


async def test_domain_errors_and_unknown_addresses_are_problems_too(client: httpx.AsyncClient) -> None:
    for path in ("/domain", "/nowhere"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA_TYPE)
    assert (await client.post("/domain")).status_code == 405


async def test_readiness_names_the_check_that_fails_and_an_optional_one_does_not_count() -> None:
    health = Health()
    answers: dict[str, str | None] = {"database": None, "bus": "not connected"}

    async def database() -> str | None:
        return answers["database"]

    async def bus() -> str | None:
        return answers["bus"]

    health.add("database", database)
    health.add("bus", bus, required=False)
    client = client_of(create_internal_app(health, CollectorRegistry()))
    ready = await client.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]) == (200, {"database": "ok", "bus": "not connected"})
    answers["database"] = "no connection"
    assert (await client.get("/health/ready")).status_code == 503
    assert (await client.get("/health/live")).status_code == 200


async def test_internal_routes_open_for_their_token_alone() -> None:
    app = create_internal_app(Health(), CollectorRegistry())

    @app.get("/internal/thing", dependencies=[Depends(require_bearer("one", "two"))])
    async def thing() -> str:
        return "inside"

    client = client_of(app)
    for header, status in (("Bearer one", 200), ("Bearer two", 200), ("Bearer three", 401), ("Basic one", 401)):
        assert (await client.get("/internal/thing", headers={"Authorization": header})).status_code == status
    assert (await client.get("/internal/thing")).status_code == 401
