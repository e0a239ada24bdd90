"""A person changes the own password."""

from typing import Any

import pytest
from vitrina_auth.domain.back_off import FREE_FAILURES
from vitrina_auth.testing.people import MakePerson, MakeUser, Person, password_of

NEW = "a new and longer one"


async def change(person: Person, current: str, new: str = NEW, **more: Any) -> int:
    body = {"current_password": current, "new_password": new} | more
    return (await person.ask("POST", "/me/password", json=body)).status_code


async def test_the_session_that_changes_it_goes_on_and_the_others_end(
    signed_in_user: MakeUser, person: MakePerson
) -> None:
    vera = await signed_in_user("vera")
    elsewhere = person()
    await elsewhere.sign_in("vera", password_of("vera"))
    assert await change(vera, password_of("vera")) == 204
    assert (await vera.refresh()).status_code == 200
    assert (await elsewhere.refresh()).status_code == 401
    assert (await person().sign_in("vera", password_of("vera"))).status_code == 401
    assert (await person().sign_in("vera", NEW)).status_code == 200


async def test_it_ends_the_duty_to_change_it(admin: Person, signed_in_user: MakeUser) -> None:
    vera = await signed_in_user("vera")
    await admin.ask("PATCH", "/users/vera", json={"must_change_password": True})
    await vera.sign_in("vera", password_of("vera"))
    assert await change(vera, password_of("vera")) == 204
    assert (await vera.ask("GET", "/me")).json()["must_change_password"] is False


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong", NEW, "current_password"),
        (password_of("vera"), "short77", "new_password"),
        (password_of("vera"), password_of("vera"), "new_password"),
    ],
)
async def test_what_does_not_fit_is_named(signed_in_user: MakeUser, current: str, new: str, field: str) -> None:
    vera = await signed_in_user("vera")
    body = {"current_password": current, "new_password": new}
    answer = await vera.ask("POST", "/me/password", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_it_is_no_way_around_the_back_off(signed_in_user: MakeUser) -> None:
    vera = await signed_in_user("vera")
    for _ in range(FREE_FAILURES):
        assert await change(vera, "wrong") == 422
    assert await change(vera, password_of("vera")) == 429


async def test_nobody_changes_it_without_signing_in(person: MakePerson) -> None:
    assert await change(person(), "x") == 401
