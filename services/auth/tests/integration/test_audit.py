"""The audit as admins read it."""

from vitrina_auth.testing.people import MakePerson, MakeUser, Person


async def test_sign_ins_and_changes_are_read_by_pages_the_newest_first(
    admin: Person, signed_in_user: MakeUser, person: MakePerson
) -> None:
    await signed_in_user("vera")
    await person("10.0.0.9").sign_in("vera", "wrong")
    await admin.ask("PATCH", "/users/vera", json={"sources": ["south"]})
    seen, cursor = [], None
    while True:
        parameters = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await admin.ask("GET", "/audit", params=parameters)).json()
        seen += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert [(item["actor"], item["action"], item["target"], item["outcome"]) for item in seen[:4]] == [
        ("admin", "user_changed", "vera", "ok"),
        (None, "sign_in_refused", "vera", "refused"),
        ("vera", "sign_in", "vera", "ok"),
        ("admin", "user_created", "vera", "ok"),
    ]
    assert seen[1]["address"] == "10.0.0.9"
    assert seen[0]["details"]["after"]["sources"] == ["south"]


async def test_it_can_be_read_for_one_user(admin: Person, signed_in_user: MakeUser) -> None:
    await signed_in_user("vera")
    items = (await admin.ask("GET", "/audit", params={"user": "vera"})).json()["items"]
    assert [item["action"] for item in items] == ["sign_in", "user_created"]


async def test_a_manager_does_not_read_it_and_a_strange_cursor_is_refused(
    admin: Person, signed_in_user: MakeUser
) -> None:
    vera = await signed_in_user("vera")
    assert (await vera.ask("GET", "/audit")).status_code == 403
    assert (await admin.ask("GET", "/audit", params={"cursor": "abc"})).status_code == 422
