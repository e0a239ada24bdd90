"""Queries over the tables of auth; rows become objects of the domain here."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.tokens import Role

from vitrina_auth.adapters.tables import (
    AuditRow,
    RefreshTokenRow,
    SessionRow,
    SigningKeyRow,
    UserRow,
)
from vitrina_auth.domain.audit import Action, AuditEntry, StoredEntry
from vitrina_auth.domain.errors import UserExists
from vitrina_auth.domain.grants import Grants
from vitrina_auth.domain.key import SigningKey
from vitrina_auth.domain.session import EndReason, RefreshToken, Session
from vitrina_auth.domain.user import NewUser, SecondFactor, User

_FRESH = {"populate_existing": True}


class UserRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, username: str) -> User | None:
        statement = select(UserRow).where(col(UserRow.username) == username)
        row = (await self._session.exec(statement, execution_options=_FRESH)).first()
        return _user(row) if row else None

    async def find_by_id(self, user_id: int) -> User | None:
        row = await self._session.get(UserRow, user_id, populate_existing=True)
        return _user(row) if row else None

    async def lock(self, user_id: int) -> User | None:
        statement = select(UserRow).where(col(UserRow.id) == user_id).with_for_update(key_share=True)
        row = (await self._session.exec(statement, execution_options=_FRESH)).first()
        return _user(row) if row else None

    async def page(self, after: str, limit: int) -> Sequence[User]:
        # Byte order, so that a page ends at the same name whatever the database's collation is.
        name = col(UserRow.username).collate("C")
        statement = select(UserRow).where(name > after).order_by(name).limit(limit)
        return [_user(row) for row in await self._session.exec(statement)]

    async def count(self) -> int:
        return (await self._session.exec(select(func.count()).select_from(UserRow))).one()

    async def count_enabled_admins(self) -> int:
        statement = (
            select(func.count())
            .select_from(UserRow)
            .where(col(UserRow.role) == Role.ADMIN.value, col(UserRow.disabled).is_(False))
        )
        return (await self._session.exec(statement)).one()

    async def add(self, user: NewUser) -> User:
        row = UserRow(
            username=user.username,
            password_hash=user.password_hash,
            role=user.grants.role.value,
            sources=list(user.grants.sources),
            must_change_password=user.must_change_password,
            created_at=user.created_at,
            updated_at=user.created_at,
        )
        self._session.add(row)
        try:
            await self._session.flush()
        except IntegrityError as error:
            raise UserExists(user.username) from error
        return _user(row)

    async def save(self, user: User) -> None:
        factor = user.second_factor
        await self._session.exec(
            update(UserRow)
            .where(col(UserRow.id) == user.id)
            .values(
                password_hash=user.password_hash,
                role=user.grants.role.value,
                sources=list(user.grants.sources),
                disabled=user.disabled,
                must_change_password=user.must_change_password,
                revision=user.revision,
                updated_at=user.updated_at,
                last_sign_in_at=user.last_sign_in_at,
                totp_sealed=factor.sealed if factor else None,
                totp_confirmed=factor.confirmed if factor else False,
                totp_last_step=factor.last_step if factor else 0,
            )
        )

    async def remove(self, user: User) -> None:
        await self._session.exec(delete(UserRow).where(col(UserRow.id) == user.id))

    async def lock_rights(self) -> None:
        await _advisory_lock(self._session, "auth.rights")


class SessionRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open(self, session: Session, token: RefreshToken) -> None:
        self._session.add(
            SessionRow(
                id=session.id,
                user_id=session.user_id,
                created_at=session.created_at,
                last_used_at=session.last_used_at,
                expires_at=session.expires_at,
                address=session.address,
                agent=session.agent,
            )
        )
        await self._session.flush()
        self._session.add(_token_row(token))

    async def owner_of(self, digest: bytes) -> int | None:
        statement = (
            select(SessionRow.user_id)
            .join(RefreshTokenRow, col(RefreshTokenRow.session_id) == col(SessionRow.id))
            .where(col(RefreshTokenRow.digest) == digest)
        )
        return (await self._session.exec(statement)).first()

    async def find(self, digest: bytes) -> tuple[Session, RefreshToken] | None:
        statement = (
            select(SessionRow, RefreshTokenRow)
            .join(RefreshTokenRow, col(RefreshTokenRow.session_id) == col(SessionRow.id))
            .where(col(RefreshTokenRow.digest) == digest)
        )
        found = (await self._session.exec(statement, execution_options=_FRESH)).first()
        return (_session(found[0]), _token(found[1])) if found else None

    async def successor_of(self, token: RefreshToken) -> RefreshToken | None:
        statement = select(RefreshTokenRow).where(col(RefreshTokenRow.parent_id) == token.id)
        row = (await self._session.exec(statement, execution_options=_FRESH)).first()
        return _token(row) if row else None

    async def rotate(self, used: RefreshToken, successor: RefreshToken) -> None:
        await self._session.exec(
            update(RefreshTokenRow)
            .where(col(RefreshTokenRow.id) == used.id)
            .values(used_at=used.used_at, successor_nonce=used.successor_nonce)
        )
        self._session.add(_token_row(successor))
        await self._session.exec(
            update(SessionRow).where(col(SessionRow.id) == used.session_id).values(last_used_at=used.used_at)
        )

    async def end(self, session_id: UUID, reason: EndReason, now: datetime) -> None:
        await self._session.exec(
            update(SessionRow)
            .where(col(SessionRow.id) == session_id, col(SessionRow.ended_at).is_(None))
            .values(ended_at=now, end_reason=reason.value)
        )

    async def end_all_of(
        self, user_id: int, reason: EndReason, now: datetime, *, keep: UUID | None = None
    ) -> Sequence[UUID]:
        open_ones = update(SessionRow).where(col(SessionRow.user_id) == user_id, col(SessionRow.ended_at).is_(None))
        chosen = open_ones if keep is None else open_ones.where(col(SessionRow.id) != keep)
        ended = chosen.values(ended_at=now, end_reason=reason.value).returning(col(SessionRow.id))
        return list((await self._session.exec(ended)).scalars())

    async def is_open(self, session_id: UUID) -> bool:
        statement = select(SessionRow.id).where(col(SessionRow.id) == session_id, col(SessionRow.ended_at).is_(None))
        return (await self._session.exec(statement)).first() is not None

    async def open_ones_of(self, user_id: int, now: datetime) -> Sequence[Session]:
        last_token = (
            select(func.max(RefreshTokenRow.expires_at))
            .where(col(RefreshTokenRow.session_id) == col(SessionRow.id))
            .scalar_subquery()
        )
        statement = (
            select(SessionRow)
            .where(col(SessionRow.user_id) == user_id, col(SessionRow.ended_at).is_(None), last_token > now)
            .order_by(col(SessionRow.last_used_at).desc().nulls_last())
        )
        return [_session(row) for row in await self._session.exec(statement)]

    async def remove_expired(self, before: datetime) -> int:
        result = await self._session.exec(delete(SessionRow).where(col(SessionRow.expires_at) < before))
        return result.rowcount


class KeyRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self) -> None:
        await _advisory_lock(self._session, "auth.keys")

    async def all(self) -> Sequence[SigningKey]:
        rows = await self._session.exec(select(SigningKeyRow).order_by(col(SigningKeyRow.signs_from)))
        return [SigningKey(**row.model_dump()) for row in rows]

    async def add(self, key: SigningKey) -> None:
        self._session.add(
            SigningKeyRow(
                kid=key.kid,
                public_jwk=key.public_jwk,
                sealed_private=key.sealed_private,
                created_at=key.created_at,
                signs_from=key.signs_from,
            )
        )
        await self._session.flush()

    async def remove(self, kids: Sequence[str]) -> None:
        await self._session.exec(delete(SigningKeyRow).where(col(SigningKeyRow.kid).in_(kids)))


class AuditRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, entry: AuditEntry) -> None:
        self._session.add(
            AuditRow(
                at=entry.at,
                action=entry.action.value,
                actor=entry.actor,
                subject=entry.subject,
                address=entry.address,
                detail=entry.detail,
            )
        )

    async def page(self, before: int | None, limit: int, subject: str | None) -> Sequence[StoredEntry]:
        statement = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
        if before is not None:
            statement = statement.where(col(AuditRow.id) < before)
        if subject is not None:
            statement = statement.where(or_(col(AuditRow.subject) == subject, col(AuditRow.actor) == subject))
        return [_stored_entry(row) for row in await self._session.exec(statement)]

    async def remove_older(self, than: datetime) -> int:
        result = await self._session.exec(delete(AuditRow).where(col(AuditRow.at) < than))
        return result.rowcount


async def _advisory_lock(session: AsyncSession, name: str) -> None:
    """Held until the transaction ends."""
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def _user(row: UserRow) -> User:
    assert row.id is not None  # noqa: S101 - every stored row has one
    return User(
        id=row.id,
        username=row.username,
        password_hash=row.password_hash,
        grants=Grants(Role(row.role), tuple(row.sources)),
        disabled=row.disabled,
        must_change_password=row.must_change_password,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
        last_sign_in_at=row.last_sign_in_at,
        second_factor=_second_factor(row),
    )


def _second_factor(row: UserRow) -> SecondFactor | None:
    if row.totp_sealed is None:
        return None
    return SecondFactor(sealed=row.totp_sealed, confirmed=row.totp_confirmed, last_step=row.totp_last_step)


def _stored_entry(row: AuditRow) -> StoredEntry:
    assert row.id is not None  # noqa: S101 - every stored row has one
    entry = AuditEntry(
        at=row.at,
        action=Action(row.action),
        actor=row.actor,
        subject=row.subject,
        address=row.address,
        detail=row.detail,
    )
    return StoredEntry(row.id, entry)


def _session(row: SessionRow) -> Session:
    return Session(
        id=row.id,
        user_id=row.user_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        last_used_at=row.last_used_at,
        address=row.address,
        agent=row.agent,
    )


def _token(row: RefreshTokenRow) -> RefreshToken:
    return RefreshToken(**row.model_dump())


def _token_row(token: RefreshToken) -> RefreshTokenRow:
    return RefreshTokenRow(
        id=token.id,
        session_id=token.session_id,
        parent_id=token.parent_id,
        digest=token.digest,
        issued_at=token.issued_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
        successor_nonce=token.successor_nonce,
    )
