"""Reports by e-mail in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.reports import ReportPlan, SendingState

from vitrina_registry.adapters.report_tables import ReportRow, ReportSendingRow
from vitrina_registry.domain.report import Period, Report, Sending

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('registry.reports'))")
_OPEN: Final = (SendingState.WAITING, SendingState.SENDING)


class ReportRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self) -> None:
        await (await self._session.connection()).execute(_LOCK)

    async def all(self) -> list[Report]:
        return [_report(row) for row in await self._session.exec(select(ReportRow).order_by(col(ReportRow.name)))]

    async def find(self, name: str) -> Report | None:
        row = (await self._session.exec(select(ReportRow).where(col(ReportRow.name) == name))).first()
        return _report(row) if row else None

    async def find_by_id(self, report_id: str) -> Report | None:
        row = await self._session.get(ReportRow, report_id)
        return _report(row) if row else None

    async def save(self, report: Report) -> None:
        await self._session.merge(ReportRow(**{**vars(report), "plan": report.plan.model_dump(mode="json")}))
        await self._session.flush()

    async def delete(self, report: Report) -> None:
        await self._session.delete(await self._session.get_one(ReportRow, report.id))
        await self._session.flush()

    async def plan_sending(self, sending: Sending) -> None:
        statement = insert(ReportSendingRow).values(**_columns(sending)).on_conflict_do_nothing()
        await (await self._session.connection()).execute(statement)

    async def claim(self, now: datetime) -> Sending | None:
        query = (
            select(ReportSendingRow)
            .where(col(ReportSendingRow.state).in_(_OPEN), col(ReportSendingRow.next_at) <= now)
            .order_by(col(ReportSendingRow.next_at))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = (await self._session.exec(query)).first()
        if row is None:
            return None
        claimed = _sending(row).claimed(now)
        row.state, row.attempts, row.next_at = str(claimed.state), claimed.attempts, claimed.next_at
        return claimed

    async def settle(self, sending: Sending) -> None:
        statement = (
            update(ReportSendingRow)
            .where(
                col(ReportSendingRow.report_id) == sending.report_id,
                col(ReportSendingRow.due_at) == sending.due_at,
                col(ReportSendingRow.attempts) == sending.attempts,
            )
            .values(**_columns(sending))
        )
        await self._session.exec(statement)

    async def sendings(self, report: Report, limit: int) -> list[Sending]:
        query = (
            select(ReportSendingRow)
            .where(col(ReportSendingRow.report_id) == report.id)
            .order_by(col(ReportSendingRow.due_at).desc())
            .limit(limit)
        )
        return [_sending(row) for row in await self._session.exec(query)]

    async def last_sendings(self, report_ids: Sequence[str]) -> dict[str, Sending]:
        query = (
            select(ReportSendingRow)
            .where(col(ReportSendingRow.report_id).in_(report_ids))
            .distinct(col(ReportSendingRow.report_id))
            .order_by(col(ReportSendingRow.report_id), col(ReportSendingRow.due_at).desc())
        )
        return {row.report_id: _sending(row) for row in await self._session.exec(query)}

    async def forget(self, before: datetime) -> None:
        await self._session.exec(delete(ReportSendingRow).where(col(ReportSendingRow.due_at) < before))


def _report(row: ReportRow) -> Report:
    columns = {name: getattr(row, name) for name in Report.__dataclass_fields__}
    return Report(**{**columns, "plan": ReportPlan.model_validate(row.plan, extra="ignore")})


def _columns(sending: Sending) -> dict[str, Any]:
    columns = dict(vars(sending))
    period: Period = columns.pop("period")
    return {**columns, **vars(period), "state": str(sending.state)}


def _sending(row: ReportSendingRow) -> Sending:
    columns = {name: getattr(row, name) for name in Sending.__dataclass_fields__ if name != "period"}
    return Sending(**{**columns, "period": Period(row.first, row.last), "state": SendingState(row.state)})
