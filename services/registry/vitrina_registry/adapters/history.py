"""The audit and the revisions, as they are read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_kit.audit_chain import AuditChain, Verification, table_of

from vitrina_registry.adapters.tables import AuditChainRow, AuditRow, RevisionRow
from vitrina_registry.domain.audit import AuditEntry, RecordedEntry
from vitrina_registry.domain.revision import Revision
from vitrina_registry.use_cases.ports import AuditFilter


class HistoryRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._chain = AuditChain(session, table_of(AuditRow), table_of(AuditChainRow))
        self._recorded: list[Mapping[str, Any]] = []

    def record(self, entry: AuditEntry) -> None:
        self._recorded.append(
            {
                "at": entry.at,
                "actor": entry.actor,
                "action": entry.action,
                "exporter": entry.exporter,
                "source": entry.source,
                "before": dict(entry.before) if entry.before is not None else None,
                "after": dict(entry.after) if entry.after is not None else None,
            }
        )

    async def append_recorded(self) -> None:
        """Last in a transaction: others wait from here on."""
        await self._chain.append(self._recorded)
        self._recorded = []

    async def audit(self, chosen: AuditFilter, before: int | None, limit: int) -> list[RecordedEntry]:
        query = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
        for column, value in (
            (AuditRow.exporter, chosen.exporter),
            (AuditRow.source, chosen.source),
            (AuditRow.actor, chosen.actor),
        ):
            if value is not None:
                query = query.where(col(column) == value)
        if before is not None:
            query = query.where(col(AuditRow.id) < before)
        return [_entry(row) for row in await self._session.exec(query)]

    async def forget_audit(self, before: datetime) -> None:
        await self._chain.forget_older(before)

    async def verify_audit(self) -> Verification:
        return await self._chain.verify()

    async def audit_lines(self, after: int, limit: int) -> tuple[Sequence[str], int]:
        return await self._chain.lines(after, limit)

    async def revisions(self, exporter: str, source: str | None, before: int | None, limit: int) -> list[Revision]:
        query = (
            select(RevisionRow)
            .where(col(RevisionRow.exporter) == exporter, col(RevisionRow.source).is_not_distinct_from(source))
            .order_by(col(RevisionRow.revision).desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(col(RevisionRow.revision) < before)
        return [_revision(row) for row in await self._session.exec(query)]

    async def revision(self, exporter: str, source: str | None, revision: int) -> Revision | None:
        found = await self.revisions(exporter, source, revision + 1, 1)
        return found[0] if found and found[0].revision == revision else None


def _entry(row: AuditRow) -> RecordedEntry:
    assert row.id is not None  # noqa: S101 - read from the database
    return RecordedEntry(
        row.id, AuditEntry(row.at, row.actor, row.action, row.exporter, row.source, row.before, row.after)
    )


def _revision(row: RevisionRow) -> Revision:
    return Revision(row.exporter, row.source, row.revision, row.at, row.actor, row.change, row.snapshot)
