"""Sessions: rotation, theft, ends."""

import asyncio

import httpx
import pytest
from vitrina_auth.api.refresh_cookie import RefreshCookie
from vitrina_auth.app import Auth
from vitrina_auth.testing.clock import MovableClock
from vitrina_auth.testing.people import ADMIN_PASSWORD, COOKIE, MakePerson, MakeUser, Person, Rows, password_of


async def test_each_refresh_gives_a_new_pair_and_the_session_goes_on(admin: Person) -> None:
    seen = {admin.secret}
    for _ in range(3):
        answer = await admin.refresh()
        assert answer.status_code == 200
        admin.token = answer.json()["access_token"]
        seen.add(admin.secret)
        assert (await admin.ask("GET", "/me")).json()["username"] == "admin"
    assert len(seen) == 4


async def test_a_used_token_that_comes_again_later_ends_the_whole_family(
    admin: Person, person: MakePerson, clock: MovableClock, rows: Rows
) -> None:
    stolen = admin.secret
    await admin.refresh()
    clock.move(seconds=11)
    assert (await person().refresh(stolen)).status_code == 401
    victim = await admin.refresh()
    assert victim.status_code == 401
    assert victim.json()["type"] == "urn:vitrina:problem:unauthenticated"
    assert [row["end_reason"] for row in await rows("SELECT end_reason FROM auth.sessions")] == ["reused"]
    assert await rows("SELECT 1 FROM auth.audit WHERE action = 'refresh_reused' AND subject = 'admin'")


async def test_within_the_grace_the_previous_token_gets_the_same_successor(admin: Person, person: MakePerson) -> None:
    previous = admin.secret
    await admin.refresh()
    other_tab = person()
    assert (await other_tab.refresh(previous)).status_code == 200
    assert other_tab.secret == admin.secret
    assert (await admin.refresh()).status_code == 200


async def test_the_grace_ends_as_soon_as_the_successor_is_used(admin: Person, person: MakePerson) -> None:
    previous = admin.secret
    await admin.refresh()
    await admin.refresh()
    assert (await person().refresh(previous)).status_code == 401
    assert (await admin.refresh()).status_code == 401


async def test_the_grace_is_for_the_immediately_previous_token_only(admin: Person, person: MakePerson) -> None:
    oldest = admin.secret
    for _ in range(3):
        await admin.refresh()
    assert (await person().refresh(oldest)).status_code == 401


async def test_a_hundred_parallel_refreshes_of_one_token_keep_one_family_and_one_live_token(
    admin: Person, person: MakePerson, rows: Rows
) -> None:
    secret = admin.secret
    tabs = [person() for _ in range(100)]
    answers = await asyncio.gather(*(tab.refresh(secret) for tab in tabs))
    assert {answer.status_code for answer in answers} == {200}
    assert len({tab.secret for tab in tabs}) == 1
    assert [row["n"] for row in await rows("SELECT count(*) AS n FROM auth.sessions WHERE ended_at IS NULL")] == [1]
    assert [row["n"] for row in await rows("SELECT count(*) AS n FROM auth.refresh_tokens WHERE used_at IS NULL")] == [
        1
    ]
    assert (await tabs[7].refresh()).status_code == 200


async def test_an_idle_session_ends_after_eight_hours_and_any_after_seven_days(
    admin: Person, person: MakePerson, clock: MovableClock
) -> None:
    idle = person()
    await idle.sign_in("admin", ADMIN_PASSWORD)
    for _ in range(23):
        clock.move(hours=7)
        assert (await admin.refresh()).status_code == 200
    assert (await idle.refresh()).status_code == 401
    clock.move(hours=7.5)
    assert (await admin.refresh()).status_code == 401


async def test_a_cookie_copied_before_sign_out_is_refused_after_it(admin: Person, person: MakePerson) -> None:
    copied = admin.secret
    answer = await admin.client.post("/api/auth/logout")
    assert answer.status_code == 204
    assert COOKIE not in admin.client.cookies
    assert (await person().refresh(copied)).status_code == 401


async def test_signing_out_without_a_session_is_fine(person: MakePerson) -> None:
    assert (await person().client.post("/api/auth/logout")).status_code == 204


@pytest.mark.parametrize("secret", ["", "x", "x" * 4000, "не токен"])
async def test_a_made_up_cookie_is_no_session(person: MakePerson, secret: str) -> None:
    header = f"{COOKIE}={secret}".encode()
    answer = await person().client.post("/api/auth/refresh", headers=[(b"cookie", header)])
    assert answer.status_code == 401


async def test_a_disabled_user_is_signed_out_everywhere(admin: Person, signed_in_user: MakeUser) -> None:
    vera = await signed_in_user("vera")
    assert (await admin.ask("PATCH", "/users/vera", json={"disabled": True})).status_code == 200
    assert (await vera.refresh()).status_code == 401
    assert (await vera.ask("GET", "/me")).status_code == 401


async def test_new_sources_are_in_the_next_token_after_signing_in_again(
    admin: Person, signed_in_user: MakeUser
) -> None:
    vera = await signed_in_user("vera", sources=["north"])
    await admin.ask("PATCH", "/users/vera", json={"sources": ["south"]})
    assert (await vera.refresh()).status_code == 401
    await vera.sign_in("vera", password_of("vera"))
    assert (await vera.ask("GET", "/me")).json()["sources"] == ["south"]


CROSS_ORIGIN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://vitrina.local.evil.example"},
    {"Origin": "http://vitrina.local:8081"},
    {"Origin": "http://other.vitrina.local"},
    {"Origin": "file://vitrina.local"},
    {"Origin": "http://vitrina.local:port"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
]


@pytest.mark.parametrize("headers", CROSS_ORIGIN)
@pytest.mark.parametrize("route", ["token", "refresh", "logout"])
async def test_another_origin_cannot_use_the_cookie_routes(admin: Person, route: str, headers: dict[str, str]) -> None:
    form = {"username": "admin", "password": ADMIN_PASSWORD}
    answer = await admin.client.post(f"/api/auth/{route}", data=form, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert (await admin.refresh()).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://vitrina.local", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://vitrina.local:80"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://edge.example:8443", "Host": "edge.example:8443"},
    ],
)
async def test_our_own_page_can(admin: Person, headers: dict[str, str]) -> None:
    cookie = {"Cookie": f"{COOKIE}={admin.secret}"}
    assert (await admin.client.post("/api/auth/refresh", headers=headers | cookie)).status_code == 200


async def test_the_page_behind_a_proxy_that_ends_tls_is_our_own(auth: Auth, admin: Person) -> None:
    auth.api.state.refresh_cookie = RefreshCookie(secure=False, public_url="https://screens.example")
    for origin, status in (
        ("https://screens.example", 200),
        ("http://screens.example", 403),
        ("https://screens.example:8443", 403),
        ("null", 403),
    ):
        headers = {"Origin": origin, "Cookie": f"{COOKIE}={admin.secret}"}
        answer = await admin.client.post("/api/auth/refresh", headers=headers)
        assert (origin, answer.status_code) == (origin, status)


async def test_a_secure_cookie_says_so_in_its_name(auth: Auth, person: MakePerson) -> None:
    auth.api.state.refresh_cookie = RefreshCookie(secure=True)
    answer: httpx.Response = await person().sign_in("admin", ADMIN_PASSWORD)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Secure-vitrina_refresh=")
    assert "; Secure" in cookie
