"""Clients and API tokens get access tokens of their own, and lose them with their rights."""

from base64 import b64encode
from datetime import datetime
from typing import Any

import httpx
import pytest
from vitrina_auth.testing.clock import MovableClock
from vitrina_auth.testing.people import MakePerson, MakeUser, Person, Rows
from vitrina_auth.testing.tokens import claims_of

MACHINES = ["vitrina-registry", "vitrina-gateway"]


async def new_client(admin: Person, **body: Any) -> dict[str, Any]:
    answer = await admin.ask("POST", "/clients", json={"name": "billing", "sources": ["north"]} | body)
    assert answer.status_code == 201
    client: dict[str, Any] = answer.json()
    return client


async def sign_in(person: Person, client: dict[str, Any], **form: str) -> httpx.Response:
    data = {
        "grant_type": "client_credentials",
        "client_id": client["client_id"],
        "client_secret": client["client_secret"],
    }
    return await person.client.post("/api/auth/token", data=data | form)


async def exchange(person: Person, value: str) -> httpx.Response:
    return await person.client.post("/api/auth/exchange", data={"token": value})


async def test_a_client_gets_a_token_with_its_rights_and_no_cookie(admin: Person, person: MakePerson) -> None:
    client = await new_client(admin)
    answer = await sign_in(person(), client)
    assert "set-cookie" not in answer.headers
    claims = claims_of(answer.json()["access_token"])
    assert {key: claims[key] for key in ("sub", "role", "sources", "scope", "aud", "client_id")} == {
        "sub": client["client_id"],
        "role": "service",
        "sources": ["north"],
        "scope": "read",
        "aud": MACHINES,
        "client_id": client["client_id"],
    }


async def test_when_a_client_and_an_api_token_were_used_last_is_told(
    admin: Person, person: MakePerson, signed_in_user: MakeUser, clock: MovableClock
) -> None:
    vera = await signed_in_user("vera")
    client = await new_client(admin)
    token = (await vera.ask("POST", "/me/tokens", json={"name": "grafana"})).json()["value"]

    async def told() -> list[str | None]:
        lists = [await admin.ask("GET", "/clients"), await vera.ask("GET", "/me/tokens")]
        return [answer.json()["items"][0]["last_used_at"] for answer in lists]

    assert await told() == [None, None]
    before = clock()
    await sign_in(person(), client)
    await exchange(person(), token)
    assert all(before <= datetime.fromisoformat(str(moment)) <= clock() for moment in await told())


async def test_basic_authentication_is_understood(admin: Person, person: MakePerson) -> None:
    client = await new_client(admin)
    encoded = b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    answer = await person().client.post(
        "/api/auth/token", data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {encoded}"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "form",
    [{"client_secret": "wrong"}, {"client_id": "client:unknown"}, {"client_id": "client:\0"}, {"client_secret": ""}],
)
async def test_a_wrong_secret_is_refused(admin: Person, person: MakePerson, form: dict[str, str]) -> None:
    assert (await sign_in(person(), await new_client(admin), **form)).status_code == 401


async def test_a_replaced_or_deleted_client_is_out(admin: Person, person: MakePerson, rows: Rows) -> None:
    client = await new_client(admin)
    path = f"/clients/{client['client_id']}"
    renewed = (await admin.ask("POST", f"{path}/secret")).json()
    assert (await sign_in(person(), client)).status_code == 401
    assert (await sign_in(person(), renewed)).status_code == 200
    assert (await admin.ask("DELETE", path)).status_code == 204
    assert (await sign_in(person(), renewed)).status_code == 401
    assert (await admin.ask("DELETE", path)).status_code == 404
    revoked = {row["sid"] for row in await rows("SELECT sid FROM auth.revocations")}
    assert revoked == {f"{client['client_id']}.1", f"{client['client_id']}.2"}


async def test_the_secret_is_told_once_and_stored_as_a_digest(admin: Person, rows: Rows) -> None:
    client = await new_client(admin)
    assert client["client_secret"] not in (await admin.ask("GET", "/clients")).text
    assert client["client_secret"] not in str(await rows("SELECT * FROM auth.clients"))


async def test_machines_never_reach_accounts(admin: Person, person: MakePerson) -> None:
    client = await new_client(admin, role="admin", sources=None, scope="write")
    somebody = person()
    somebody.token = (await sign_in(somebody, client)).json()["access_token"]
    for method, path in [("GET", "/users"), ("GET", "/me"), ("POST", "/me/tokens"), ("GET", "/clients")]:
        assert (await somebody.ask(method, path)).status_code == 401


async def test_an_api_token_has_the_present_rights_of_its_owner(admin: Person, signed_in_user: MakeUser) -> None:
    vera = await signed_in_user("vera", sources=["north"])
    token = (await vera.ask("POST", "/me/tokens", json={"name": "grafana"})).json()["value"]
    before = claims_of((await exchange(vera, token)).json()["access_token"])
    assert (before["sub"], before["sources"], before["scope"], before["aud"]) == ("vera", ["north"], "read", MACHINES)
    await admin.ask("PATCH", "/users/vera", json={"sources": ["south"]})
    after = claims_of((await exchange(vera, token)).json()["access_token"])
    assert after["sources"] == ["south"]
    assert after["sid"] != before["sid"]


@pytest.mark.parametrize("change", [{"disabled": True}, {"must_change_password": True}])
async def test_an_api_token_is_no_way_around_what_its_owner_may_not(
    admin: Person, signed_in_user: MakeUser, rows: Rows, change: dict[str, Any]
) -> None:
    vera = await signed_in_user("vera")
    token = (await vera.ask("POST", "/me/tokens", json={"name": "grafana"})).json()
    before = claims_of((await exchange(vera, token["value"])).json()["access_token"])
    await admin.ask("PATCH", "/users/vera", json=change)
    assert (await exchange(vera, token["value"])).status_code == 401
    assert before["sid"] in {row["sid"] for row in await rows("SELECT sid FROM auth.revocations")}


async def test_an_expired_or_made_up_api_token_is_refused(signed_in_user: MakeUser, clock: Any) -> None:
    vera = await signed_in_user("vera")
    token = (await vera.ask("POST", "/me/tokens", json={"name": "x", "expires_in_days": 1})).json()["value"]
    assert (await exchange(vera, token + "x")).status_code == 401
    clock.move(days=1)
    assert (await exchange(vera, token)).status_code == 401


async def test_a_manager_makes_no_clients(signed_in_user: MakeUser) -> None:
    vera = await signed_in_user("vera")
    assert (await vera.ask("POST", "/clients", json={"name": "x", "sources": []})).status_code == 403
