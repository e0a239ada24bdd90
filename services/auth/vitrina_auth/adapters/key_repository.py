"""Signing keys in their table."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vitrina_auth.adapters.advisory_lock import advisory_lock
from vitrina_auth.adapters.tables import (
    SigningKeyRow,
)
from vitrina_auth.domain.key import SigningKey


class KeyRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self) -> None:
        await advisory_lock(self._session, "auth.keys")

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
