"""Who acts, read anew for each act: a token lives for ten minutes, a session or a right may not."""

from dataclasses import dataclass
from uuid import UUID

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.errors import NotSignedIn, RightLost
from vitrina_auth.domain.user import User
from vitrina_auth.use_cases.ports import Parts, UnitOfWork


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, by the token: from which address, and in which session."""

    username: str
    address: str
    session: UUID


async def read_self(parts: Parts, actor: Actor) -> User:
    """The caller as stored now. Raises `NotSignedIn` when user or session are gone or ended."""
    async with parts.open_unit() as unit:
        return await present(unit, actor)


async def require_admin(parts: Parts, actor: Actor) -> None:
    """Refuses an actor whose right was lost after the token was signed.

    Raises:
        NotSignedIn: the user is gone or disabled, or the session has ended.
        RightLost: the user is no admin any more.
    """
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)


async def present(unit: UnitOfWork, actor: Actor) -> User:
    user = await unit.users.find(actor.username)
    if user is None or user.disabled or not await unit.sessions.is_open(actor.session):
        raise NotSignedIn
    return user


async def present_admin(unit: UnitOfWork, actor: Actor) -> User:
    user = await present(unit, actor)
    if not user.grants.is_admin:
        raise RightLost
    return user


async def hold_self(unit: UnitOfWork, actor: Actor) -> User:
    """The caller's own row, locked until the unit ends. Raises `NotSignedIn`."""
    user = await unit.users.lock((await present(unit, actor)).id)
    if user is None or user.disabled:
        raise NotSignedIn
    return user


def entry(parts: Parts, actor: Actor, action: Action, subject: str, **detail: object) -> AuditEntry:
    """What the audit says of an act; `subject` is to whom or what it was done."""
    return AuditEntry(
        at=parts.clock(), action=action, actor=actor.username, subject=subject, address=actor.address, detail=detail
    )
