"""A second factor: set up by its owner, asked for at sign-in, removed by its owner or an admin."""

from dataclasses import replace
from datetime import datetime

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.errors import InvalidField, SecondFactorMissing, WrongCredentials
from vitrina_auth.domain.second_factor import new_recovery_codes, normal
from vitrina_auth.domain.session import EndReason, digest
from vitrina_auth.domain.user import SecondFactor, User
from vitrina_auth.use_cases.actors import Actor, entry, hold_self, present_admin, read_self
from vitrina_auth.use_cases.own_password import verify_own_password
from vitrina_auth.use_cases.ports import NewSecondFactor, Parts, UnitOfWork
from vitrina_auth.use_cases.revoking import end_sessions_of


async def begin_setup(parts: Parts, actor: Actor, password: str) -> NewSecondFactor:
    """A secret for the user's device; it counts after `confirm_setup`.

    Raises:
        InvalidField: this is not the present password, or there is a second factor already.
    """
    user = await read_self(parts, actor)
    await verify_own_password(parts, actor, user, password)
    made = parts.second_factors.make(user.username)
    async with parts.open_unit() as unit:
        held = await hold_self(unit, actor)
        if held.has_second_factor:
            raise InvalidField("current_password", "there is a second factor already; remove it first")
        await unit.users.save(
            replace(held, second_factor=SecondFactor(sealed=made.sealed, confirmed=False, last_step=0))
        )
        await unit.commit()
    return made


async def confirm_setup(parts: Parts, actor: Actor, code: str) -> list[str]:
    """Recovery codes, told this once; the user's other sessions end, as they never showed a code.

    Raises:
        InvalidField: the code is wrong, or no set-up was begun.
    """
    async with parts.open_unit() as unit:
        user = await hold_self(unit, actor)
        factor = user.second_factor
        now = parts.clock()
        step = parts.second_factors.step_of(factor.sealed, normal(code), now) if factor else None
        if factor is None or factor.confirmed or step is None:
            raise InvalidField("code", "this code does not fit; check the time of your device")
        codes = new_recovery_codes()
        await unit.users.save(replace(user, second_factor=replace(factor, confirmed=True, last_step=step)))
        await unit.recovery_codes.replace(user.id, [digest(code) for code in codes])
        await end_sessions_of(unit, user, EndReason.USER_CHANGED, now, keep=actor.session)
        await unit.audit.add(entry(parts, actor, Action.SECOND_FACTOR_SET, user.username))
        await unit.commit()
    return codes


async def remove_own(parts: Parts, actor: Actor, password: str) -> None:
    """Raises `InvalidField` when this is not the present password."""
    user = await read_self(parts, actor)
    await verify_own_password(parts, actor, user, password)
    async with parts.open_unit() as unit:
        await _remove(parts, unit, actor, await hold_self(unit, actor))


async def remove_of(parts: Parts, actor: Actor, user: User) -> None:
    """An admin helps somebody whose device is lost; the user is signed out everywhere."""
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        held = await unit.users.lock(user.id)
        if held is not None:
            await end_sessions_of(unit, held, EndReason.USER_CHANGED, parts.clock())
            await _remove(parts, unit, actor, held)


async def _remove(parts: Parts, unit: UnitOfWork, actor: Actor, user: User) -> None:
    await unit.users.save(replace(user, second_factor=None))
    await unit.recovery_codes.replace(user.id, [])
    await unit.audit.add(entry(parts, actor, Action.SECOND_FACTOR_REMOVED, user.username))
    await unit.commit()


async def pass_second_factor(parts: Parts, unit: UnitOfWork, user: User, code: str | None, address: str) -> User:
    """The locked user as it is after the code was used; asked only when the password was right.

    Raises:
        SecondFactorMissing: no code was sent.
        WrongCredentials: the code is wrong, or was used before.
    """
    factor = user.second_factor
    if factor is None or not factor.confirmed:
        return user
    if not code:
        raise SecondFactorMissing
    now = parts.clock()
    step = parts.second_factors.step_of(factor.sealed, normal(code), now)
    if step is not None and step > factor.last_step:
        return replace(user, second_factor=replace(factor, last_step=step))
    if not await unit.recovery_codes.use(user.id, digest(normal(code))):
        raise WrongCredentials
    await unit.audit.add(_recovered(user, now, address))
    return user


def _recovered(user: User, now: datetime, address: str) -> AuditEntry:
    name = user.username
    return AuditEntry(at=now, action=Action.RECOVERY_CODE_USED, actor=name, subject=name, address=address)
