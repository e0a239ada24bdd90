"""Personal API tokens at a service: one question to auth, then none for as long as the access token lives."""

import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey
from vitrina_contracts.tokens import ALGORITHM, API_TOKEN_PREFIX, ISSUER, READ_ONLY, TOKEN_TYPE, Audience
from vitrina_kit import api_token_exchange
from vitrina_kit.http_app import create_api
from vitrina_kit.problem_handlers import Problem
from vitrina_kit.token_check import Caller, Reader, TokenVerifier, install_token_check

GOOD = f"{API_TOKEN_PREFIX}good"
KEY = OKPKey.generate_key("Ed25519", {"kid": "k1", "use": "sig", "alg": ALGORITHM})


class FakeAuth:
    """Knows one API token."""

    def __init__(self) -> None:
        self.asked = 0
        self.generation = 1
        self.status = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/auth/.well-known/jwks.json":
            return httpx.Response(200, json=KeySet([KEY]).as_dict(private=False))
        assert request.url.path == "/api/auth/exchange"
        self.asked += 1
        if self.status != 200 or request.content.decode() != f"token={GOOD}":
            return httpx.Response(401 if self.status == 200 else self.status)
        return httpx.Response(200, json={"access_token": self._access()})

    def _access(self) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": [Audience.REGISTRY, Audience.GATEWAY],
            "sub": "vera",
            "jti": str(self.asked),
            "iat": now,
            "exp": now + 600,
            "role": "manager",
            "scope": READ_ONLY,
            "client_id": "api-token",
            "sid": f"t.{self.generation}",
            "sources": [],
        }
        header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": "k1"}
        return jwt.encode(header, claims, KEY, algorithms=[ALGORITHM])


@pytest.fixture
def auth() -> FakeAuth:
    return FakeAuth()


@pytest.fixture
async def verifier(auth: FakeAuth) -> AsyncIterator[TokenVerifier]:
    client = httpx.AsyncClient(transport=httpx.MockTransport(auth))
    made = TokenVerifier("http://auth/api/auth/.well-known/jwks.json", Audience.GATEWAY, client)
    yield made
    await made.close()


async def status_of(verifier: TokenVerifier, token: str) -> int:
    try:
        await verifier.verify(token)
    except Problem as problem:
        return problem.details.status
    return 200


async def test_auth_is_asked_once_for_many_requests(verifier: TokenVerifier, auth: FakeAuth) -> None:
    for _ in range(20):
        assert (await verifier.verify(GOOD)).sub == "vera"
    assert auth.asked == 1


async def test_a_guess_is_refused_and_repeated_guesses_do_not_reach_auth(
    verifier: TokenVerifier, auth: FakeAuth
) -> None:
    for _ in range(20):
        assert await status_of(verifier, f"{API_TOKEN_PREFIX}guess") == 401
    assert auth.asked == 1


async def test_after_a_revocation_auth_decides_whether_there_is_another_one(
    verifier: TokenVerifier, auth: FakeAuth
) -> None:
    await verifier.verify(GOOD)
    verifier.revocations.add("t.1")
    assert await status_of(verifier, GOOD) == 401
    auth.generation = 2
    assert await status_of(verifier, GOOD) == 200


async def test_while_auth_is_down_known_tokens_go_on_and_new_ones_get_503(
    verifier: TokenVerifier, auth: FakeAuth
) -> None:
    await verifier.verify(GOOD)
    auth.status = 503
    assert await status_of(verifier, GOOD) == 200
    assert await status_of(verifier, f"{API_TOKEN_PREFIX}another") == 503


async def test_what_is_remembered_of_guesses_is_bounded(
    verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_token_exchange, "_KEPT", 10)
    for number in range(50):
        assert await status_of(verifier, f"{API_TOKEN_PREFIX}{number}") == 401
    assert len(verifier._exchange._unknown) == 10


async def test_a_token_that_may_only_read_changes_nothing(verifier: TokenVerifier) -> None:
    app = create_api("a service", "1")
    install_token_check(app, verifier)

    @app.get("/things")
    @app.post("/things")
    async def things(caller: Caller) -> str:
        return caller.sub

    @app.post("/query")
    async def query(caller: Reader) -> str:
        return caller.sub

    headers = {"Authorization": f"Bearer {GOOD}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        assert (await client.get("/things", headers=headers)).status_code == 200
        assert (await client.post("/query", headers=headers)).status_code == 200
        refused = await client.post("/things", headers=headers)
    assert refused.status_code == 403
    assert "scope write" in refused.json()["detail"]
