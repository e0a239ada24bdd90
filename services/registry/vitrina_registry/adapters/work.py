"""Work states in PostgreSQL."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.work import Work

from vitrina_registry.adapters.tables import WorkStateRow
from vitrina_registry.domain.facts import DeviceKey
from vitrina_registry.domain.work import StoredWork

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('registry.work_states'))")
_AT_ONCE: Final = 2000
"""Rows a statement: PostgreSQL takes 32,767 parameters."""
_KEY: Final = (col(WorkStateRow.platform), col(WorkStateRow.source), col(WorkStateRow.device_id))


class WorkRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self) -> None:
        await (await self._session.connection()).execute(_LOCK)

    async def version(self) -> int:
        return (await self._session.exec(select(func.max(WorkStateRow.version)))).one() or 0

    async def find(self, keys: Sequence[DeviceKey]) -> dict[DeviceKey, StoredWork]:
        found: dict[DeviceKey, StoredWork] = {}
        for start in range(0, len(keys), _AT_ONCE):
            part = keys[start : start + _AT_ONCE]
            query = select(WorkStateRow).where(tuple_(*_KEY).in_([tuple(key) for key in part]))
            found |= {item.key: item for item in map(_stored, await self._session.exec(query))}
        return found

    async def since(self, version: int) -> list[StoredWork]:
        query = select(WorkStateRow).where(col(WorkStateRow.version) > version).order_by(*_KEY)
        return [_stored(row) for row in await self._session.exec(query)]

    async def save(self, items: Sequence[StoredWork]) -> None:
        for start in range(0, len(items), _AT_ONCE):
            part = items[start : start + _AT_ONCE]
            statement = insert(WorkStateRow).values([_columns(item) for item in part])
            written = {name: statement.excluded[name] for name in ("work", "version")}
            await self._session.exec(
                statement.on_conflict_do_update(index_elements=["platform", "source", "device_id"], set_=written)
            )


def _stored(row: WorkStateRow) -> StoredWork:
    work = None if row.work is None else Work.model_validate(row.work)
    return StoredWork(DeviceKey(row.platform, row.source, row.device_id), work, row.version)


def _columns(item: StoredWork) -> dict[str, Any]:
    return {
        **item.key._asdict(),
        "work": None if item.work is None else item.work.model_dump(mode="json"),
        "version": item.version,
    }
