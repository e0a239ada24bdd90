"""The audit and the revisions, as they are read."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vitrina_registry.adapters.tables import AuditRow, RevisionRow
from vitrina_registry.domain.audit import AuditEntry, RecordedEntry
from vitrina_registry.domain.revision import Revision
from vitrina_registry.use_cases.ports import AuditFilter


class HistoryRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

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
        await self._session.exec(delete(AuditRow).where(col(AuditRow.at) < before))

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
