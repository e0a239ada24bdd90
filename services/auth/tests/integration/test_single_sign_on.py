"""Sign in through the company's provider, a real one, as a browser does it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from vitrina_auth.adapters.identity_provider import ClientAccount, IdentityProvider
from vitrina_auth.app import Auth
from vitrina_auth.domain.sign_on_flow import Flow, new_flow
from vitrina_auth.domain.single_sign_on import NotLetIn, Reason
from vitrina_auth.settings import AuthSettings
from vitrina_auth.testing.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    RunningProvider,
    identity_provider,
    walk,
)
from vitrina_auth.testing.people import COOKIE, MakePerson, Person, Rows
from vitrina_auth.testing.tokens import claims_of
from vitrina_contracts.source_file import WayOut

HOME = "http://vitrina.local"
CALLBACK = f"{HOME}/api/auth/oidc/callback"
VERA = {"preferred_username": "vera", "groups": ["screens-managers", "region-volga"]}
BOSS = {"preferred_username": "boss", "groups": ["screens-admins"]}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    with identity_provider(tmp_path_factory.mktemp("provider"), CALLBACK) as running:
        yield running


@pytest.fixture
def provider(company: RunningProvider) -> RunningProvider:
    company.start()
    company.know({"vera-1": VERA, "boss-1": BOSS})
    return company


@pytest.fixture
def settings(settings: AuthSettings, provider: RunningProvider, tmp_path: Path) -> AuthSettings:
    secret = tmp_path / "client-secret"
    secret.write_text(CLIENT_SECRET)
    chosen = {
        "public_url": HOME,
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret_file": secret,
        "oidc_name": "Company",
        "oidc_admins": frozenset({"screens-admins"}),
        "oidc_managers": frozenset({"screens-managers"}),
        "oidc_sources": "region-volga=volga-malls+volga-cinemas,region-ural=ural",
    }
    return settings.model_copy(update=chosen)


@pytest.fixture
async def visitor() -> AsyncIterator[httpx.AsyncClient]:
    """Of nobody whom the provider remembers."""
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


async def begin(somebody: Person, return_to: str = "/devices?status=offline") -> str:
    answer = await somebody.client.post("/api/auth/oidc/start", json={"return_to": return_to})
    assert answer.status_code == 200, answer.text
    url: str = answer.json()["url"]
    return url


async def come_back(somebody: Person, visitor: httpx.AsyncClient, login: str) -> httpx.Response:
    visitor.cookies.clear()
    return await somebody.client.get(await walk(visitor, await begin(somebody), login, HOME))


def reason_of(answer: httpx.Response) -> str:
    assert answer.status_code == 303
    assert COOKIE not in answer.cookies
    return parse_qs(urlsplit(answer.headers["location"]).query)["sign-in"][0]


async def sign_on(somebody: Person, visitor: httpx.AsyncClient, login: str) -> dict[str, Any]:
    """The claims of the access token that the session then gives."""
    answer = await come_back(somebody, visitor, login)
    assert (answer.status_code, answer.headers["location"]) == (303, "/devices?status=offline")
    refreshed = await somebody.refresh()
    somebody.token = refreshed.json()["access_token"]
    return claims_of(somebody.token)


async def test_who_the_provider_vouches_for_is_a_user_with_the_rights_of_the_claims(
    admin: Person, person: MakePerson, visitor: httpx.AsyncClient, rows: Rows
) -> None:
    vera = person()
    options = (await vera.client.get("/api/auth/sign-in-options")).json()
    assert options == {"single_sign_on": {"name": "Company"}}
    claims = await sign_on(vera, visitor, "vera-1")
    assert (claims["sub"], claims["role"], claims["scope"]) == ("vera", "manager", "")
    assert claims["sources"] == ["volga-cinemas", "volga-malls"]
    assert (await sign_on(person(), visitor, "boss-1"))["role"] == "admin"
    seen = (await admin.ask("GET", "/users/vera")).json()
    assert (seen["single_sign_on"], seen["invited"], seen["must_change_password"]) == (True, False, False)
    actions = [row["action"] for row in await rows("SELECT action FROM auth.audit WHERE subject = 'vera' ORDER BY id")]
    assert actions == ["user_created", "sign_in"]


async def test_rights_follow_the_claims_at_each_sign_in_and_older_sessions_end(
    person: MakePerson, visitor: httpx.AsyncClient, provider: RunningProvider, auth: Auth
) -> None:
    before = person()
    await sign_on(before, visitor, "vera-1")
    provider.know({"vera-1": VERA | {"preferred_username": "renamed", "groups": ["screens-managers", "region-ural"]}})
    after = person()
    claims = await sign_on(after, visitor, "vera-1")
    assert (claims["sub"], claims["sources"]) == ("vera", ["ural"])
    assert (await before.refresh()).status_code == 401
    assert (await after.refresh()).status_code == 200


NO_PLACE: dict[str, list[dict[str, Any]]] = {
    "no_role": [{"preferred_username": "vera", "groups": ["everybody"]}, {"preferred_username": "vera"}],
    "bad_name": [{"preferred_username": "Vera Ivanova", "groups": ["screens-admins"]}],
    "name_taken": [{"preferred_username": "ADMIN", "groups": ["screens-admins"]}],
}


@pytest.mark.parametrize("reason", NO_PLACE)
async def test_who_has_no_place_here_is_told_why(
    person: MakePerson, visitor: httpx.AsyncClient, provider: RunningProvider, rows: Rows, reason: str
) -> None:
    for claims in NO_PLACE[reason]:
        provider.know({"vera-1": claims})
        assert reason_of(await come_back(person(), visitor, "vera-1")) == reason
    assert len(await rows("SELECT 1 FROM auth.users")) == 1
    refused = await rows("SELECT detail FROM auth.audit WHERE action = 'sign_in_refused'")
    assert [row["detail"] for row in refused] == [{"reason": reason}] * len(NO_PLACE[reason])


async def test_a_user_disabled_here_stays_out(admin: Person, person: MakePerson, visitor: httpx.AsyncClient) -> None:
    vera = person()
    await sign_on(vera, visitor, "vera-1")
    assert (await admin.ask("PATCH", "/users/vera", json={"disabled": True})).status_code == 200
    assert (await vera.refresh()).status_code == 401
    assert reason_of(await come_back(person(), visitor, "vera-1")) == "disabled"


async def test_the_provider_cannot_take_the_last_admin_away(
    admin: Person, person: MakePerson, visitor: httpx.AsyncClient, provider: RunningProvider
) -> None:
    await sign_on(person(), visitor, "boss-1")
    boss = person()
    await sign_on(boss, visitor, "boss-1")
    assert (await boss.ask("PATCH", "/users/admin", json={"disabled": True})).status_code == 200
    provider.know({"boss-1": BOSS | {"groups": ["screens-managers"]}})
    assert reason_of(await come_back(person(), visitor, "boss-1")) == "last_admin"


async def test_no_password_and_no_rights_are_given_beside_the_provider(
    admin: Person, person: MakePerson, visitor: httpx.AsyncClient
) -> None:
    await sign_on(person(), visitor, "vera-1")
    for change in ({"password": "a long new password"}, {"role": "admin"}, {"sources": ["ural"]}):
        assert (await admin.ask("PATCH", "/users/vera", json=change)).status_code == 422
    for act in ("reset-password", "invitation"):
        assert (await admin.ask("POST", f"/users/vera/{act}")).status_code == 422
    assert (await person().sign_in("vera", "vera")).status_code == 401
    assert (await admin.ask("GET", "/me")).json()["single_sign_on"] is False


async def test_only_the_browser_that_began_can_finish_and_only_once(
    person: MakePerson, visitor: httpx.AsyncClient
) -> None:
    victim, thief = person(), person()
    address = await walk(visitor, await begin(thief), "vera-1", HOME)
    assert reason_of(await victim.client.get(address)) == "expired"
    await begin(victim)
    assert reason_of(await victim.client.get(address)) == "expired"
    assert (await thief.client.get(address)).headers["location"] == "/devices?status=offline"
    assert reason_of(await thief.client.get(address)) == "expired"


async def test_who_turns_back_at_the_provider_is_told_so(person: MakePerson) -> None:
    vera = person()
    state = parse_qs(urlsplit(await begin(vera)).query)["state"][0]
    answer = await vera.client.get(f"{CALLBACK}?error=access_denied&state={state}")
    assert reason_of(answer) == "cancelled"


async def test_another_provider_and_another_site_are_refused(person: MakePerson) -> None:
    vera = person()
    state = parse_qs(urlsplit(await begin(vera)).query)["state"][0]
    mixed_up = await vera.client.get(f"{CALLBACK}?code=x&state={state}&iss=https://elsewhere.example.org")
    assert reason_of(mixed_up) == "refused"
    foreign = await vera.client.post("/api/auth/oidc/start", json={}, headers={"Origin": "https://evil.example.org"})
    assert foreign.status_code == 403
    for page in ("//evil.example.org", "https://evil.example.org", "/\\evil.example.org"):
        assert (await vera.client.post("/api/auth/oidc/start", json={"return_to": page})).status_code == 422


async def test_a_provider_that_is_down_is_said_and_passwords_still_work(
    admin: Person, person: MakePerson, visitor: httpx.AsyncClient, provider: RunningProvider
) -> None:
    vera = person()
    address = await walk(visitor, await begin(vera), "vera-1", HOME)
    provider.stop()
    assert reason_of(await vera.client.get(address)) == "unavailable"
    answer = await vera.client.post("/api/auth/oidc/start", json={})
    assert (answer.status_code, answer.headers["retry-after"].isdigit()) == (503, True)
    assert (await admin.ask("GET", "/me")).status_code == 200


async def code_for(used: IdentityProvider, flow: Flow, visitor: httpx.AsyncClient) -> str:
    visitor.cookies.clear()
    address = await walk(visitor, await used.address_for(flow), "vera-1", HOME)
    return parse_qs(urlsplit(address).query)["code"][0]


@pytest.mark.parametrize("changed", ["nonce", "verifier"])
async def test_a_code_is_worth_nothing_with_another_nonce_or_verifier(
    auth: Auth, visitor: httpx.AsyncClient, changed: str
) -> None:
    used: IdentityProvider = auth.api.state.sign_on.provider
    flow = new_flow("/")
    other = replace(flow, **{changed: getattr(new_flow("/"), changed)})
    with pytest.raises(NotLetIn) as caught:
        await used.claims_for(other, await code_for(used, flow, visitor), frozenset())
    assert caught.value.reason is Reason.REFUSED
    assert (await used.claims_for(flow, await code_for(used, flow, visitor), frozenset()))["sub"] == "vera-1"


async def test_a_provider_that_calls_itself_otherwise_is_refused(provider: RunningProvider) -> None:
    account = ClientAccount(client_id=CLIENT_ID, secret=CLIENT_SECRET, redirect_uri=CALLBACK, scopes="openid")
    other = IdentityProvider(provider.issuer.replace("127.0.0.1", "localhost"), account, WayOut())
    with pytest.raises(NotLetIn) as caught:
        await other.address_for(new_flow("/"))
    assert caught.value.reason is Reason.REFUSED
