"""Continue a session with its refresh token, or end it.

The user's row is locked first, always: rotations of one family queue up, and nobody refreshes past a change of rights.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from vitrina_contracts.tokens import LIFETIME_SECONDS

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.back_off import FORGOTTEN_AFTER
from vitrina_auth.domain.errors import SessionOver, UnknownThing
from vitrina_auth.domain.session import (
    EndReason,
    RefreshToken,
    Session,
    Verdict,
    digest,
    judge,
    new_nonce,
    successor_secret,
)
from vitrina_auth.domain.user import User
from vitrina_auth.use_cases.actors import Actor, entry, hold_self, present
from vitrina_auth.use_cases.ports import Parts, UnitOfWork
from vitrina_auth.use_cases.revoking import end_session, end_sessions_of
from vitrina_auth.use_cases.tokens import SignedIn, new_token, signed_in

_KEEP_EXPIRED: Final = timedelta(days=1)
KEEP_REVOCATIONS: Final = timedelta(seconds=2 * LIFETIME_SECONDS)
"""Longer than any access token lives."""

Held = tuple[User, Session, RefreshToken]


async def refresh(parts: Parts, secret: str, address: str) -> SignedIn:
    """A new pair of tokens for a refresh token, with the user's present rights.

    Raises:
        SessionOver: the token is unknown, expired, revoked or used before; in the last case its family ends.
    """
    async with parts.open_unit() as unit:
        held = await _hold(unit, secret)
        if held is None:
            raise SessionOver
        user, session, token = held
        successor = await unit.sessions.successor_of(token)
        verdict = judge(session, token, successor, parts.clock())
        if verdict is Verdict.ROTATE and not user.disabled:
            return await _rotate(parts, unit, held, secret)
        if verdict is Verdict.REPEAT and successor is not None and token.successor_nonce is not None:
            again = successor_secret(secret, token.successor_nonce)
            return signed_in(parts, user, session, again, successor.expires_at)
        if verdict is Verdict.REUSED:
            await _end_stolen(parts, unit, user, session, address)
        raise SessionOver


async def sign_out(parts: Parts, secret: str, address: str) -> None:
    """Ends the session of this token; a token that belongs to none is ignored."""
    async with parts.open_unit() as unit:
        held = await _hold(unit, secret)
        if held is None:
            return
        user, session, _ = held
        now = parts.clock()
        await end_session(unit, session.id, EndReason.SIGNED_OUT, now)
        await unit.audit.add(
            AuditEntry(at=now, action=Action.SIGN_OUT, actor=user.username, subject=user.username, address=address)
        )
        await unit.commit()


async def list_own(parts: Parts, actor: Actor) -> Sequence[Session]:
    """The sessions in which the caller could go on, the latest used first."""
    async with parts.open_unit() as unit:
        user = await present(unit, actor)
        return await unit.sessions.open_ones_of(user.id, parts.clock())


async def end_own(parts: Parts, actor: Actor, session_id: UUID) -> None:
    """Ends one of the caller's own sessions, and what was signed for it.

    Raises:
        UnknownThing: the caller has no such session.
    """
    async with parts.open_unit() as unit:
        user = await hold_self(unit, actor)
        now = parts.clock()
        if session_id not in {session.id for session in await unit.sessions.open_ones_of(user.id, now)}:
            raise UnknownThing("session")
        await end_session(unit, session_id, EndReason.ENDED_BY_USER, now)
        await unit.audit.add(entry(parts, actor, Action.SESSION_ENDED, user.username, session=str(session_id)))
        await unit.commit()


async def sign_out_everywhere(parts: Parts, actor: Actor) -> None:
    """Ends every session of the caller, the present one included."""
    async with parts.open_unit() as unit:
        user = await hold_self(unit, actor)
        ended = await end_sessions_of(unit, user, EndReason.SIGNED_OUT, parts.clock())
        await unit.audit.add(entry(parts, actor, Action.SIGNED_OUT_EVERYWHERE, user.username, sessions=ended))
        await unit.commit()


async def remove_old(parts: Parts, keep_audit: timedelta) -> None:
    """Removes sessions and audit entries that nobody needs any more."""
    now = parts.clock()
    async with parts.open_unit() as unit:
        await unit.sessions.remove_expired(now - _KEEP_EXPIRED)
        await unit.api_tokens.remove_expired(now)
        await unit.attempts.remove_older(now - FORGOTTEN_AFTER)
        await unit.revocations.remove_older(now - KEEP_REVOCATIONS)
        await unit.audit.remove_older(now - keep_audit)
        await unit.commit()


async def _hold(unit: UnitOfWork, secret: str) -> Held | None:
    owner = await unit.sessions.owner_of(digest(secret))
    user = await unit.users.lock(owner) if owner is not None else None
    found = await unit.sessions.find(digest(secret))
    return (user, *found) if user and found else None


async def _rotate(parts: Parts, unit: UnitOfWork, held: Held, secret: str) -> SignedIn:
    user, session, token = held
    now = parts.clock()
    nonce = new_nonce()
    next_secret = successor_secret(secret, nonce)
    successor = new_token(session, next_secret, now, parent_id=token.id)
    result = signed_in(parts, user, session, next_secret, successor.expires_at)
    await unit.sessions.rotate(replace(token, used_at=now, successor_nonce=nonce), successor)
    await unit.commit()
    return result


async def _end_stolen(parts: Parts, unit: UnitOfWork, user: User, session: Session, address: str) -> None:
    now = parts.clock()
    await end_session(unit, session.id, EndReason.REUSED, now)
    await unit.audit.add(AuditEntry(at=now, action=Action.REFRESH_REUSED, subject=user.username, address=address))
    await unit.commit()
