"""Who is told of alerts, in PostgreSQL."""

from typing import Any, Final

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.alerting import AlertingReport, Outcome

from vitrina_registry.adapters.alerting_tables import AlertingReportRow, NotificationsRow, NotificationTestRow
from vitrina_registry.domain.notifications import Notifications, StoredReport, TestMessage
from vitrina_registry.domain.secret import SealedSecret

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('registry.notifications'))")
_ONLY: Final = 1
"""Of the tables with one row."""


class NotificationsRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self) -> None:
        await (await self._session.connection()).execute(_LOCK)

    async def find(self) -> Notifications:
        row = await self._session.get(NotificationsRow, _ONLY, populate_existing=True)
        return _notifications(row) if row else Notifications()

    async def save(self, item: Notifications) -> None:
        await self._session.merge(NotificationsRow(id=_ONLY, **_columns(item)))
        await self._session.flush()

    async def tests(self) -> list[TestMessage]:
        rows = await self._session.exec(select(NotificationTestRow).order_by(col(NotificationTestRow.receiver)))
        return [TestMessage(row.receiver, row.asked_at, row.asked_by, Outcome(row.outcome)) for row in rows]

    async def save_test(self, test: TestMessage) -> None:
        await self._session.merge(NotificationTestRow(**{**vars(test), "outcome": str(test.outcome)}))
        await self._session.flush()

    async def report(self) -> StoredReport | None:
        row = await self._session.get(AlertingReportRow, _ONLY)
        if row is None:
            return None
        report = AlertingReport(
            revision=row.revision, refusal=row.refusal, from_file=row.from_file, failing=row.failing
        )
        return StoredReport(report, row.at)

    async def save_report(self, stored: StoredReport) -> None:
        columns = stored.report.model_dump(exclude={"tests"})
        await self._session.merge(AlertingReportRow(id=_ONLY, **columns, at=stored.at))
        await self._session.flush()


def _columns(item: Notifications) -> dict[str, Any]:
    return {
        **vars(item),
        "receivers": list(item.receivers),
        "routes": list(item.routes),
        "secrets": {key: sealed.to_stored() for key, sealed in item.secrets.items()},
    }


def _notifications(row: NotificationsRow) -> Notifications:
    secrets = {key: SealedSecret.from_stored(stored) for key, stored in row.secrets.items()}
    return Notifications(row.revision, row.receivers, row.routes, secrets, row.updated_at, row.updated_by)
