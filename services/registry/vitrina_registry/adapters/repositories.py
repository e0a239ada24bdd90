"""Exporters and sources in PostgreSQL. All queries stand here."""

from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.exporter import ObservedExporter
from vitrina_contracts.manifest import Text

from vitrina_registry.adapters.tables import ExporterRow, SourceRow
from vitrina_registry.domain.errors import ConflictError, FieldFault
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.secret import SealedSecret
from vitrina_registry.domain.source import Source


class ExporterRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self, *, with_deleted: bool = False) -> list[Exporter]:
        query = select(ExporterRow).order_by(col(ExporterRow.name))
        if not with_deleted:
            query = query.where(col(ExporterRow.deleted_at).is_(None))
        return [_exporter(row) for row in await self._session.exec(query)]

    async def find(self, name: str) -> Exporter | None:
        row = await self._session.get(ExporterRow, name)
        return _exporter(row) if row else None

    async def lock(self, name: str) -> Exporter | None:
        row = await self._session.get(ExporterRow, name, with_for_update=True, populate_existing=True)
        return _exporter(row) if row else None

    async def add(self, exporter: Exporter) -> None:
        self._session.add(ExporterRow(name=exporter.name, **_exporter_columns(exporter)))
        await _flush(self._session, "exporter", exporter.name)

    async def save(self, exporter: Exporter) -> None:
        row = await self._session.get_one(ExporterRow, exporter.name)
        for column, value in _exporter_columns(exporter).items():
            setattr(row, column, value)
        if exporter.observed is None:
            row.observed, row.observed_at = None, None

    async def record_observed(self, name: str, observed: ObservedExporter) -> bool:
        older = or_(col(ExporterRow.observed_at).is_(None), col(ExporterRow.observed_at) < observed.observed_at)
        statement = (
            update(ExporterRow)
            .where(col(ExporterRow.name) == name, older)
            .values(observed=observed.model_dump(mode="json"), observed_at=observed.observed_at)
            .returning(col(ExporterRow.name))
        )
        return (await self._session.exec(statement)).first() is not None


class SourceRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, exporter: str) -> list[Source]:
        query = select(SourceRow).where(col(SourceRow.exporter) == exporter).order_by(col(SourceRow.name))
        return [_source(row) for row in await self._session.exec(query)]

    async def names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        query = select(SourceRow.exporter, SourceRow.name).order_by(col(SourceRow.name))
        for exporter, name in await self._session.exec(query):
            names.setdefault(exporter, []).append(name)
        return names

    async def find(self, exporter: str, name: str) -> Source | None:
        row = await self._session.get(SourceRow, name)
        return _source(row) if row and row.exporter == exporter else None

    async def add(self, source: Source) -> None:
        self._session.add(SourceRow(name=source.name, exporter=source.exporter, **_source_columns(source)))
        await _flush(self._session, "source", source.name)

    async def save(self, source: Source) -> None:
        row = await self._session.get_one(SourceRow, source.name)
        for column, value in _source_columns(source).items():
            setattr(row, column, value)

    async def delete(self, exporter: str, name: str) -> None:
        await self._session.exec(
            delete(SourceRow).where(col(SourceRow.exporter) == exporter, col(SourceRow.name) == name)
        )

    async def delete_all(self, exporter: str) -> None:
        await self._session.exec(delete(SourceRow).where(col(SourceRow.exporter) == exporter))


async def _flush(session: AsyncSession, noun: str, name: str) -> None:
    """Sends the new row now, so that a taken name is noticed here."""
    try:
        await session.flush()
    except IntegrityError:
        nouns = {"exporter": "Экспортёр", "source": "Источник"}
        message = Text(
            en=f"There is {'an' if noun == 'exporter' else 'a'} {noun} {name} already in this installation.",
            ru=f"{nouns[noun]} {name} в этой установке уже есть.",
        )
        raise ConflictError(message, [FieldFault("name", message)]) from None


def _exporter(row: ExporterRow) -> Exporter:
    return Exporter(
        name=row.name,
        type=row.type,
        enabled=row.enabled,
        labels=row.labels,
        revision=row.revision,
        restart_generation=row.restart_generation,
        shards=row.shards,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
        observed=ObservedExporter.model_validate(row.observed) if row.observed else None,
    )


def _exporter_columns(exporter: Exporter) -> dict[str, Any]:
    return {
        "type": exporter.type,
        "enabled": exporter.enabled,
        "labels": dict(exporter.labels),
        "revision": exporter.revision,
        "restart_generation": exporter.restart_generation,
        "shards": exporter.shards,
        "created_at": exporter.created_at,
        "updated_at": exporter.updated_at,
        "deleted_at": exporter.deleted_at,
    }


def _source(row: SourceRow) -> Source:
    return Source(
        name=row.name,
        exporter=row.exporter,
        config=row.config,
        secrets={field: SealedSecret.from_stored(stored) for field, stored in row.secrets.items()},
        labels=row.labels,
        enabled=row.enabled,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _source_columns(source: Source) -> dict[str, Any]:
    return {
        "config": dict(source.config),
        "secrets": {field: sealed.to_stored() for field, sealed in source.secrets.items()},
        "labels": dict(source.labels),
        "enabled": source.enabled,
        "revision": source.revision,
        "created_at": source.created_at,
        "updated_at": source.updated_at,
    }
