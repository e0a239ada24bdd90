"""Users and their rights, changed by admins.

A change of rights takes a lock over all users, so that two admins cannot demote each other at once, and ends the
user's sessions in the same transaction. The actor is read again: a token lives for ten minutes, a right may not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from vitrina_contracts.tokens import Role

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.errors import NotSignedIn, RevisionChanged, RightLost, UnknownUser
from vitrina_auth.domain.grants import Grants, grant
from vitrina_auth.domain.session import EndReason
from vitrina_auth.domain.user import NewUser, User, can_be_username, check_new_password, require_another_admin
from vitrina_auth.use_cases.ports import Parts, UnitOfWork


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, by the token, and from which address."""

    username: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDraft:
    """What an admin typed for a new user; `sources` None means "not given"."""

    username: str
    password: str = field(repr=False)
    role: Role
    sources: Sequence[str] | None
    must_change_password: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """None means "leave as it is". `revisions` are those the writer saw; None stands for any."""

    role: Role | None = None
    sources: Sequence[str] | None = None
    disabled: bool | None = None
    password: str | None = field(default=None, repr=False)
    must_change_password: bool | None = None
    revisions: frozenset[str] | None = None


async def read_self(parts: Parts, username: str) -> User:
    """The caller as stored now. Raises `NotSignedIn` when it is gone or disabled."""
    async with parts.open_unit() as unit:
        return await _present(unit, username)


async def require_admin(parts: Parts, actor: Actor) -> None:
    """Refuses an actor whose right was lost after the token was signed.

    Raises:
        NotSignedIn: the user is gone or disabled.
        RightLost: the user is no admin any more.
    """
    async with parts.open_unit() as unit:
        await _require_admin(unit, actor)


async def list_users(parts: Parts, actor: Actor, after: str, limit: int) -> tuple[Sequence[User], int, bool]:
    """One page in order of names after `after`, how many users there are, and whether more follow."""
    async with parts.open_unit() as unit:
        await _require_admin(unit, actor)
        page = await unit.users.page(after, limit + 1)
        return page[:limit], await unit.users.count(), len(page) > limit


async def read_user(parts: Parts, actor: Actor, username: str) -> User:
    async with parts.open_unit() as unit:
        await _require_admin(unit, actor)
        return await _find(unit, username)


async def create_user(parts: Parts, actor: Actor, draft: UserDraft) -> User:
    """Adds a user.

    Raises:
        InvalidField: the password or the list of sources does not fit.
        UserExists: the name is taken, also in another case.
    """
    grants = grant(draft.role, draft.sources)
    check_new_password(draft.password, draft.username)
    async with parts.open_unit() as unit:
        await _require_admin(unit, actor)
    password_hash = await _hash(parts, draft.password)
    now = parts.clock()
    async with parts.open_unit() as unit:
        await unit.users.lock_rights()
        await _require_admin(unit, actor)
        user = await unit.users.add(
            NewUser(
                username=draft.username,
                password_hash=password_hash,
                grants=grants,
                must_change_password=draft.must_change_password,
                created_at=now,
            )
        )
        await unit.audit.add(_entry(parts, actor, Action.USER_CREATED, user.username, after=_rights(user)))
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
        await _require_admin(unit, actor)
        _check(await _find(unit, username), change)
    password_hash = await _hash(parts, change.password) if change.password is not None else None
    async with parts.open_unit() as unit:
        await unit.users.lock_rights()
        await _require_admin(unit, actor)
        before = await _hold(unit, username)
        after = _changed(before, change, password_hash)
        if after == before:
            return before
        require_another_admin(before, after, await unit.users.count_enabled_admins())
        after = replace(after, revision=before.revision + 1, updated_at=parts.clock())
        await unit.users.save(after)
        await unit.sessions.end_all_of(after.id, EndReason.USER_CHANGED, after.updated_at)
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
        await _require_admin(unit, actor)
        user = await _hold(unit, username)
        _require_revision(user, revisions)
        require_another_admin(user, None, await unit.users.count_enabled_admins())
        await unit.users.remove(user)
        await unit.audit.add(_entry(parts, actor, Action.USER_DELETED, user.username, before=_rights(user)))
        await unit.commit()


def _check(user: User, change: UserChange) -> None:
    """Everything that can be refused before a password is hashed."""
    _require_revision(user, change.revisions)
    _granted(user, change)
    if change.password is not None:
        check_new_password(change.password, user.username)


def _changed(user: User, change: UserChange, password_hash: str | None) -> User:
    _require_revision(user, change.revisions)
    return replace(
        user,
        grants=_granted(user, change),
        disabled=user.disabled if change.disabled is None else change.disabled,
        must_change_password=(
            user.must_change_password if change.must_change_password is None else change.must_change_password
        ),
        password_hash=password_hash or user.password_hash,
    )


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


async def _present(unit: UnitOfWork, username: str) -> User:
    user = await unit.users.find(username)
    if user is None or user.disabled:
        raise NotSignedIn
    return user


async def _require_admin(unit: UnitOfWork, actor: Actor) -> None:
    user = await _present(unit, actor.username)
    if not user.grants.is_admin:
        raise RightLost


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


def _rights(user: User) -> dict[str, object]:
    return {
        "role": user.grants.role.value,
        "sources": list(user.grants.sources),
        "disabled": user.disabled,
        "must_change_password": user.must_change_password,
    }


def _entry(parts: Parts, actor: Actor, action: Action, subject: str, **detail: object) -> AuditEntry:
    return AuditEntry(
        at=parts.clock(), action=action, actor=actor.username, subject=subject, address=actor.address, detail=detail
    )


def _changed_entry(parts: Parts, actor: Actor, before: User, after: User) -> AuditEntry:
    return _entry(
        parts,
        actor,
        Action.USER_CHANGED,
        after.username,
        before=_rights(before),
        after=_rights(after),
        password_set=before.password_hash != after.password_hash,
    )
