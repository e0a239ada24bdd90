"""The audit in its table."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vitrina_auth.adapters.tables import (
    AuditRow,
)
from vitrina_auth.domain.audit import Action, AuditEntry, StoredEntry


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
