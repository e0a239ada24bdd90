"""A session: the family of refresh tokens that began with one sign-in.

Each token is used once and has one successor. The successor's secret is derived from its parent's secret and a nonce
that only the store knows, so a repeated rotation (two tabs, a lost answer) gets the *same* successor and the chain
never forks. A used token that comes again later means that two parties hold the chain: the whole family ends.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

IDLE: Final = timedelta(hours=8)
"""A token unused for so long is dead."""
ABSOLUTE: Final = timedelta(days=7)
"""After so long a person signs in again, however active."""
GRACE: Final = timedelta(seconds=10)
"""How long the previous token may repeat its rotation, as long as its successor is unused."""


class EndReason(StrEnum):
    SIGNED_OUT = "signed_out"
    REUSED = "reused"
    """A used token came again: probably stolen."""
    USER_CHANGED = "user_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, not a secret
    ENDED_BY_USER = "ended_by_user"
    ENDED_BY_ADMIN = "ended_by_admin"


class Verdict(StrEnum):
    ROTATE = "rotate"
    REPEAT = "repeat"
    """Answer with the successor that exists already."""
    REUSED = "reused"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    id: UUID
    user_id: int
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    last_used_at: datetime | None = None
    address: str | None = None
    agent: str | None = None
    """What the client called itself; shortened, and only ever shown to its owner and to admins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """As stored: the secret's digest only. `successor_nonce` is set when the token is used."""

    id: UUID
    session_id: UUID
    parent_id: UUID | None
    digest: bytes = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    successor_nonce: bytes | None = field(default=None, repr=False)


def new_secret() -> str:
    """256 random bits, fit for a cookie."""
    return secrets.token_urlsafe(32)


def new_nonce() -> bytes:
    return secrets.token_bytes(32)


def digest(secret: str) -> bytes:
    """What is stored of a secret. It is random, so one round of SHA-256 keeps it safe."""
    return hashlib.sha256(secret.encode()).digest()


def successor_secret(secret: str, nonce: bytes) -> str:
    """The next secret of the chain; needs both what the client holds and what the store holds."""
    derived = hmac.digest(nonce, secret.encode(), "sha256")
    return urlsafe_b64encode(derived).rstrip(b"=").decode()


def token_expiry(session: Session, now: datetime) -> datetime:
    return min(now + IDLE, session.expires_at)


def judge(session: Session, token: RefreshToken, successor: RefreshToken | None, now: datetime) -> Verdict:
    """What a presented token of this session deserves."""
    if session.ended_at is not None or now >= session.expires_at:
        return Verdict.OVER
    if token.used_at is None:
        return Verdict.ROTATE if now < token.expires_at else Verdict.OVER
    within_grace = now - token.used_at <= GRACE
    if within_grace and successor is not None and successor.used_at is None:
        return Verdict.REPEAT
    return Verdict.REUSED
