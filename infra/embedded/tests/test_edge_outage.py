"""The real Caddy with nothing behind it: people are told when to come again, nobody is signed out, all is protected."""

import asyncio
import os
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Callable
from typing import Final

import httpx
import pytest
from vitrina_embedded.installation import Installation
from vitrina_embedded.processes import edge
from vitrina_kit.testing.ports import free_port

PATIENCE = 30.0


@pytest.fixture
async def people(make_installation: Callable[..., Installation]) -> AsyncIterator[httpx.AsyncClient]:
    """Who comes by the edge of an installation of which only the edge runs."""
    port = free_port()
    program = edge(make_installation(port=port))
    environment = {**os.environ, **program.environment}
    process = await asyncio.create_subprocess_exec(*program.command, env=environment, stdout=DEVNULL, stderr=DEVNULL)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False) as client:
        async with asyncio.timeout(PATIENCE):
            while not await answers(client):  # noqa: ASYNC110 - nothing listens yet, so there is nothing to wait on
                await asyncio.sleep(0.05)
        yield client
    process.terminate()
    await process.wait()


async def answers(client: httpx.AsyncClient) -> bool:
    try:
        return bool(await client.get("/health/"))
    except httpx.TransportError:
        return False


async def test_sign_in_refresh_and_sign_out_answer_503_and_the_cookie_stays(people: httpx.AsyncClient) -> None:
    cookie = {"Cookie": "vitrina_refresh=of-a-session-that-goes-on"}
    form = {"username": "admin", "password": "pw"}
    given = await asyncio.gather(
        people.post("/api/auth/token", data=form),
        people.post("/api/auth/refresh", headers=cookie),
        people.post("/api/auth/logout", headers=cookie),
        people.get("/api/auth/me"),
    )
    for answer in given:
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) >= 1
        assert "set-cookie" not in answer.headers
        problem = answer.json()
        assert (problem["type"], problem["status"]) == ("urn:vitrina:problem:unavailable", 503)
        assert problem["detail"]


PROTECTION: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/auth/me", 503), ("/api/nothing", 404), ("/internal/v1/desired", 404), ("/metrics", 404), ("/health/", 404)],
)
async def test_every_answer_is_protected_and_what_is_inside_is_not_there(
    people: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await people.get(path)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in PROTECTION} == PROTECTION
    policy = answer.headers["content-security-policy"]
    assert all(part in policy for part in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"))
    assert "server" not in answer.headers
