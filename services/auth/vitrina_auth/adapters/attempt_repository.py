"""Counts of wrong passwords, and the codes that stand in for a lost second factor."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vitrina_auth.adapters.tables import AttemptsRow, RecoveryCodeRow
from vitrina_auth.domain.back_off import FORGOTTEN_AFTER, Attempts


class AttemptRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, keys: Sequence[str]) -> Mapping[str, Attempts]:
        rows = await self._session.exec(select(AttemptsRow).where(col(AttemptsRow.key).in_(keys)))
        return {row.key: Attempts(row.failures, row.last_at) for row in rows}

    async def failed(self, key: str, now: datetime) -> None:
        begins_anew = col(AttemptsRow.last_at) < now - FORGOTTEN_AFTER
        first = insert(AttemptsRow).values(key=key, failures=1, last_at=now)
        failures = case((begins_anew, 1), else_=col(AttemptsRow.failures) + 1)
        await self._session.exec(
            first.on_conflict_do_update(index_elements=["key"], set_={"failures": failures, "last_at": now})
        )

    async def clear(self, key: str) -> None:
        await self._session.exec(delete(AttemptsRow).where(col(AttemptsRow.key) == key))

    async def remove_older(self, than: datetime) -> int:
        result = await self._session.exec(delete(AttemptsRow).where(col(AttemptsRow.last_at) < than))
        return result.rowcount


class RecoveryCodeRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def replace(self, user_id: int, digests: Sequence[bytes]) -> None:
        await self._session.exec(delete(RecoveryCodeRow).where(col(RecoveryCodeRow.user_id) == user_id))
        self._session.add_all(RecoveryCodeRow(digest=digest, user_id=user_id) for digest in digests)

    async def use(self, user_id: int, digest: bytes) -> bool:
        used = delete(RecoveryCodeRow).where(
            col(RecoveryCodeRow.user_id) == user_id, col(RecoveryCodeRow.digest) == digest
        )
        return (await self._session.exec(used)).rowcount == 1
