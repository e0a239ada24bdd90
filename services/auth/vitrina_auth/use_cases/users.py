"""Users and their rights, changed by admins.

A change of rights takes a lock over all users, so that two admins cannot demote each other at once, and ends the
user's sessions in the same transaction. The actor is read again: a token lives for ten minutes, a right may not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from vitrina_contracts.tokens import Role

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.errors import RevisionChanged, UnknownUser
from vitrina_auth.domain.grants import Grants, grant
from vitrina_auth.domain.password import check_new_password, generated_password
from vitrina_auth.domain.session import EndReason, Session
from vitrina_auth.domain.user import NewUser, User, can_be_username, require_another_admin, require_own_password
from vitrina_auth.use_cases.actors import Actor, entry, present_admin
from vitrina_auth.use_cases.ports import Parts, UnitOfWork
from vitrina_auth.use_cases.revoking import end_sessions_of, revoke_tokens_of


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDraft:
    """What an admin typed for a new user; `sources` None means "not given". Without a password somebody is invited."""

    username: str
    password: str | None = field(repr=False)
    role: Role
    sources: Sequence[str] | None
    must_change_password: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """None means "leave as it is". `revisions` are those the writer saw; None stands for any.

    A password that somebody else sets must be changed by its user, unless the writer says that it need not.
    """

    role: Role | None = None
    sources: Sequence[str] | None = None
    disabled: bool | None = None
    password: str | None = field(default=None, repr=False)
    must_change_password: bool | None = None
    revisions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Owned:
    """What a user has besides the account itself."""

    sessions: Sequence[Session]
    api_tokens: Sequence[str]
    clients: Sequence[str]


async def list_users(parts: Parts, actor: Actor, after: str, limit: int) -> tuple[Sequence[User], int, bool]:
    """One page in order of names after `after`, how many users there are, and whether more follow."""
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        page = await unit.users.page(after, limit + 1)
        return page[:limit], await unit.users.count(), len(page) > limit


async def read_user(parts: Parts, actor: Actor, username: str) -> User:
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        return await _find(unit, username)


async def create_user(parts: Parts, actor: Actor, draft: UserDraft) -> User:
    """Adds a user.

    Raises:
        InvalidField: the password or the list of sources does not fit.
        UserExists: the name is taken, also in another case.
    """
    grants = grant(draft.role, draft.sources)
    if draft.password is not None:
        check_new_password(draft.password, draft.username)
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
    password_hash = await _hash(parts, draft.password) if draft.password is not None else None
    now = parts.clock()
    async with parts.open_unit() as unit:
        await unit.users.lock_rights()
        await present_admin(unit, actor)
        user = await unit.users.add(
            NewUser(
                username=draft.username,
                password_hash=password_hash,
                grants=grants,
                must_change_password=draft.must_change_password,
                created_at=now,
            )
        )
        await unit.audit.add(entry(parts, actor, Action.USER_CREATED, user.username, after=rights_of(user)))
        await unit.commit()
    return user


async def change_user(parts: Parts, actor: Actor, username: str, change: UserChange) -> User:
    """Changes rights, state or password of a user, and ends the user's sessions if anything changed.

    Raises:
        UnknownUser: there is no such user.
        RevisionChanged: the writer saw another revision.
        InvalidField: a value does not fit.
        LastAdmin: nobody could undo the change.
    """
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        _check(await _find(unit, username), change)
    password_hash = await _hash(parts, change.password) if change.password is not None else None
    async with parts.open_unit() as unit:
        await unit.users.lock_rights()
        await present_admin(unit, actor)
        before = await _hold(unit, username)
        after = _changed(before, change, password_hash)
        if after == before:
            return before
        require_another_admin(before, after, await unit.users.count_enabled_admins())
        after = replace(after, revision=before.revision + 1, updated_at=parts.clock())
        await unit.users.save(after)
        await end_everything_of(unit, before, after, EndReason.USER_CHANGED)
        await unit.audit.add(_changed_entry(parts, actor, before, after))
        await unit.commit()
    return after


async def delete_user(parts: Parts, actor: Actor, username: str, revisions: frozenset[str] | None) -> None:
    """Removes a user with all sessions.

    Raises:
        UnknownUser: there is no such user.
        LastAdmin: nobody could add one again.
    """
    async with parts.open_unit() as unit:
        await unit.users.lock_rights()
        await present_admin(unit, actor)
        user = await _hold(unit, username)
        _require_revision(user, revisions)
        require_another_admin(user, None, await unit.users.count_enabled_admins())
        await revoke_tokens_of(unit, user, parts.clock())
        await end_sessions_of(unit, user, EndReason.USER_CHANGED, parts.clock())
        await unit.users.remove(user)
        await unit.audit.add(entry(parts, actor, Action.USER_DELETED, user.username, before=rights_of(user)))
        await unit.commit()


async def reset_password(parts: Parts, actor: Actor, username: str) -> str:
    """A generated password, which its user must change at the next sign-in; every session of the user ends.

    Raises:
        UnknownUser: there is no such user.
        InvalidField: the user signs in through the company's provider.
    """
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        require_own_password(await _find(unit, username), "username")
    password = generated_password()
    password_hash = await _hash(parts, password)
    async with parts.open_unit() as unit:
        await unit.users.lock_rights()
        await present_admin(unit, actor)
        before = await _hold(unit, username)
        now = parts.clock()
        after = replace(
            before,
            password_hash=password_hash,
            must_change_password=True,
            revision=before.revision + 1,
            updated_at=now,
        )
        await unit.users.save(after)
        await end_everything_of(unit, before, after, EndReason.PASSWORD_CHANGED)
        await unit.audit.add(entry(parts, actor, Action.PASSWORD_RESET, username))
        await unit.commit()
    return password


async def read_owned(parts: Parts, actor: Actor, username: str) -> Owned:
    """What ends when the user is disabled, and what others should take over."""
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        user = await _find(unit, username)
        return await _owned(unit, user, parts.clock())


async def sign_out_user(parts: Parts, actor: Actor, username: str) -> None:
    """Ends every session of somebody else."""
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        user = await _hold(unit, username)
        ended = await end_sessions_of(unit, user, EndReason.ENDED_BY_ADMIN, parts.clock())
        await unit.audit.add(entry(parts, actor, Action.SIGNED_OUT_EVERYWHERE, username, sessions=ended))
        await unit.commit()


async def end_everything_of(unit: UnitOfWork, before: User, after: User, reason: EndReason) -> None:
    """Sessions and access tokens that still say what the user was; of a disabled one the API tokens, too."""
    now = after.updated_at
    await end_sessions_of(unit, after, reason, now)
    await revoke_tokens_of(unit, before, now)
    if after.disabled:
        await unit.api_tokens.remove([token.id for token in await unit.api_tokens.of(after.id)])


async def _owned(unit: UnitOfWork, user: User, now: datetime) -> Owned:
    return Owned(
        sessions=await unit.sessions.open_ones_of(user.id, now),
        api_tokens=[token.name for token in await unit.api_tokens.of(user.id)],
        clients=[client.name for client in await unit.clients.all() if client.created_by == user.username],
    )


def _check(user: User, change: UserChange) -> None:
    """Everything that can be refused before a password is hashed."""
    _require_revision(user, change.revisions)
    for name in ("role", "sources", "password", "must_change_password"):
        if getattr(change, name) is not None:
            require_own_password(user, name)
    _granted(user, change)
    if change.password is not None:
        check_new_password(change.password, user.username)


def _changed(user: User, change: UserChange, password_hash: str | None) -> User:
    _require_revision(user, change.revisions)
    return replace(
        user,
        grants=_granted(user, change),
        disabled=user.disabled if change.disabled is None else change.disabled,
        must_change_password=_must_change(user, change, password_hash),
        password_hash=password_hash or user.password_hash,
    )


def _must_change(user: User, change: UserChange, password_hash: str | None) -> bool:
    if change.must_change_password is not None:
        return change.must_change_password
    return user.must_change_password or password_hash is not None


def _granted(user: User, change: UserChange) -> Grants:
    if change.role is None and change.sources is None:
        return user.grants
    role = change.role or user.grants.role
    if change.sources is None and role is user.grants.role:
        return user.grants
    return grant(role, change.sources)


def _require_revision(user: User, revisions: frozenset[str] | None) -> None:
    if revisions is not None and str(user.revision) not in revisions:
        raise RevisionChanged(user.revision)


async def _hash(parts: Parts, password: str) -> str:
    async with parts.hasher.slot() as slot:
        return await slot.hash(password)


async def _find(unit: UnitOfWork, username: str) -> User:
    user = await unit.users.find(username) if can_be_username(username) else None
    if user is None:
        raise UnknownUser(username)
    return user


async def _hold(unit: UnitOfWork, username: str) -> User:
    user = await unit.users.lock((await _find(unit, username)).id)
    if user is None:
        raise UnknownUser(username)
    return user


def rights_of(user: User) -> dict[str, object]:
    return {
        "role": user.grants.role.value,
        "sources": list(user.grants.sources),
        "disabled": user.disabled,
        "must_change_password": user.must_change_password,
    }


def _changed_entry(parts: Parts, actor: Actor, before: User, after: User) -> AuditEntry:
    return entry(
        parts,
        actor,
        Action.USER_CHANGED,
        after.username,
        before=rights_of(before),
        after=rights_of(after),
        password_set=before.password_hash != after.password_hash,
    )
