"""Invite somebody: a user without a password, and a link with which the person sets one, once."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.errors import InvalidField, UnknownThing
from vitrina_auth.domain.password import check_new_password
from vitrina_auth.domain.session import digest, new_secret
from vitrina_auth.domain.user import User, require_own_password
from vitrina_auth.use_cases.actors import Actor, entry, present_admin
from vitrina_auth.use_cases.ports import Parts

GOOD_FOR: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Told once; the store keeps the secret's digest. A newer one replaces it."""

    secret: str = field(repr=False)
    expires_at: datetime


async def invite(parts: Parts, actor: Actor, user: User) -> Invitation:
    """A link for a user who has no password yet.

    Raises:
        InvalidField: the user has a password already, which an admin may reset, or needs none.
    """
    secret = new_secret()
    expires_at = parts.clock() + GOOD_FOR
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        held = await unit.users.lock(user.id)
        if held is not None:
            require_own_password(held, "username")
        if held is None or not held.is_invited:
            raise InvalidField("username", "this user has a password already; reset it instead")
        await unit.invitations.replace(held.id, digest(secret), expires_at)
        await unit.audit.add(entry(parts, actor, Action.INVITED, held.username))
        await unit.commit()
    return Invitation(secret=secret, expires_at=expires_at)


async def accept(parts: Parts, secret: str, password: str, address: str) -> str:
    """Sets the first password; returns the name with which the person signs in.

    Raises:
        UnknownThing: no such invitation; it was used, replaced or has expired.
        InvalidField: the password does not fit; the invitation stays good.
    """
    user = await _invited(parts, secret)
    check_new_password(password, user.username)
    async with parts.hasher.slot() as slot:
        password_hash = await slot.hash(password)
    now = parts.clock()
    async with parts.open_unit() as unit:
        held = await unit.users.lock(user.id)
        if held is None or not await unit.invitations.use(user.id, digest(secret)):
            raise UnknownThing("invitation")
        await unit.users.save(replace(held, password_hash=password_hash, revision=held.revision + 1, updated_at=now))
        name = held.username
        await unit.audit.add(
            AuditEntry(at=now, action=Action.INVITATION_ACCEPTED, actor=name, subject=name, address=address)
        )
        await unit.commit()
    return user.username


async def _invited(parts: Parts, secret: str) -> User:
    async with parts.open_unit() as unit:
        user_id = await unit.invitations.owner_of(digest(secret), parts.clock())
        user = await unit.users.find_by_id(user_id) if user_id is not None else None
    if user is None or user.disabled or not user.is_invited:
        raise UnknownThing("invitation")
    return user
