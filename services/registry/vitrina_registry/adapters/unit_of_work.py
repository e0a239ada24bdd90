"""One transaction over exporters, sources, outbox and audit: all of a change or nothing of it.

The event row commits with the change (outbox), so a crash at any line leaves both or neither; NOTIFY only wakes the
relay, which finds the row anyway within a second.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Self

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.events import TYPE_EXPORTER_CHANGED, ExporterChanged
from vitrina_contracts.subjects import exporter_changed
from vitrina_kit.database import is_outage

from vitrina_registry.adapters.answers import claim
from vitrina_registry.adapters.availability import AvailabilityRepository
from vitrina_registry.adapters.facts import FactsRepository
from vitrina_registry.adapters.history import HistoryRepository
from vitrina_registry.adapters.notifications import NotificationsRepository
from vitrina_registry.adapters.operations import OperationRepository
from vitrina_registry.adapters.outage import unavailable
from vitrina_registry.adapters.reports import ReportRepository
from vitrina_registry.adapters.repositories import ExporterRepository, SourceRepository
from vitrina_registry.adapters.tables import OutboxRow, RevisionRow
from vitrina_registry.adapters.webhooks import WebhookRepository
from vitrina_registry.adapters.windows import WindowRepository
from vitrina_registry.adapters.work import WorkRepository
from vitrina_registry.domain.audit import AuditEntry
from vitrina_registry.domain.intent import Intent
from vitrina_registry.domain.revision import Revision

CHANNEL: Final = "registry_outbox"
_NOTIFY: Final = text(f"NOTIFY {CHANNEL}")


class SqlUnitOfWork:
    def __init__(
        self, sessions: Callable[[], AsyncSession], now: Callable[[], datetime], intent: Intent | None = None
    ) -> None:
        self._now = now
        self._intent = intent or Intent()
        self._session = sessions()
        self.exporters = ExporterRepository(self._session)
        self.sources = SourceRepository(self._session)
        self.history = HistoryRepository(self._session)
        self.facts = FactsRepository(self._session)
        self.work = WorkRepository(self._session)
        self.availability = AvailabilityRepository(self._session)
        self.operations = OperationRepository(self._session)
        self.webhooks = WebhookRepository(self._session)
        self.notifications = NotificationsRepository(self._session)
        self.windows = WindowRepository(self._session)
        self.reports = ReportRepository(self._session)
        self._emitted = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            await self._session.close()  # rolls back what was not committed
        except (SQLAlchemyError, OSError) as failure:
            # What was read was read and what was committed stays: nobody needs the connection that was lost just now.
            if error is None and not is_outage(failure):
                raise
        if error is not None and is_outage(error):
            raise unavailable() from error

    def emit(self, event: ExporterChanged) -> None:
        self._emitted = True
        self._session.add(
            OutboxRow(
                subject=exporter_changed(event.exporter),
                type=TYPE_EXPORTER_CHANGED,
                payload=event.model_dump(mode="json"),
                created_at=self._now(),
            )
        )

    def record(self, entry: AuditEntry) -> None:
        self.history.record(entry)

    def remember(self, revision: Revision) -> None:
        self._session.add(RevisionRow(**vars(revision)))

    async def commit(self) -> None:
        if self._intent.dry_run:
            await self._session.flush()
            return
        if self._intent.once is not None:
            await claim(self._session, self._intent.once, self._now())
        if self._emitted:
            await (await self._session.connection()).execute(_NOTIFY)
        await self.history.append_recorded()
        await self._session.commit()
        self._intent.accepted = True
