"""Passwords, tokens and keys stay where they belong."""

import logging
from io import StringIO

import pytest
from prometheus_client import generate_latest
from vitrina_auth.settings import AuthSettings
from vitrina_auth.testing.clock import MovableClock
from vitrina_auth.testing.people import ADMIN_PASSWORD, MakePerson, Person, Rows
from vitrina_kit.logging import configure_logging

WRONG = "canary-wrong-password"
FIRST = "canary-first-password"
SECOND = "canary-second-password"


@pytest.fixture
def logged() -> StringIO:
    """Everything that is logged, at the most talkative level."""
    configure_logging("auth", "debug")
    written = StringIO()
    handler = logging.root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    return written


async def test_no_secret_reaches_a_log_a_metric_or_a_table_in_clear(
    logged: StringIO, admin: Person, person: MakePerson, clock: MovableClock, rows: Rows, *, settings: AuthSettings
) -> None:
    cookies = [admin.secret]
    vera = {"username": "vera", "password": FIRST, "role": "manager", "sources": []}
    answers = [await admin.ask("POST", "/users", json=vera), await admin.ask("POST", "/users", json=vera)]
    somebody = person()
    answers.append(await somebody.sign_in("vera", WRONG))
    await somebody.sign_in("vera", FIRST)
    tokens = [admin.token, somebody.token]
    body = {"current_password": FIRST, "new_password": SECOND}
    answers.append(await somebody.ask("POST", "/me/password", json=body))
    answers.append(await admin.ask("POST", "/users", json=vera | {"password": {"nested": WRONG}}))
    answers.append(await admin.ask("POST", "/users", content=f'{{"password": "{WRONG}"'))
    await admin.refresh()
    cookies.append(admin.secret)
    clock.move(minutes=1)
    answers.append(await person().refresh(cookies[0]))

    written = logged.getvalue() + generate_latest().decode() + "".join(answer.text for answer in answers)
    stored = ""
    for table in ("users", "sessions", "refresh_tokens", "signing_keys", "audit"):
        stored += str(await rows(f"SELECT * FROM auth.{table}"))  # noqa: S608 - our own table names
    key = settings.secret_key_file.read_text()
    for secret in [WRONG, FIRST, SECOND, key, *cookies, *tokens]:
        assert secret not in written
        assert secret not in stored
    assert f"'{ADMIN_PASSWORD}'" not in stored
    assert "refresh_reused" in stored
