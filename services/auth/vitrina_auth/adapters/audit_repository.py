"""The audit in its table, a chain of hashes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_kit.audit_chain import AuditChain, Verification, table_of

from vitrina_auth.adapters.tables import AuditChainRow, AuditRow
from vitrina_auth.domain.audit import Action, AuditEntry, StoredEntry


class AuditRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._chain = AuditChain(session, table_of(AuditRow), table_of(AuditChainRow))
        self._added: list[Mapping[str, Any]] = []

    async def add(self, entry: AuditEntry) -> None:
        self._added.append(
            {
                "at": entry.at,
                "action": entry.action.value,
                "actor": entry.actor,
                "subject": entry.subject,
                "address": entry.address,
                "detail": entry.detail,
            }
        )

    async def append_added(self) -> None:
        """Last in a transaction: others wait from here on."""
        await self._chain.append(self._added)
        self._added = []

    async def page(self, before: int | None, limit: int, subject: str | None) -> Sequence[StoredEntry]:
        statement = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
        if before is not None:
            statement = statement.where(col(AuditRow.id) < before)
        if subject is not None:
            statement = statement.where(or_(col(AuditRow.subject) == subject, col(AuditRow.actor) == subject))
        return [_stored_entry(row) for row in await self._session.exec(statement)]

    async def remove_older(self, than: datetime) -> int:
        return await self._chain.forget_older(than)

    async def verify(self) -> Verification:
        return await self._chain.verify()

    async def lines(self, after: int, limit: int) -> tuple[Sequence[str], int]:
        return await self._chain.lines(after, limit)


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
