"""Somebody is invited, and sets the first password with a link that is good once."""

import asyncio
from typing import Any

import httpx
import pytest
from vitrina_auth.testing.clock import MovableClock
from vitrina_auth.testing.people import MakePerson, MakeUser, Person, Rows

OLGA: dict[str, Any] = {"username": "olga", "role": "manager", "sources": ["north"]}
PASSWORD = "a password of her own"


async def invited(admin: Person) -> str:
    await admin.ask("POST", "/users", json=OLGA)
    answer = await admin.ask("POST", "/users/olga/invitation")
    assert answer.status_code == 200
    token: str = answer.json()["token"]
    return token


async def accept(person: Person, token: str, password: str = PASSWORD) -> httpx.Response:
    return await person.client.post("/api/auth/invitations/accept", json={"token": token, "password": password})


async def test_the_invited_sets_a_password_and_signs_in(admin: Person, person: MakePerson, rows: Rows) -> None:
    token = await invited(admin)
    assert (await admin.ask("GET", "/users/olga")).json()["invited"] is True
    assert token not in str(await rows("SELECT * FROM auth.invitations"))
    olga = person()
    assert (await olga.sign_in("olga", "anything")).status_code == 401
    assert (await accept(olga, token)).json() == {"username": "olga"}
    assert (await olga.sign_in("olga", PASSWORD)).status_code == 200
    assert (await olga.ask("GET", "/me")).json()["sources"] == ["north"]
    assert (await admin.ask("GET", "/users/olga")).json()["invited"] is False


async def test_the_link_is_good_once_also_at_once(admin: Person, person: MakePerson) -> None:
    token = await invited(admin)
    answers = await asyncio.gather(*(accept(person(), token, f"{PASSWORD} {n}") for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404]
    assert (await accept(person(), token)).status_code == 404


async def test_a_newer_link_and_time_end_it(admin: Person, person: MakePerson, clock: MovableClock) -> None:
    token = await invited(admin)
    newer = (await admin.ask("POST", "/users/olga/invitation")).json()["token"]
    assert (await accept(person(), token)).status_code == 404
    clock.move(days=3, seconds=1)
    assert (await accept(person(), newer)).status_code == 404


async def test_a_password_that_does_not_fit_leaves_it_good(admin: Person, person: MakePerson) -> None:
    token = await invited(admin)
    assert (await accept(person(), token, "password")).status_code == 422
    assert (await accept(person(), token)).status_code == 200


async def test_a_disabled_user_and_one_with_a_password_are_not_invited(
    admin: Person, person: MakePerson, signed_in_user: MakeUser
) -> None:
    token = await invited(admin)
    await admin.ask("PATCH", "/users/olga", json={"disabled": True})
    assert (await accept(person(), token)).status_code == 404
    await signed_in_user("vera")
    assert (await admin.ask("POST", "/users/vera/invitation")).status_code == 422


@pytest.mark.parametrize("token", ["", "x", "x" * 100])
async def test_a_made_up_link_is_refused(admin: Person, person: MakePerson, token: str) -> None:
    assert (await accept(person(), token)).status_code == 404
