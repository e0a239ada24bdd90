"""Maintenance windows in PostgreSQL."""

from typing import Final

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.alerting import WindowPlan

from vitrina_registry.adapters.alerting_tables import WindowRow
from vitrina_registry.domain.window import StoredWindow

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('registry.windows'))")


class WindowRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self) -> None:
        await (await self._session.connection()).execute(_LOCK)

    async def all(self) -> list[StoredWindow]:
        return [_window(row) for row in await self._session.exec(select(WindowRow).order_by(col(WindowRow.name)))]

    async def find(self, name: str) -> StoredWindow | None:
        row = await self._session.get(WindowRow, name)
        return _window(row) if row else None

    async def save(self, window: StoredWindow) -> None:
        plan = window.plan.model_dump(mode="json", by_alias=True)
        await self._session.merge(WindowRow(**{**vars(window), "plan": plan}))
        await self._session.flush()

    async def delete(self, name: str) -> None:
        await self._session.delete(await self._session.get_one(WindowRow, name))
        await self._session.flush()


def _window(row: WindowRow) -> StoredWindow:
    plan = WindowPlan.model_validate(row.plan, extra="ignore")  # also a later version's
    return StoredWindow(row.name, plan, row.revision, row.updated_at, row.updated_by)
