"""What a refresh token deserves: the table of verdicts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from vitrina_auth.domain.session import (
    ABSOLUTE,
    IDLE,
    RefreshToken,
    Session,
    Verdict,
    digest,
    judge,
    new_nonce,
    new_secret,
    successor_secret,
    token_expiry,
)

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SESSION = Session(id=UUID(int=1), user_id=1, created_at=NOW, expires_at=NOW + ABSOLUTE)
FRESH = RefreshToken(
    id=UUID(int=2),
    session_id=SESSION.id,
    parent_id=None,
    digest=digest("secret"),
    issued_at=NOW,
    expires_at=NOW + IDLE,
)
USED = replace(FRESH, used_at=NOW, successor_nonce=b"n")
NEXT = replace(FRESH, id=UUID(int=3), parent_id=FRESH.id)
NEXT_USED = replace(NEXT, used_at=NOW)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("session", "token", "successor", "at", "verdict"),
    [
        (SESSION, FRESH, None, NOW, Verdict.ROTATE),
        (SESSION, FRESH, None, NOW + IDLE, Verdict.OVER),
        (SESSION, replace(FRESH, expires_at=NOW + 2 * ABSOLUTE), None, NOW + ABSOLUTE, Verdict.OVER),
        (replace(SESSION, ended_at=NOW), FRESH, None, NOW, Verdict.OVER),
        (SESSION, USED, NEXT, NOW + 10 * SECOND, Verdict.REPEAT),
        (SESSION, USED, NEXT, NOW + 11 * SECOND, Verdict.REUSED),
        (SESSION, USED, NEXT_USED, NOW + SECOND, Verdict.REUSED),
        (SESSION, USED, None, NOW + SECOND, Verdict.REUSED),
        (replace(SESSION, ended_at=NOW), USED, NEXT, NOW + SECOND, Verdict.OVER),
    ],
)
def test_verdict(
    session: Session, token: RefreshToken, successor: RefreshToken | None, at: datetime, verdict: Verdict
) -> None:
    assert judge(session, token, successor, at) is verdict


def test_the_same_rotation_gives_the_same_successor_and_another_nonce_another() -> None:
    secret, nonce = new_secret(), new_nonce()
    successor = successor_secret(secret, nonce)
    assert successor == successor_secret(secret, nonce)
    assert len({successor, successor_secret(secret, new_nonce()), successor_secret(new_secret(), nonce)}) == 3
    assert len(successor) == len(secret) == 43


def test_a_token_never_outlives_its_session() -> None:
    assert token_expiry(SESSION, NOW) == NOW + IDLE
    assert token_expiry(SESSION, NOW + ABSOLUTE - SECOND) == SESSION.expires_at


def test_a_stored_token_shows_neither_digest_nor_nonce() -> None:
    assert repr(USED.digest) not in repr(USED)
    assert "nonce" not in repr(USED)
