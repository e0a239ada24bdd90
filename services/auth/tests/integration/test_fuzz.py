"""No request that anybody can send is answered with 5xx; the seed and the number make it again."""

import os

import httpx
import pytest
from vitrina_auth.app import Auth, openapi
from vitrina_auth.testing.people import ADMIN_PASSWORD, MakeUser, Person
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


@pytest.mark.timeout(300)
async def test_two_thousand_odd_requests_break_nothing(auth: Auth, admin: Person, signed_in_user: MakeUser) -> None:
    report = await attack(auth, admin, await signed_in_user("mike"), 2000, SEED)
    assert report.broken == []
    assert report.accepted > 0.05, report.statuses


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_twenty_thousand_odd_requests_break_nothing(auth: Auth, admin: Person, signed_in_user: MakeUser) -> None:
    report = await attack(auth, admin, await signed_in_user("mike"), 20_000, SEED + 1)
    assert report.broken == []
