"""Operations in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.operations import OperationKind, OperationState

from vitrina_registry.adapters.tables import OperationRow, SourceRow
from vitrina_registry.domain.operation import HOLDING, Operation


class OperationRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, operation: Operation) -> None:
        columns = _columns(operation)
        del columns["id"]
        self._session.add(OperationRow(**columns))
        await self._session.flush()

    async def lock(self, number: int) -> Operation | None:
        row = await self._session.get(OperationRow, number, with_for_update=True, populate_existing=True)
        return _operation(row) if row else None

    async def save(self, operation: Operation) -> None:
        row = await self._session.get_one(OperationRow, operation.id)
        for column, value in _columns(operation).items():
            setattr(row, column, value)

    async def page(
        self, states: Sequence[OperationState], source: str | None, before: int | None, limit: int
    ) -> list[Operation]:
        query = select(OperationRow).order_by(col(OperationRow.id).desc()).limit(limit)
        if states:
            query = query.where(col(OperationRow.state).in_(states))
        if source is not None:
            query = query.where(col(OperationRow.source) == source)
        if before is not None:
            query = query.where(col(OperationRow.id) < before)
        return [_operation(row) for row in await self._session.exec(query)]

    async def holding(self, source: str) -> list[Operation]:
        query = (
            select(OperationRow)
            .where(col(OperationRow.source) == source, col(OperationRow.state).in_(HOLDING))
            .order_by(col(OperationRow.id))
        )
        return [_operation(row) for row in await self._session.exec(query)]

    async def due(self, now: datetime) -> list[Operation]:
        state = col(OperationRow.state)
        waits = state.in_((OperationState.PENDING, OperationState.FAILED)) & (col(OperationRow.due_at) <= now)
        query = (
            select(OperationRow)
            .where(
                col(OperationRow.freed_at).is_(None),
                state != OperationState.CANCELLED,
                or_(waits, state.in_((OperationState.RUNNING, OperationState.DONE))),
            )
            .order_by(col(OperationRow.id))
        )
        return [_operation(row) for row in await self._session.exec(query)]

    async def concerning(self, sources: Sequence[str]) -> list[Operation]:
        query = select(OperationRow).where(
            col(OperationRow.source).in_(sources), col(OperationRow.state) != OperationState.DONE
        )
        return [_operation(row) for row in await self._session.exec(query)]

    async def newest_retention(self, platform: str) -> Operation | None:
        query = (
            select(OperationRow)
            .where(col(OperationRow.platform) == platform, col(OperationRow.kind) == OperationKind.RETENTION)
            .order_by(col(OperationRow.id).desc())
            .limit(1)
        )
        row = (await self._session.exec(query)).first()
        return _operation(row) if row else None

    async def hidden(self, freed_after: datetime) -> set[str]:
        ended = (OperationState.CANCELLED, OperationState.FOUND)
        living = select(SourceRow.name)
        query = select(OperationRow.source).where(
            col(OperationRow.source).is_not(None),
            col(OperationRow.state).not_in(ended),
            or_(col(OperationRow.freed_at).is_(None), col(OperationRow.freed_at) > freed_after),
            col(OperationRow.source).not_in(living),
        )
        return {source for source in await self._session.exec(query) if source is not None}


def _columns(operation: Operation) -> dict[str, Any]:
    return {name: str(value) if name in ("kind", "state") else value for name, value in asdict(operation).items()}


def _operation(row: OperationRow) -> Operation:
    columns = {name: getattr(row, name) for name in Operation.__dataclass_fields__}
    return Operation(**{**columns, "kind": OperationKind(row.kind), "state": OperationState(row.state)})
