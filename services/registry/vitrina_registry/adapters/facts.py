"""Device facts in PostgreSQL."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, literal, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.facts import DeviceFacts

from vitrina_registry.adapters.tables import DeviceFactsRow
from vitrina_registry.domain.facts import FIELDS, DeviceKey, StoredFacts
from vitrina_registry.use_cases.ports import FactsFilter

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('registry.device_facts'))")
_AT_ONCE: Final = 2000
"""Rows a statement: PostgreSQL takes 32,767 parameters."""


class FactsRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self) -> None:
        await (await self._session.connection()).execute(_LOCK)

    async def version(self) -> int:
        return (await self._session.exec(select(func.max(DeviceFactsRow.version)))).one() or 0

    async def all(
        self, chosen: FactsFilter, after: DeviceKey | None, limit: int | None, scope: Sequence[str] | None
    ) -> list[StoredFacts]:
        query = select(DeviceFactsRow).where(col(DeviceFactsRow.facts).is_not(None)).order_by(*_KEY).limit(limit)
        if chosen.platform is not None:
            query = query.where(col(DeviceFactsRow.platform) == chosen.platform)
        if chosen.source is not None:
            query = query.where(col(DeviceFactsRow.source) == chosen.source)
        if chosen.site is not None:
            query = query.where(col(DeviceFactsRow.facts)["site"].as_string() == chosen.site)
        if scope is not None:
            query = query.where(col(DeviceFactsRow.source).in_(scope))
        if after is not None:
            query = query.where(tuple_(*_KEY) > tuple_(*after))
        return [_stored(row) for row in await self._session.exec(query)]

    async def find(self, keys: Sequence[DeviceKey]) -> dict[DeviceKey, StoredFacts]:
        found: dict[DeviceKey, StoredFacts] = {}
        for part in _batches(keys):
            query = select(DeviceFactsRow).where(tuple_(*_KEY).in_([tuple(key) for key in part]))
            rows = [_stored(row) for row in await self._session.exec(query, execution_options=_FRESH)]
            found |= {item.key: item for item in rows}
        return found

    async def since(self, version: int) -> list[StoredFacts]:
        query = select(DeviceFactsRow).where(col(DeviceFactsRow.version) > version).order_by(*_KEY)
        return [_stored(row) for row in await self._session.exec(query)]

    async def save(self, items: Sequence[StoredFacts]) -> None:
        for part in _batches(items):
            statement = insert(DeviceFactsRow).values([_columns(item) for item in part])
            written = {name: statement.excluded[name] for name in ("version", "updated_at", "updated_by")}
            facts = _UNKNOWN_TO_US.op("||")(statement.excluded.facts)  # null where nothing is to be left
            await self._session.exec(
                statement.on_conflict_do_update(index_elements=_KEY, set_={**written, "facts": facts})
            )


_KEY: Final = (col(DeviceFactsRow.platform), col(DeviceFactsRow.source), col(DeviceFactsRow.device_id))
_FRESH: Final = {"populate_existing": True}
_UNKNOWN_TO_US: Final = func.coalesce(col(DeviceFactsRow.facts), literal({}, JSONB)).op("-")(
    literal(list(FIELDS), ARRAY(TEXT))
)
"""What a later version has stored beside what this one knows: it stays, for that one comes back or runs beside us."""


def _batches(items: Sequence[Any]) -> list[Sequence[Any]]:
    return [items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE)]


def _stored(row: DeviceFactsRow) -> StoredFacts:
    # A later version may have stored more facts, beside this one or before it came back.
    facts = None if row.facts is None else DeviceFacts.model_validate(row.facts, extra="ignore")
    return StoredFacts(
        DeviceKey(row.platform, row.source, row.device_id), facts, row.version, row.updated_at, row.updated_by
    )


def _columns(item: StoredFacts) -> dict[str, Any]:
    return {
        **item.key._asdict(),
        "facts": None if item.facts is None else item.facts.model_dump(exclude_defaults=True),
        "version": item.version,
        "updated_at": item.updated_at,
        "updated_by": item.updated_by,
    }
