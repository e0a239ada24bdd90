"""Signing in: what is answered, what is not told, and what guessing costs."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import event
from vitrina_auth.adapters.password_hasher import Argon2Slot
from vitrina_auth.app import Auth
from vitrina_auth.domain.back_off import FREE_FAILURES
from vitrina_auth.testing.people import ADMIN_PASSWORD, MakePerson, MakeUser, Person, Rows, password_of
from vitrina_auth.testing.tokens import part_of


def without_request_id(answer: httpx.Response) -> dict[str, Any]:
    return {key: value for key, value in answer.json().items() if key != "instance"}


async def test_a_right_password_gives_a_token_of_the_agreed_shape(person: MakePerson) -> None:
    answer = await person().sign_in("admin", ADMIN_PASSWORD)
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in"}
    assert body["expires_in"] == 600
    header, claims = part_of(body["access_token"], 0), part_of(body["access_token"], 1)
    assert header["alg"] == "EdDSA"
    assert header["typ"] == "at+jwt"
    assert claims["exp"] - claims["iat"] == 600
    assert {key: claims[key] for key in ("iss", "aud", "sub", "role", "sources", "client_id")} == {
        "iss": "vitrina",
        "aud": ["vitrina-auth", "vitrina-registry", "vitrina-gateway"],
        "sub": "admin",
        "role": "admin",
        "sources": ["*"],
        "client_id": "vitrina-web",
    }
    assert answer.headers["cache-control"] == "no-store"


async def test_the_refresh_token_is_a_cookie_that_scripts_and_other_sites_cannot_use(person: MakePerson) -> None:
    answer = await person().sign_in("admin", ADMIN_PASSWORD)
    cookie = answer.headers["set-cookie"]
    for attribute in ("HttpOnly", "SameSite=strict", "Path=/api/auth", "Max-Age=28800"):
        assert attribute in cookie
    assert cookie.split(";")[0].partition("=")[2] not in answer.text


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"username": "admin"}, "password"),
        ({"password": "x"}, "username"),
        ({"username": "", "password": "x"}, "username"),
        ({"username": "admin", "password": "x" * 1025}, "password"),
    ],
)
async def test_a_form_that_does_not_fit_is_refused_by_the_name_of_the_field(
    person: MakePerson, form: dict[str, str], field: str
) -> None:
    answer = await person().client.post("/api/auth/token", data=form)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert "x" * 1025 not in answer.text


async def test_unknown_disabled_and_wrong_are_told_apart_by_nothing(
    auth: Auth, admin: Person, signed_in_user: MakeUser, person: MakePerson
) -> None:
    await signed_in_user("vera")
    await signed_in_user("gone")
    assert (await admin.ask("PATCH", "/users/gone", json={"disabled": True})).status_code == 200
    statements: list[str] = []
    event.listen(auth.engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    answers, works = [], []
    for username, password in [
        ("nobody", "wrong password"),
        ("vera", "wrong password"),
        ("gone", password_of("gone")),
        ("no\0body", "wrong password"),
        ("никто", "wrong password"),
    ]:
        statements.clear()
        answers.append(await person().sign_in(username, password))
        works.append(tuple(statements))
    assert {answer.status_code for answer in answers} == {401}
    assert [without_request_id(answer) for answer in answers[1:]] == [without_request_id(answers[0])] * 4
    assert {frozenset(answer.headers) for answer in answers} == {frozenset(answers[0].headers)}
    assert len(set(works)) == 1


async def test_an_unknown_user_costs_the_same_argon2_work(person: MakePerson, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: Counter[str] = Counter()
    verify = Argon2Hasher.verify

    def counting(self: Argon2Hasher, password: str, compared_with: str) -> bool:
        compared[compared_with.rsplit("$", 2)[0]] += 1
        return verify(self, password, compared_with)

    monkeypatch.setattr(Argon2Hasher, "verify", counting)
    for username in ("admin", "nobody"):
        assert (await person().sign_in(username, "wrong")).status_code == 401
    assert compared == {"$argon2id$v=19$m=19456,t=2,p=1": 2}


async def test_guessing_is_slowed_down_and_the_right_password_works_after_the_wait(person: MakePerson) -> None:
    guesser = person()
    for _ in range(FREE_FAILURES):
        assert (await guesser.sign_in("admin", "guess")).status_code == 401
    refused = await guesser.sign_in("admin", ADMIN_PASSWORD)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["type"] == "urn:vitrina:problem:too-many-requests"
    deadline = time.monotonic() + 5
    while (answer := await guesser.sign_in("admin", ADMIN_PASSWORD)).status_code == 429:
        assert time.monotonic() < deadline
    assert answer.status_code == 200


async def test_an_unknown_account_is_slowed_down_like_a_known_one(person: MakePerson) -> None:
    guesser = person()
    statuses = [(await guesser.sign_in("nobody", "guess")).status_code for _ in range(FREE_FAILURES + 1)]
    assert statuses == [401] * FREE_FAILURES + [429]


async def test_a_guesser_elsewhere_does_not_keep_the_only_admin_out(person: MakePerson) -> None:
    guesser = person("203.0.113.9")
    for _ in range(FREE_FAILURES + 1):
        await guesser.sign_in("admin", "guess")
    assert (await guesser.sign_in("Admin", "guess")).status_code == 429
    assert (await person().sign_in("admin", ADMIN_PASSWORD)).status_code == 200


async def test_parallel_guesses_do_not_all_pass_before_the_first_has_failed(person: MakePerson) -> None:
    guesser = person()
    answers = await asyncio.gather(*(guesser.sign_in("admin", f"guess {number}") for number in range(30)))
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[401] <= FREE_FAILURES + 1
    assert statuses[401] + statuses[429] == 30


async def test_many_right_sign_ins_at_once_all_succeed(person: MakePerson) -> None:
    somebody = person()
    answers = await asyncio.gather(*(somebody.sign_in("admin", ADMIN_PASSWORD) for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200}


async def test_every_attempt_is_in_the_audit_without_what_was_typed_as_an_unknown_name(
    person: MakePerson, rows: Rows
) -> None:
    await person().sign_in("admin", "wrong")
    await person().sign_in("my-password-by-mistake", "wrong")
    await person().sign_in("admin", ADMIN_PASSWORD)
    entries = await rows("SELECT action, subject, address FROM auth.audit WHERE action LIKE 'sign_in%' ORDER BY id")
    assert [tuple(entry.values()) for entry in entries] == [
        ("sign_in_refused", "admin", "10.0.0.1"),
        ("sign_in_refused", None, "10.0.0.1"),
        ("sign_in", "admin", "10.0.0.1"),
    ]


async def test_a_user_disabled_while_the_password_is_checked_does_not_get_in(
    auth: Auth, admin: Person, signed_in_user: MakeUser, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    await signed_in_user("vera")
    slot = auth.hasher.slot

    @asynccontextmanager
    async def disabled_meanwhile() -> AsyncIterator[Argon2Slot]:
        async with slot() as place:
            yield place
        monkeypatch.undo()
        assert (await admin.ask("PATCH", "/users/vera", json={"disabled": True})).status_code == 200

    monkeypatch.setattr(type(auth.hasher), "slot", lambda _self: disabled_meanwhile())
    assert (await person().sign_in("vera", password_of("vera"))).status_code == 401
