"""Users and rights, changed by admins."""

import asyncio
from typing import Any

import pytest
from vitrina_auth.testing.people import ADMIN_PASSWORD, MakePerson, MakeUser, Person, Rows, password_of

ROUTES = [
    ("GET", "/users"),
    ("POST", "/users"),
    ("GET", "/users/admin"),
    ("PATCH", "/users/admin"),
    ("DELETE", "/users/admin"),
    ("GET", "/users/nobody"),
    ("DELETE", "/users/nobody"),
]
VERA: dict[str, Any] = {"username": "vera", "password": "long enough", "role": "manager", "sources": ["north"]}


async def test_a_created_user_signs_in_with_the_rights_that_were_given(admin: Person, person: MakePerson) -> None:
    created = await admin.ask("POST", "/users", json=VERA | {"must_change_password": False})
    assert created.status_code == 201
    assert created.headers["location"] == "/api/auth/users/vera"
    assert "password" not in created.json()
    vera = person()
    assert (await vera.sign_in("vera", "long enough")).status_code == 200
    assert (await vera.ask("GET", "/me")).json() == {
        "username": "vera",
        "role": "manager",
        "sources": ["north"],
        "must_change_password": False,
        "second_factor": False,
        "single_sign_on": False,
    }


@pytest.mark.parametrize("name", ["vera", "VERA"])
async def test_a_name_is_given_once_whatever_its_case(admin: Person, name: str) -> None:
    await admin.ask("POST", "/users", json=VERA)
    answer = await admin.ask("POST", "/users", json=VERA | {"username": name})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["field"] == "username"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "short77"}, "password"),
        ({"password": "x" * 257}, "password"),
        ({"password": "vera"}, "password"),
        ({"username": "-vera"}, "username"),
        ({"username": "vera\n"}, "username"),
        ({"role": "service"}, "role"),
        ({"role": "root"}, "role"),
        ({"sources": None}, "sources"),
        ({"sources": ["a b"]}, "sources[0]"),
        ({"sources": "north"}, "sources"),
        ({"role": "admin"}, "sources"),
        ({"disabled": True}, "disabled"),
        ({"is_admin": True}, "is_admin"),
    ],
)
async def test_a_user_that_does_not_fit_is_refused_by_field_and_not_made(
    admin: Person, rows: Rows, change: dict[str, Any], field: str
) -> None:
    answer = await admin.ask("POST", "/users", json=VERA | change)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert len(await rows("SELECT 1 FROM auth.users")) == 1


async def test_an_admin_needs_no_list_of_sources(admin: Person) -> None:
    body = {"username": "ada", "password": "long enough", "role": "admin"}
    assert (await admin.ask("POST", "/users", json=body)).json()["sources"] == ["*"]
    assert (await admin.ask("POST", "/users", json=body | {"username": "eva", "sources": []})).status_code == 201


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_rights_are_asked_before_anything_else(
    person: MakePerson, signed_in_user: MakeUser, method: str, path: str
) -> None:
    broken: dict[str, Any] = {"content": b"{", "headers": {"Content-Type": "application/json", "If-Match": '"99"'}}
    assert (await person().client.request(method, f"/api/auth{path}", **broken)).status_code == 401
    manager = await signed_in_user("vera")
    answer = await manager.ask(method, path, **broken)
    assert answer.status_code == 403
    assert "admin" in answer.json()["detail"]


async def test_refusals_come_in_the_agreed_order(admin: Person) -> None:
    broken: dict[str, Any] = {"content": b"{", "headers": {"Content-Type": "application/json", "If-Match": '"99"'}}
    assert (await admin.ask("PATCH", "/users/nobody", **broken)).status_code == 404
    assert (await admin.ask("PATCH", "/users/admin", **broken)).status_code == 412
    assert (await admin.ask("PATCH", "/users/admin", content=b"{", headers={"If-Match": "*"})).status_code == 422


async def test_a_change_raises_the_revision_and_a_stale_writer_is_told(admin: Person) -> None:
    created = await admin.ask("POST", "/users", json=VERA)
    seen = {"If-Match": created.headers["etag"]}
    changed = await admin.ask("PATCH", "/users/vera", json={"sources": ["south"]}, headers=seen)
    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    assert (await admin.ask("PATCH", "/users/vera", json={"sources": []}, headers=seen)).status_code == 412
    assert (await admin.ask("DELETE", "/users/vera", headers=seen)).status_code == 412
    assert (await admin.ask("GET", "/users/vera")).json()["sources"] == ["south"]


async def test_a_change_that_changes_nothing_signs_nobody_out(admin: Person, signed_in_user: MakeUser) -> None:
    vera = await signed_in_user("vera", sources=["north"])
    answer = await admin.ask("PATCH", "/users/vera", json={"role": "manager", "sources": ["north"]})
    assert answer.json()["revision"] == 1
    assert (await vera.refresh()).status_code == 200


async def test_a_promoted_manager_sees_all_and_a_demoted_admin_needs_a_list(admin: Person) -> None:
    await admin.ask("POST", "/users", json=VERA)
    assert (await admin.ask("PATCH", "/users/vera", json={"role": "admin"})).json()["sources"] == ["*"]
    refused = await admin.ask("PATCH", "/users/vera", json={"role": "manager"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "sources"
    assert (await admin.ask("PATCH", "/users/vera", json={"role": "manager", "sources": []})).json()["sources"] == []


async def test_a_new_password_set_by_an_admin_replaces_the_old_one(
    admin: Person, signed_in_user: MakeUser, person: MakePerson
) -> None:
    vera = await signed_in_user("vera")
    change = {"password": "quite another", "must_change_password": True}
    assert (await admin.ask("PATCH", "/users/vera", json=change)).status_code == 200
    assert (await vera.refresh()).status_code == 401
    assert (await person().sign_in("vera", password_of("vera"))).status_code == 401
    again = person()
    assert (await again.sign_in("vera", "quite another")).status_code == 200
    assert (await again.ask("GET", "/me")).json()["must_change_password"] is True


async def test_a_removed_user_is_gone_with_the_sessions(admin: Person, signed_in_user: MakeUser, rows: Rows) -> None:
    vera = await signed_in_user("vera")
    assert (await admin.ask("DELETE", "/users/vera")).status_code == 204
    assert (await admin.ask("GET", "/users/vera")).status_code == 404
    assert (await vera.refresh()).status_code == 401
    assert (await vera.ask("GET", "/me")).status_code == 401
    assert len(await rows("SELECT 1 FROM auth.sessions")) == 1


@pytest.mark.parametrize("path", ["/users/no%00body", "/users/%D0%B8", "/users/a%20b"])
async def test_a_path_that_cannot_name_a_user_leads_nowhere(admin: Person, path: str) -> None:
    assert (await admin.ask("GET", path)).status_code == 404


@pytest.mark.parametrize(
    ("method", "change"),
    [("DELETE", None), ("PATCH", {"disabled": True}), ("PATCH", {"role": "manager", "sources": []})],
)
async def test_the_last_admin_stays(
    admin: Person, signed_in_user: MakeUser, method: str, change: dict[str, Any] | None
) -> None:
    await signed_in_user("vera")
    answer = await admin.ask(method, "/users/admin", json=change)
    assert answer.status_code == 409
    assert (await admin.ask("GET", "/me")).json()["role"] == "admin"
    await signed_in_user("ada", role="admin")
    assert (await admin.ask(method, "/users/admin", json=change)).status_code in {200, 204}


async def test_of_admins_that_demote_each_other_at_once_one_stays(admin: Person, signed_in_user: MakeUser) -> None:
    for number in range(5):
        name = f"ada{number}"
        ada = await signed_in_user(name, role="admin")
        change = {"role": "manager", "sources": []}
        answers = await asyncio.gather(
            admin.ask("PATCH", f"/users/{name}", json=change), ada.ask("PATCH", "/users/admin", json=change)
        )
        assert sorted(answer.status_code for answer in answers) == [200, 401]
        if answers[1].status_code == 200:
            assert (await ada.ask("PATCH", "/users/admin", json={"role": "admin"})).status_code == 200
            assert (await admin.sign_in("admin", ADMIN_PASSWORD)).status_code == 200


async def test_a_token_signed_before_the_demotion_changes_nothing_after_it(
    admin: Person, signed_in_user: MakeUser
) -> None:
    ada = await signed_in_user("ada", role="admin")
    await admin.ask("PATCH", "/users/ada", json={"role": "manager", "sources": []})
    assert (await ada.ask("POST", "/users", json=VERA)).status_code == 401
    assert (await ada.ask("GET", "/me")).status_code == 401
    await ada.sign_in("ada", password_of("ada"))
    assert (await ada.ask("POST", "/users", json=VERA)).status_code == 403
    assert (await ada.ask("GET", "/me")).json()["role"] == "manager"


async def test_the_list_comes_by_pages_in_order(admin: Person) -> None:
    for name in ("zoe", "Bob", "eva", "a.b"):
        assert (await admin.ask("POST", "/users", json=VERA | {"username": name})).status_code == 201
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await admin.ask("GET", "/users", params={"limit": 2, "cursor": cursor})).json()
        assert page["total"] == 5
        seen += [user["username"] for user in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["Bob", "a.b", "admin", "eva", "zoe"]
    assert (await admin.ask("GET", "/users", params={"limit": 1001})).status_code == 422
    assert (await admin.ask("GET", "/users", params={"cursor": "a\0"})).status_code == 200


async def test_changes_of_rights_are_in_the_audit_with_before_and_after(admin: Person, rows: Rows) -> None:
    await admin.ask("POST", "/users", json=VERA)
    await admin.ask("PATCH", "/users/vera", json={"sources": ["south"], "password": "quite another"})
    await admin.ask("DELETE", "/users/vera")
    entries = await rows("SELECT actor, action, detail FROM auth.audit WHERE subject = 'vera' ORDER BY id")
    assert [(entry["actor"], entry["action"]) for entry in entries] == [
        ("admin", "user_created"),
        ("admin", "user_changed"),
        ("admin", "user_deleted"),
    ]
    detail = entries[1]["detail"]
    assert detail["before"]["sources"] == ["north"]
    assert detail["after"]["sources"] == ["south"]
    assert detail["password_set"] is True
    assert "argon2" not in str(entries)
