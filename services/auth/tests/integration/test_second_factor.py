"""A code besides the password."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest
from vitrina_auth.app import Auth, create_auth
from vitrina_auth.settings import AuthSettings
from vitrina_auth.testing.clock import MovableClock
from vitrina_auth.testing.people import HERE, MakeUser, Person, Rows, password_of
from vitrina_auth.testing.tokens import claims_of
from vitrina_auth.use_cases.keys import rotate_keys

REQUIRED = "urn:vitrina:problem:second-factor-required"


async def sign_in(person: Person, name: str, code: str | None = None) -> httpx.Response:
    form = {"username": name, "password": password_of(name)} | ({"code": code} if code else {})
    answer = await person.client.post("/api/auth/token", data=form)
    person.token = answer.json().get("access_token", "")
    return answer


class Device:
    """An authenticator app with the clock of the tests."""

    def __init__(self, secret: str, clock: MovableClock) -> None:
        self._totp = pyotp.TOTP(secret)
        self._clock = clock

    def code(self, seconds_ahead: float = 0) -> str:
        return self._totp.at(self._clock() + timedelta(seconds=seconds_ahead))

    def next_code(self) -> str:
        """Of the step after the present one, which a device whose clock is fast shows."""
        return self.code(30)


async def set_up(person: Person, name: str, clock: MovableClock) -> tuple[Device, list[str]]:
    body = {"current_password": password_of(name)}
    answer = await person.ask("POST", "/me/second-factor", json=body)
    assert answer.status_code == 200, answer.text
    device = Device(answer.json()["secret"], clock)
    confirmed = await person.ask("POST", "/me/second-factor/confirm", json={"code": device.code()})
    assert confirmed.status_code == 200, confirmed.text
    return device, confirmed.json()["recovery_codes"]


async def test_after_the_set_up_the_password_alone_is_not_enough(signed_in_user: MakeUser, clock: MovableClock) -> None:
    vera = await signed_in_user("vera")
    device, _ = await set_up(vera, "vera", clock)
    assert (await vera.ask("GET", "/me")).json()["second_factor"] is True
    refused = await sign_in(vera, "vera")
    assert (refused.status_code, refused.json()["type"]) == (401, REQUIRED)
    assert (await sign_in(vera, "vera", "000000")).json()["type"] == "urn:vitrina:problem:wrong-credentials"
    assert (await sign_in(vera, "vera", device.next_code())).status_code == 200


async def test_a_code_is_good_once_and_for_a_minute(signed_in_user: MakeUser, clock: MovableClock) -> None:
    vera = await signed_in_user("vera")
    device, _ = await set_up(vera, "vera", clock)
    code = device.next_code()
    assert (await sign_in(vera, "vera", code)).status_code == 200
    assert (await sign_in(vera, "vera", code)).status_code == 401
    clock.move(seconds=61)
    code = device.code()
    clock.move(seconds=95)
    assert (await sign_in(vera, "vera", code)).status_code == 401


async def test_a_recovery_code_stands_in_once(signed_in_user: MakeUser, clock: MovableClock, rows: Rows) -> None:
    vera = await signed_in_user("vera")
    _, codes = await set_up(vera, "vera", clock)
    assert len(set(codes)) == 10
    assert (await sign_in(vera, "vera", f" {codes[3].upper()} ")).status_code == 200
    assert (await sign_in(vera, "vera", codes[3])).status_code == 401
    assert await rows("SELECT 1 FROM auth.audit WHERE action = 'recovery_code_used'")


async def test_codes_cannot_be_guessed_without_limit(signed_in_user: MakeUser, clock: MovableClock) -> None:
    vera = await signed_in_user("vera")
    device, _ = await set_up(vera, "vera", clock)
    for _ in range(5):
        assert (await sign_in(vera, "vera", "000000")).status_code == 401
    assert (await sign_in(vera, "vera", device.code())).status_code == 429


async def test_what_is_stored_is_no_secret(signed_in_user: MakeUser, clock: MovableClock, rows: Rows) -> None:
    vera = await signed_in_user("vera")
    secret = (await vera.ask("POST", "/me/second-factor", json={"current_password": password_of("vera")})).json()
    stored = str(await rows("SELECT * FROM auth.users")) + str(await rows("SELECT * FROM auth.audit"))
    assert secret["secret"] not in stored
    assert secret["secret"] in secret["uri"]


async def test_an_unconfirmed_set_up_asks_for_nothing(signed_in_user: MakeUser) -> None:
    vera = await signed_in_user("vera")
    await vera.ask("POST", "/me/second-factor", json={"current_password": password_of("vera")})
    assert (await vera.ask("POST", "/me/second-factor/confirm", json={"code": "000000"})).status_code == 422
    assert (await sign_in(vera, "vera")).status_code == 200


@pytest.mark.parametrize("path", ["/me/second-factor", "/me/second-factor/remove"])
async def test_a_stolen_access_token_changes_nothing_here(signed_in_user: MakeUser, path: str) -> None:
    vera = await signed_in_user("vera")
    answer = await vera.ask("POST", path, json={"current_password": "wrong"})
    assert answer.status_code == 422


async def test_it_is_removed_by_its_owner_or_an_admin(
    admin: Person, signed_in_user: MakeUser, clock: MovableClock
) -> None:
    vera = await signed_in_user("vera")
    await set_up(vera, "vera", clock)
    assert (await admin.ask("GET", "/users/vera")).json()["second_factor"] is True
    assert (await admin.ask("DELETE", "/users/vera/second-factor")).status_code == 204
    assert (await vera.refresh()).status_code == 401
    assert (await sign_in(vera, "vera")).status_code == 200
    await set_up(vera, "vera", clock)
    body = {"current_password": password_of("vera")}
    assert (await vera.ask("POST", "/me/second-factor/remove", json=body)).status_code == 204
    assert (await sign_in(vera, "vera")).status_code == 200


@pytest.fixture
async def strict(auth: Auth, settings: AuthSettings, clock: MovableClock) -> AsyncIterator[Auth]:
    """Another process of the same auth, where managers must have a second factor."""
    made = create_auth(settings.model_copy(update={"second_factor_roles": frozenset({"manager"})}), clock)
    await rotate_keys(made.parts)
    yield made
    await made.close()


async def test_where_a_role_must_have_one_it_is_set_up_before_anything_else(
    strict: Auth, signed_in_user: MakeUser, clock: MovableClock
) -> None:
    await signed_in_user("vera")
    transport: Any = httpx.ASGITransport(strict.api, client=(HERE, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://vitrina.local") as client:
        vera = Person(client)
        await sign_in(vera, "vera")
        assert claims_of(vera.token)["scope"] == "second-factor-setup"
        refused = await vera.ask("GET", "/me/sessions")
        assert (refused.status_code, refused.json()["type"]) == (403, REQUIRED)
        await set_up(vera, "vera", clock)
        vera.token = (await vera.refresh()).json()["access_token"]
        assert (await vera.ask("GET", "/me/sessions")).status_code == 200


async def test_an_api_token_is_no_way_around_the_duty_to_have_one(
    strict: Auth, signed_in_user: MakeUser, clock: MovableClock
) -> None:
    vera = await signed_in_user("vera")
    token = (await vera.ask("POST", "/me/tokens", json={"name": "grafana"})).json()["value"]
    transport: Any = httpx.ASGITransport(strict.api, client=(HERE, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://vitrina.local/api/auth") as service:
        assert (await service.post("/exchange", data={"token": token})).status_code == 401
        await set_up(vera, "vera", clock)
        assert (await service.post("/exchange", data={"token": token})).status_code == 200


def test_roles_are_named_in_the_setting(settings: AuthSettings) -> None:
    given = settings.model_dump() | {"second_factor_roles": "admin, manager"}
    assert AuthSettings.model_validate(given).second_factor_roles == {"admin", "manager"}
