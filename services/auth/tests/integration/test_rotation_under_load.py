"""Keys rotate while services verify without a pause: no request fails."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from vitrina_auth.app import Auth
from vitrina_auth.domain.key import RotationPolicy
from vitrina_auth.testing.tokens import part_of
from vitrina_auth.use_cases.keys import rotate_keys
from vitrina_contracts.tokens import ISSUER, Audience, Claims, Role
from vitrina_kit import token_check
from vitrina_kit.token_check import TokenVerifier

SECONDS = 4.0
WORKERS = 8


async def test_no_request_fails_while_keys_are_replaced(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days are made seconds: a key signs for 0.8 s and is published 0.6 s ahead; the verifier's set is 0.2 s old."""
    monkeypatch.setattr(token_check, "_KEYS_OLD_AFTER_SECONDS", 0.2)
    monkeypatch.setattr(token_check, "_REFETCH_PAUSE_SECONDS", 0.02)
    hasty = RotationPolicy(timedelta(seconds=0.8), timedelta(seconds=0.6), timedelta(seconds=2))
    parts = replace(auth.parts, rotation=hasty)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(auth.api), base_url="http://auth")
    verifier = TokenVerifier("http://auth/api/auth/.well-known/jwks.json", Audience.GATEWAY, client)
    loop = asyncio.get_running_loop()
    ends = loop.time() + SECONDS
    signed_by: set[str] = set()
    verified = 0

    async def rotate() -> None:
        while loop.time() < ends:
            await rotate_keys(parts)
            await asyncio.sleep(0.05)

    async def work() -> None:
        nonlocal verified
        while loop.time() < ends:
            now = int(parts.clock().timestamp())
            token = parts.signer.sign(
                Claims(
                    iss=ISSUER,
                    aud=[Audience.GATEWAY],
                    sub="ada",
                    jti=uuid4().hex,
                    iat=now,
                    exp=now + 600,
                    role=Role.ADMIN,
                    client_id="web",
                    sources=["*"],
                )
            )
            await asyncio.sleep(0.01)
            assert (await verifier.verify(token)).sub == "ada"
            signed_by.add(part_of(token, 0)["kid"])
            verified += 1

    try:
        await asyncio.gather(rotate(), *(work() for _ in range(WORKERS)))
    finally:
        await verifier.close()
    assert len(signed_by) >= 3
    assert verified > 50
