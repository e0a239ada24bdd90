"""No request that anybody can send is answered with 5xx, or otherwise than described; the seed makes it again."""

import os
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from vitrina_auth.app import Auth, openapi
from vitrina_auth.testing.people import ADMIN_PASSWORD, MakeUser, Person
from vitrina_kit.testing.conformance import Conformance, Service, conformance_of, served, thorough
from vitrina_kit.testing.fuzzing import Report, RequestMaker, fuzz

SEED = int(os.environ.get("VITRINA_SEED", "20261125"))
KNOWN = {
    "username": ["admin", "mike", "olga", "new-user"],
    "password": [ADMIN_PASSWORD, "a long enough password"],
    "grant_type": ["password", "client_credentials"],
    "role": ["admin", "manager"],
    "sources": ["north", "south"],
}


async def attack(auth: Auth, admin: Person, manager: Person, cases: int, seed: int) -> Report:
    async def renew() -> None:
        """The admin's token outlives what the requests do to the admin's sessions."""

    tokens = [*[bearer(admin)] * 12, *[bearer(manager)] * 2, "Bearer x", None]
    maker = RequestMaker(openapi(), seed, KNOWN, tokens)
    transport = httpx.ASGITransport(auth.api, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://vitrina.local") as client:
        return await fuzz(client, maker, cases, renew=renew)


def bearer(person: Person) -> str:
    return f"Bearer {person.token}"


async def schemathesis(auth: Auth, admin: Person, folder: Path, options: Sequence[str]) -> Conformance:
    """It learns what there is from the answers, and would end the session of who asks."""
    pinned = {"username": "mike", "session_id": "2b1f9c51-6ad2-4d26-a3c9-7d8f3f0f2f11"}
    async with served(auth.api) as url:
        service = Service(url, openapi(), admin.token, pinned=pinned, left_out=["/logout"])
        return await conformance_of(service, folder, SEED, options)


@pytest.mark.timeout(300)
async def test_odd_requests_break_nothing(auth: Auth, admin: Person, signed_in_user: MakeUser) -> None:
    report = await attack(auth, admin, await signed_in_user("mike"), 2000, SEED)
    assert report.broken == []
    assert report.accepted > 0.05, report.statuses


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_whatever_schemathesis_asks_is_answered_as_described(
    auth: Auth, admin: Person, signed_in_user: MakeUser, tmp_path: Path
) -> None:
    await signed_in_user("mike")
    told = await schemathesis(auth, admin, tmp_path, thorough(100))
    assert not told.faults, told.faults
    assert (told.cases > 2000, told.accepted > 50) == (True, True)


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_twenty_thousand_odd_requests_break_nothing(auth: Auth, admin: Person, signed_in_user: MakeUser) -> None:
    report = await attack(auth, admin, await signed_in_user("mike"), 20_000, SEED + 1)
    assert report.broken == []
