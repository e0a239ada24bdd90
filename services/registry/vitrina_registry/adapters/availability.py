"""Daily rows in PostgreSQL."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.availability import AvailabilityPart

from vitrina_registry.adapters.availability_tables import AvailabilityDayRow
from vitrina_registry.domain.availability import Group, Question, Sums

_NUMBER_DEVICES: Final = text("""
INSERT INTO registry.availability_devices (platform, source, device_id)
SELECT CAST(:platform AS text), CAST(:source AS text), told.id FROM unnest(CAST(:ids AS text[])) AS told (id)
WHERE NOT EXISTS (SELECT FROM registry.availability_devices AS known
    WHERE (known.platform, known.source) = (CAST(:platform AS text), CAST(:source AS text))
    AND known.device_id = told.id)
ON CONFLICT DO NOTHING
""")
# A day that is computed again never loses what was measured: Prometheus may have forgotten a part of it meanwhile.
_STORE: Final = text("""
INSERT INTO registry.availability AS kept (device, day, online, offline, planned, unknown)
SELECT devices.id, :day, told.online, told.offline, told.planned, told.unknown
FROM unnest(CAST(:ids AS text[]), CAST(:online AS int[]), CAST(:offline AS int[]), CAST(:planned AS int[]),
    CAST(:unknown AS int[])) AS told (device_id, online, offline, planned, unknown)
JOIN registry.availability_devices AS devices
    ON (devices.platform, devices.source) = (CAST(:platform AS text), CAST(:source AS text))
    AND devices.device_id = told.device_id
ON CONFLICT (device, day) DO UPDATE
SET online = excluded.online, offline = excluded.offline, planned = excluded.planned, unknown = excluded.unknown
WHERE excluded.online + excluded.offline + excluded.planned + excluded.unknown
    >= kept.online + kept.offline + kept.planned + kept.unknown
""")
_GROUPS: Final = {
    Group.SOURCE: ("NULL::text", "NULL::text"),
    Group.SITE: ("facts.facts ->> 'site'", "NULL::text"),
    Group.DEVICE: ("facts.facts ->> 'site'", "devices.device_id"),
}
# What is told of a replaced device after its successor began is nobody's: a list may name it for long.
# First by the number of the device, which takes a second for three million rows; by names it would take ten.
_SUM: Final = """
WITH RECURSIVE asked AS (
    SELECT id FROM registry.availability_devices AS devices
    WHERE (CAST(:source AS text) IS NULL OR devices.source = :source)
        AND (CAST(:scope AS text[]) IS NULL OR devices.source = ANY(CAST(:scope AS text[])))
), replaced AS (
    SELECT old.id AS old, new.id AS new
    FROM registry.device_facts AS told
    JOIN registry.availability_devices AS new
        ON (new.platform, new.source, new.device_id) = (told.platform, told.source, told.device_id)
    JOIN registry.availability_devices AS old
        ON (old.platform, old.source, old.device_id) = (told.platform, told.source, told.facts ->> 'replaces')
), chain AS (
    SELECT old, new FROM replaced
    UNION SELECT chain.old, replaced.new FROM chain JOIN replaced ON replaced.old = chain.new
), began AS (
    SELECT device, min(day) AS day FROM registry.availability WHERE device IN (SELECT new FROM chain) GROUP BY 1
), successor AS (
    SELECT old, max(new) FILTER (WHERE new NOT IN (SELECT old FROM replaced)) AS new, min(began.day) AS until
    FROM chain LEFT JOIN began ON began.device = new
    GROUP BY old
), by_device AS (
    SELECT coalesce(new, device) AS device, count(*) AS days, sum(online) AS online, sum(offline) AS offline,
        sum(planned) AS planned, sum(unknown) AS unknown
    FROM registry.availability LEFT JOIN successor ON successor.old = device
    WHERE day BETWEEN :first AND :last AND device IN (SELECT id FROM asked)
        AND (new IS NULL OR until IS NULL OR day <= until)
    GROUP BY 1
)
SELECT devices.platform, devices.source, {site} AS site, {device} AS device_id, count(*) AS devices,
    CAST(sum(days) AS bigint) AS device_days, CAST(sum(online) AS bigint) AS online,
    CAST(sum(offline) AS bigint) AS offline, CAST(sum(planned) AS bigint) AS planned,
    CAST(sum(unknown) AS bigint) AS unknown
FROM by_device JOIN registry.availability_devices AS devices ON devices.id = by_device.device
{facts}
GROUP BY 1, 2, 3, 4
HAVING CAST(:after AS text[]) IS NULL OR {key} > CAST(:after AS text[])
ORDER BY {key}
LIMIT :limit
"""
_KEY: Final = "CAST(ARRAY[devices.platform, devices.source, coalesce({site}, ''), coalesce({device}, '')] AS text[])"
_FACTS: Final = """LEFT JOIN registry.device_facts AS facts
    ON (facts.platform, facts.source, facts.device_id) = (devices.platform, devices.source, devices.device_id)"""


class AvailabilityRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def stored_days(self, since: date) -> set[tuple[str, str, date]]:
        query = select(AvailabilityDayRow).where(col(AvailabilityDayRow.day) >= since)
        return {(row.platform, row.source, row.day) for row in await self._session.exec(query)}

    async def store(self, part: AvailabilityPart, now: datetime) -> None:
        connection = await self._session.connection()
        key = {"platform": part.platform, "source": part.source}
        ids = [device.device_id for device in part.devices]
        columns = {
            name: [getattr(device, name) for device in part.devices]
            for name in ("online", "offline", "planned", "unknown")
        }
        await connection.execute(_NUMBER_DEVICES, {**key, "ids": ids})
        await connection.execute(_STORE, {**key, "day": part.day, "ids": ids, **columns})
        if part.last:
            row = {**key, "day": part.day, "stored_at": now}
            await connection.execute(insert(AvailabilityDayRow).values(row).on_conflict_do_nothing())

    async def sums(
        self, question: Question, scope: Sequence[str] | None, after: Sequence[str] | None, limit: int | None
    ) -> list[Sums]:
        site, device = _GROUPS[question.group]
        facts = "" if question.group is Group.SOURCE else _FACTS
        parameters: dict[str, Any] = {
            "first": question.first,
            "last": question.last,
            "source": question.source,
            "scope": None if scope is None else list(scope),
            "after": None if after is None else list(after),
            "limit": limit,
        }
        rows = await (await self._session.connection()).execute(
            text(_SUM.format(site=site, device=device, facts=facts, key=_KEY.format(site=site, device=device))),
            parameters,
        )
        return [Sums(**row) for row in rows.mappings()]
