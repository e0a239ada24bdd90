"""Where a person is signed in, and how that ends."""

from vitrina_auth.testing.people import COOKIE, MakePerson, MakeUser, Person, Rows, password_of


async def test_a_person_sees_the_own_sessions_and_which_is_this_one(
    signed_in_user: MakeUser, person: MakePerson
) -> None:
    vera = await signed_in_user("vera")
    elsewhere = person("10.0.0.2")
    elsewhere.client.headers["User-Agent"] = "a phone"
    await elsewhere.sign_in("vera", password_of("vera"))
    items = (await vera.ask("GET", "/me/sessions")).json()["items"]
    assert [(item["address"], item["agent"], item["current"]) for item in items] == [
        ("10.0.0.2", "a phone", False),
        ("10.0.0.1", vera.client.headers["User-Agent"], True),
    ]


async def test_an_ended_session_can_neither_be_continued_nor_used(signed_in_user: MakeUser, person: MakePerson) -> None:
    vera = await signed_in_user("vera")
    lost = person()
    await lost.sign_in("vera", password_of("vera"))
    sessions = (await vera.ask("GET", "/me/sessions")).json()["items"]
    other = next(item["id"] for item in sessions if not item["current"])
    assert (await vera.ask("DELETE", f"/me/sessions/{other}")).status_code == 204
    assert (await lost.refresh()).status_code == 401
    assert (await lost.ask("GET", "/me")).status_code == 401
    assert (await vera.ask("GET", "/me")).status_code == 200
    assert (await vera.ask("DELETE", f"/me/sessions/{other}")).status_code == 404


async def test_nobody_ends_a_session_of_somebody_else(signed_in_user: MakeUser) -> None:
    vera, eva = await signed_in_user("vera"), await signed_in_user("eva")
    other = (await eva.ask("GET", "/me/sessions")).json()["items"][0]["id"]
    assert (await vera.ask("DELETE", f"/me/sessions/{other}")).status_code == 404
    assert (await eva.ask("GET", "/me")).status_code == 200


async def test_signing_out_everywhere_ends_this_session_too(signed_in_user: MakeUser, person: MakePerson) -> None:
    vera = await signed_in_user("vera")
    elsewhere = person()
    await elsewhere.sign_in("vera", password_of("vera"))
    assert (await vera.ask("POST", "/logout-everywhere")).status_code == 204
    assert COOKIE not in vera.client.cookies
    for somebody in (vera, elsewhere):
        assert (await somebody.ask("GET", "/me")).status_code == 401
    assert (await elsewhere.refresh()).status_code == 401


async def test_an_access_token_is_refused_once_its_session_was_signed_out(signed_in_user: MakeUser) -> None:
    vera = await signed_in_user("vera")
    await vera.client.post("/api/auth/logout")
    assert (await vera.ask("GET", "/me")).status_code == 401


async def test_an_admin_signs_a_user_out_everywhere(admin: Person, signed_in_user: MakeUser) -> None:
    vera = await signed_in_user("vera")
    assert (await admin.ask("DELETE", "/users/vera/sessions")).status_code == 204
    assert (await vera.refresh()).status_code == 401
    assert (await vera.sign_in("vera", password_of("vera"))).status_code == 200


async def test_whatever_ends_a_session_revokes_what_was_signed_for_it(
    admin: Person, signed_in_user: MakeUser, rows: Rows
) -> None:
    vera = await signed_in_user("vera")
    session = (await vera.ask("GET", "/me/sessions")).json()["items"][0]["id"]
    await admin.ask("PATCH", "/users/vera", json={"sources": ["south"]})
    assert session in [row["sid"] for row in await rows("SELECT sid FROM auth.revocations")]
