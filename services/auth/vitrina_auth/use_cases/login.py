"""Sign in with a password.

An unknown user, a disabled one and a wrong password take the same statements, the same Argon2 work and get the same
error. The back-off is asked in the hashing slot: parallel guesses cannot all pass before the first of them has failed,
and a flood of sign-ins never asks the database for more than the slots can hash.
"""

from dataclasses import dataclass, field, replace

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.errors import WrongCredentials
from vitrina_auth.domain.session import new_secret
from vitrina_auth.domain.user import User, can_be_username
from vitrina_auth.use_cases.guessing import count_failure, forget_failures, refuse_while_waiting
from vitrina_auth.use_cases.ports import Parts
from vitrina_auth.use_cases.second_factor import pass_second_factor
from vitrina_auth.use_cases.tokens import SignedIn, new_session, new_token, signed_in


@dataclass(frozen=True, slots=True)
class Credentials:
    """`address` is the client's, as the edge saw it; `agent` is what the client calls itself."""

    username: str
    password: str = field(repr=False)
    address: str
    agent: str = ""
    code: str | None = field(default=None, repr=False)


async def sign_in(parts: Parts, credentials: Credentials) -> SignedIn:
    """Opens a session.

    Raises:
        WrongCredentials: unknown user, wrong password or code, or the user is disabled.
        SecondFactorMissing: the password is right, and a code must come with it.
        TooManyAttempts: the account's back-off is running.
        TooBusy: too many passwords wait to be checked.
    """
    async with parts.hasher.slot() as slot:
        await refuse_while_waiting(parts, credentials.username, credentials.address)
        user = await _find(parts, credentials.username)
        fits = await slot.verify(credentials.password, user.password_hash if user else None)
        if user is None or not fits or user.disabled:
            await _record_refusal(parts, credentials, user)
            raise WrongCredentials
        outdated = user.password_hash is not None and slot.is_outdated(user.password_hash)
        new_hash = await slot.hash(credentials.password) if outdated else None
    try:
        return await _open_session(parts, user, credentials, new_hash)
    except WrongCredentials:
        await _record_refusal(parts, credentials, user)
        raise


async def _find(parts: Parts, username: str) -> User | None:
    """Asks the store also for names that cannot exist, with a harmless one: the work stays the same."""
    async with parts.open_unit() as unit:
        return await unit.users.find(username if can_be_username(username) else "-")


async def _record_refusal(parts: Parts, credentials: Credentials, user: User | None) -> None:
    """The name is kept only when there is such a user: people type passwords into the wrong field."""
    async with parts.open_unit() as unit:
        entry = AuditEntry(
            at=parts.clock(),
            action=Action.SIGN_IN_REFUSED,
            subject=user.username if user else None,
            address=credentials.address,
        )
        await count_failure(parts, unit, credentials.username, credentials.address)
        await unit.audit.add(entry)
        await unit.commit()


async def _open_session(parts: Parts, verified: User, credentials: Credentials, new_hash: str | None) -> SignedIn:
    """Reads the user again: between the check of the password and here an admin may have changed it."""
    now = parts.clock()
    secret = new_secret()
    address = credentials.address
    async with parts.open_unit() as unit:
        user = await unit.users.lock(verified.id)
        if user is None or user.disabled or user.password_hash != verified.password_hash:
            raise WrongCredentials
        user = await pass_second_factor(parts, unit, user, credentials.code, address)
        session = new_session(user, now, address, credentials.agent)
        token = new_token(session, secret, now)
        result = signed_in(parts, user, session, secret, token.expires_at)
        await unit.sessions.open(session, token)
        await forget_failures(unit, credentials.username, address)
        await unit.users.save(replace(user, last_sign_in_at=now, password_hash=new_hash or user.password_hash))
        await unit.audit.add(
            AuditEntry(at=now, action=Action.SIGN_IN, actor=user.username, subject=user.username, address=address)
        )
        await unit.commit()
    return result
