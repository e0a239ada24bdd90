"""Sessions and refresh tokens in their tables."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vitrina_auth.adapters.tables import (
    RefreshTokenRow,
    SessionRow,
)
from vitrina_auth.domain.session import EndReason, RefreshToken, Session

_FRESH = {"populate_existing": True}


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
