"""The pair that a signed-in client holds: a signed access token and an opaque refresh token."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from vitrina_contracts.tokens import EVERYWHERE, LIFETIME_SECONDS

from vitrina_auth.domain.session import ABSOLUTE, RefreshToken, Session, digest, token_expiry
from vitrina_auth.domain.user import User
from vitrina_auth.use_cases.access_tokens import Holder, sign, unfinished
from vitrina_auth.use_cases.ports import Parts

WEB_CLIENT: Final = "vitrina-web"
LONGEST_AGENT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """`refresh_expires_at` is when the cookie loses its use."""

    username: str
    access_token: str = field(repr=False)
    expires_in: int
    refresh_secret: str = field(repr=False)
    refresh_expires_at: datetime


def sign_access_token(parts: Parts, user: User, session: Session) -> str:
    return sign(
        parts,
        Holder(
            subject=user.username,
            client_id=WEB_CLIENT,
            grants=user.grants,
            scope=unfinished(parts, user),
            sid=str(session.id),
            audience=EVERYWHERE,
        ),
    )


def signed_in(parts: Parts, user: User, session: Session, secret: str, expires_at: datetime) -> SignedIn:
    return SignedIn(
        username=user.username,
        access_token=sign_access_token(parts, user, session),
        expires_in=LIFETIME_SECONDS,
        refresh_secret=secret,
        refresh_expires_at=expires_at,
    )


def new_session(user: User, now: datetime, address: str, agent: str) -> Session:
    return Session(
        id=uuid4(),
        user_id=user.id,
        created_at=now,
        expires_at=now + ABSOLUTE,
        last_used_at=now,
        address=address,
        agent=agent[:LONGEST_AGENT],
    )


def new_token(session: Session, secret: str, now: datetime, parent_id: UUID | None = None) -> RefreshToken:
    return RefreshToken(
        id=uuid4(),
        session_id=session.id,
        parent_id=parent_id,
        digest=digest(secret),
        issued_at=now,
        expires_at=token_expiry(session, now),
    )
