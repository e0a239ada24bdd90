"""The audit as admins read it."""

import asyncio
import json
from datetime import timedelta

from sqlalchemy import text
from vitrina_auth.app import Auth
from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.testing.clock import MovableClock
from vitrina_auth.testing.people import ADMIN_PASSWORD, MakePerson, MakeUser, Person
from vitrina_auth.use_cases.audit import verify_audit
from vitrina_auth.use_cases.sessions import remove_old


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


async def test_a_change_by_sql_is_found_and_every_entry_is_exported(
    admin: Person, signed_in_user: MakeUser, auth: Auth
) -> None:
    await signed_in_user("vera")
    found = (await admin.ask("GET", "/audit/verification")).json()
    assert (found["holds"], found["broken"]) == (True, None)
    exported = await admin.ask("GET", "/audit.jsonl")
    assert exported.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in exported.text.splitlines()]
    assert [line["action"] for line in lines[-2:]] == ["user_created", "sign_in"]
    assert len(lines) == found["entries"]
    assert lines[-1]["hash"] == found["head"]
    async with auth.engine.begin() as connection:
        await connection.execute(
            text("UPDATE auth.audit SET subject = 'olga' WHERE id = :number"), {"number": lines[-2]["number"]}
        )
    broken = (await admin.ask("GET", "/audit/verification")).json()
    assert (broken["holds"], broken["broken"]) == (False, lines[-2]["number"])


async def test_entries_written_at_once_are_one_chain(admin: Person, auth: Auth) -> None:
    async def add(number: int) -> None:
        async with auth.parts.open_unit() as unit:
            await unit.audit.add(AuditEntry(at=auth.parts.clock(), action=Action.SIGN_OUT, actor=f"user{number}"))
            await unit.commit()

    before = (await admin.ask("GET", "/audit/verification")).json()["entries"]
    await asyncio.gather(*(add(number) for number in range(30)))
    found = (await admin.ask("GET", "/audit/verification")).json()
    assert (found["holds"], found["entries"]) == (True, before + 30)


async def test_old_entries_go_and_the_rest_can_still_be_checked(admin: Person, auth: Auth, clock: MovableClock) -> None:
    clock.move(days=40)
    assert (await admin.sign_in("admin", ADMIN_PASSWORD)).status_code == 200
    await remove_old(auth.parts, timedelta(days=30))
    found = await verify_audit(auth.parts)
    assert (found.holds, found.entries) == (True, 1)
