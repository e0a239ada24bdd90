"""The first start: one admin, made once."""

import asyncio
from pathlib import Path

import httpx
import structlog
from vitrina_auth.app import Auth
from vitrina_auth.loops import make_first_admin
from vitrina_auth.settings import AuthSettings
from vitrina_auth.testing.people import ADMIN_PASSWORD, Person
from vitrina_auth.use_cases.first_admin import ensure_first_admin
from vitrina_auth.use_cases.keys import rotate_keys


async def test_processes_that_start_at_once_make_one_admin(empty_auth: Auth) -> None:
    made = await asyncio.gather(*(ensure_first_admin(empty_auth.parts, "x") for _ in range(4)))
    assert sorted(made) == [False, False, False, True]


async def test_an_installation_with_users_gets_no_admin_again(auth: Auth, admin: Person) -> None:
    ada = {"username": "ada", "password": "long enough", "role": "admin"}
    await admin.ask("POST", "/users", json=ada)
    await admin.ask("DELETE", "/users/admin")
    assert not await ensure_first_admin(auth.parts, ADMIN_PASSWORD)


async def test_without_a_password_file_the_log_says_why_nobody_can_sign_in(
    empty_auth: Auth, settings: AuthSettings
) -> None:
    done = asyncio.Event()
    with structlog.testing.capture_logs() as logs:
        await make_first_admin(empty_auth.parts, settings.model_copy(update={"admin_password_file": None}), done)
    assert done.is_set()
    assert "VITRINA_ADMIN_PASSWORD_FILE" in str(logs)


async def test_the_password_of_the_file_counts_without_its_line_end(auth: Auth, admin: Person, tmp_path: Path) -> None:
    assert (tmp_path / "admin-password").read_text() == f"{ADMIN_PASSWORD}\n"
    assert (await admin.ask("GET", "/me")).json()["sources"] == ["*"]
    assert auth.parts.signer.key_set()["keys"]


async def test_a_password_that_a_program_made_is_changed_before_anything_else(
    empty_auth: Auth, settings: AuthSettings
) -> None:
    await rotate_keys(empty_auth.parts)
    generated = settings.model_copy(update={"admin_password_generated": True})
    await make_first_admin(empty_auth.parts, generated, asyncio.Event())
    transport = httpx.ASGITransport(empty_auth.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://vitrina.local") as client:
        admin = Person(client)
        await admin.sign_in("admin", ADMIN_PASSWORD)
        refused = await admin.ask("GET", "/users")
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:vitrina:problem:password-change-required")
        body = {"current_password": ADMIN_PASSWORD, "new_password": "an admin's own choice"}
        assert (await admin.ask("POST", "/me/password", json=body)).status_code == 204
        admin.token = (await admin.refresh()).json()["access_token"]
        assert (await admin.ask("GET", "/users")).status_code == 200
