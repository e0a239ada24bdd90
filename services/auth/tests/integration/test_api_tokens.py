"""Personal API tokens."""

from typing import Any

import pytest
from vitrina_auth.domain.api_token import MOST_TOKENS
from vitrina_auth.testing.people import MakeUser, Person, Rows, password_of


async def made(person: Person, **body: Any) -> dict[str, Any]:
    answer = await person.ask("POST", "/me/tokens", json={"name": "grafana"} | body)
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    token: dict[str, Any] = answer.json()
    return token


async def test_the_value_is_told_once_and_stored_as_a_digest(signed_in_user: MakeUser, rows: Rows) -> None:
    vera = await signed_in_user("vera")
    token = await made(vera, expires_in_days=7)
    assert token["value"].startswith("vitrina_pat_")
    assert token["scope"] == "read"
    listed = await vera.ask("GET", "/me/tokens")
    assert [item["name"] for item in listed.json()["items"]] == ["grafana"]
    assert "value" not in listed.json()["items"][0]
    stored = await rows("SELECT * FROM auth.api_tokens")
    assert token["value"] not in str(stored)
    assert token["value"].encode() not in stored[0]["digest"]


async def test_names_are_given_once_and_tokens_are_not_endless(signed_in_user: MakeUser) -> None:
    vera = await signed_in_user("vera")
    await made(vera)
    assert (await vera.ask("POST", "/me/tokens", json={"name": "grafana"})).status_code == 409
    for number in range(MOST_TOKENS - 1):
        await made(vera, name=f"t{number}")
    assert (await vera.ask("POST", "/me/tokens", json={"name": "one more"})).status_code == 422


@pytest.mark.parametrize(
    "body",
    [{"name": ""}, {"name": "x", "expires_in_days": 366}, {"name": "x", "scope": "all"}, {"name": "x\n"}, {}],
)
async def test_what_does_not_fit_is_refused(signed_in_user: MakeUser, body: dict[str, Any]) -> None:
    vera = await signed_in_user("vera")
    assert (await vera.ask("POST", "/me/tokens", json=body)).status_code == 422


async def test_a_deleted_token_is_revoked_and_nobody_deletes_anothers(signed_in_user: MakeUser, rows: Rows) -> None:
    vera, eva = await signed_in_user("vera"), await signed_in_user("eva")
    token = await made(vera)
    assert (await eva.ask("DELETE", f"/me/tokens/{token['id']}")).status_code == 404
    assert (await vera.ask("DELETE", f"/me/tokens/{token['id']}")).status_code == 204
    assert (await vera.ask("GET", "/me/tokens")).json()["items"] == []
    assert f"{token['id']}.1" in [row["sid"] for row in await rows("SELECT sid FROM auth.revocations")]


async def test_disabling_a_user_ends_the_tokens_which_were_listed_before(
    admin: Person, signed_in_user: MakeUser
) -> None:
    vera = await signed_in_user("vera")
    await made(vera)
    owned = (await admin.ask("GET", "/users/vera/owned")).json()
    assert owned["api_tokens"] == ["grafana"]
    assert len(owned["sessions"]) == 1
    await admin.ask("PATCH", "/users/vera", json={"disabled": True})
    await admin.ask("PATCH", "/users/vera", json={"disabled": False})
    await vera.sign_in("vera", password_of("vera"))
    assert (await vera.ask("GET", "/me/tokens")).json()["items"] == []
