"""A user changes the own password; the present one must be given again."""

import time
from dataclasses import dataclass, field, replace

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.errors import InvalidField, NotSignedIn
from vitrina_auth.domain.session import EndReason
from vitrina_auth.domain.user import User, check_new_password
from vitrina_auth.use_cases.ports import Parts
from vitrina_auth.use_cases.sessions import session_of
from vitrina_auth.use_cases.users import Actor, read_self


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    current: str = field(repr=False)
    new: str = field(repr=False)


async def change_own_password(parts: Parts, actor: Actor, change: PasswordChange, refresh_secret: str | None) -> None:
    """Sets the new password and ends every session of the user but the one of `refresh_secret`.

    Raises:
        InvalidField: the present password is wrong, or the new one does not fit.
        TooManyAttempts: wrong present passwords count as wrong sign-ins.
    """
    user = await read_self(parts, actor.username)
    check_new_password(change.new, user.username, "new_password")
    if change.new == change.current:
        raise InvalidField("new_password", "the new password must differ from the present one")
    new_hash = await _verified_hash(parts, actor, user, change)
    async with parts.open_unit() as unit:
        held = await unit.users.lock(user.id)
        if held is None or held.disabled or held.password_hash != user.password_hash:
            raise NotSignedIn
        now = parts.clock()
        changed = replace(
            held, password_hash=new_hash, must_change_password=False, revision=held.revision + 1, updated_at=now
        )
        await unit.users.save(changed)
        keep = await session_of(unit, refresh_secret)
        await unit.sessions.end_all_of(user.id, EndReason.PASSWORD_CHANGED, now, keep=keep)
        await unit.audit.add(
            AuditEntry(
                at=now,
                action=Action.PASSWORD_CHANGED,
                actor=user.username,
                subject=user.username,
                address=actor.address,
            )
        )
        await unit.commit()


async def _verified_hash(parts: Parts, actor: Actor, user: User, change: PasswordChange) -> str:
    """The new password's hash, once the present one has proved right."""
    key = (user.username.lower(), actor.address)
    parts.back_off.check(key, time.monotonic())
    async with parts.hasher.slot() as slot:
        parts.back_off.check(key, time.monotonic())
        if not await slot.verify(change.current, user.password_hash):
            parts.back_off.failed(key, time.monotonic())
            raise InvalidField("current_password", "this is not your present password")
        parts.back_off.succeeded(key)
        return await slot.hash(change.new)
