"""A user changes the own password; the present one must be given again."""

from dataclasses import dataclass, field, replace

from vitrina_auth.domain.audit import Action
from vitrina_auth.domain.errors import InvalidField, NotSignedIn
from vitrina_auth.domain.password import check_new_password
from vitrina_auth.domain.session import EndReason
from vitrina_auth.domain.user import User
from vitrina_auth.use_cases.actors import Actor, entry, read_self
from vitrina_auth.use_cases.guessing import count_failure, forget_failures, refuse_while_waiting
from vitrina_auth.use_cases.ports import Parts
from vitrina_auth.use_cases.revoking import end_sessions_of, revoke_tokens_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    current: str = field(repr=False)
    new: str = field(repr=False)


async def change_own_password(parts: Parts, actor: Actor, change: PasswordChange) -> None:
    """Sets the new password and ends every session of the user but the present one.

    Raises:
        InvalidField: the present password is wrong, or the new one does not fit.
        TooManyAttempts: wrong present passwords count as wrong sign-ins.
    """
    user = await read_self(parts, actor)
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
        await end_sessions_of(unit, held, EndReason.PASSWORD_CHANGED, now, keep=actor.session)
        await revoke_tokens_of(unit, held, now)
        await unit.audit.add(entry(parts, actor, Action.PASSWORD_CHANGED, user.username))
        await unit.commit()


async def _verified_hash(parts: Parts, actor: Actor, user: User, change: PasswordChange) -> str:
    """The new password's hash, once the present one has proved right."""
    await verify_own_password(parts, actor, user, change.current)
    async with parts.hasher.slot() as slot:
        return await slot.hash(change.new)


async def verify_own_password(parts: Parts, actor: Actor, user: User, password: str) -> None:
    """Before what a stolen access token must not do.

    Raises:
        InvalidField: this is not the present password.
        TooManyAttempts: wrong ones count as wrong sign-ins.
    """
    await refuse_while_waiting(parts, user.username, actor.address)
    async with parts.hasher.slot() as slot:
        await refuse_while_waiting(parts, user.username, actor.address)
        fits = await slot.verify(password, user.password_hash)
        async with parts.open_unit() as unit:
            if fits:
                await forget_failures(unit, user.username, actor.address)
            else:
                await count_failure(parts, unit, user.username, actor.address)
            await unit.commit()
    if not fits:
        raise InvalidField("current_password", "this is not your present password")
