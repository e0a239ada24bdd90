"""A password that somebody else knows must be changed before anything else."""

from typing import Any

import pytest
from vitrina_auth.testing.people import MakePerson, MakeUser, Person, password_of

REQUIRED = "urn:vitrina:problem:password-change-required"
NEW = "a new and longer one"


async def reset(admin: Person) -> str:
    answer = await admin.ask("POST", "/users/vera/reset-password")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    password: str = answer.json()["password"]
    return password


async def test_a_reset_gives_a_password_once_and_ends_the_sessions(
    admin: Person, signed_in_user: MakeUser, person: MakePerson
) -> None:
    vera = await signed_in_user("vera")
    password = await reset(admin)
    assert (await vera.refresh()).status_code == 401
    assert (await person().sign_in("vera", password_of("vera"))).status_code == 401
    assert (await vera.sign_in("vera", password)).status_code == 200
    assert (await admin.ask("GET", "/users/vera")).json()["must_change_password"] is True


async def test_until_it_is_changed_only_the_own_account_answers(admin: Person, signed_in_user: MakeUser) -> None:
    vera = await signed_in_user("vera", role="admin")
    await vera.sign_in("vera", password := await reset(admin))
    for method, path in [("GET", "/users"), ("GET", "/me/sessions"), ("POST", "/me/tokens"), ("GET", "/audit")]:
        answer = await vera.ask(method, path)
        assert answer.status_code == 403
        assert answer.json()["type"] == REQUIRED
    assert (await vera.ask("GET", "/me")).json()["must_change_password"] is True
    assert (await vera.refresh()).status_code == 200
    assert (await vera.ask("GET", "/users")).status_code == 403
    body = {"current_password": password, "new_password": NEW}
    assert (await vera.ask("POST", "/me/password", json=body)).status_code == 204
    vera.token = (await vera.refresh()).json()["access_token"]
    assert (await vera.ask("GET", "/users")).status_code == 200


@pytest.mark.parametrize(("flag", "must"), [({}, True), ({"must_change_password": False}, False)])
async def test_a_password_set_by_an_admin_must_be_changed_unless_said_otherwise(
    admin: Person, signed_in_user: MakeUser, flag: dict[str, Any], *, must: bool
) -> None:
    await signed_in_user("vera")
    answer = await admin.ask("PATCH", "/users/vera", json={"password": NEW} | flag)
    assert answer.json()["must_change_password"] is must


@pytest.mark.parametrize("password", ["password", "Password1", "qwertyuiop", "1q2w3e4r"])
async def test_what_guessers_try_first_is_no_password(signed_in_user: MakeUser, password: str) -> None:
    vera = await signed_in_user("vera")
    body = {"current_password": password_of("vera"), "new_password": password}
    answer = await vera.ask("POST", "/me/password", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "new_password"
