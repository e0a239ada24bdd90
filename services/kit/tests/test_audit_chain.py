"""What was changed, removed or put in behind the chain's back is found; numbers hash by their value."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, DateTime, Identity, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from vitrina_kit.audit_chain import GENESIS, AuditChain, Verification, chain_stored_entries, line_of, link
from vitrina_kit.database import create_engine
from vitrina_kit.testing.postgres import PostgresServer, postgres_server  # noqa: F401 - a fixture

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
METADATA = MetaData()
AUDIT = Table(
    "audit",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True)),
    Column("action", Text),
    Column("detail", JSONB(none_as_null=True)),
    Column("hash", LargeBinary),
)
CHAIN = Table(
    "audit_chain",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("anchor", LargeBinary),
    Column("head", LargeBinary),
    Column("entries", BigInteger),
)


@pytest.fixture
async def engine(postgres_server: PostgresServer) -> AsyncIterator[AsyncEngine]:  # noqa: F811 - imported above
    engine = create_engine(postgres_server.new_database("audit_chain"))
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
        await connection.run_sync(chain_stored_entries, AUDIT, CHAIN)
    yield engine
    await engine.dispose()


def entry(number: int, **detail: Any) -> dict[str, Any]:
    return {"at": NOON + timedelta(hours=number), "action": f"act {number}", "detail": detail or None}


async def add(engine: AsyncEngine, *entries: dict[str, Any]) -> None:
    async with AsyncSession(engine) as session:
        await AuditChain(session, AUDIT, CHAIN).append(entries)
        await session.commit()


async def verify(engine: AsyncEngine) -> Verification:
    async with AsyncSession(engine) as session:
        return await AuditChain(session, AUDIT, CHAIN).verify()


async def behind_its_back(engine: AsyncEngine, sql: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(sql))


async def test_a_chain_that_nobody_touched_holds_whatever_the_details_are(engine: AsyncEngine) -> None:
    assert await verify(engine) == Verification(0, GENESIS)
    odd = {"float": 1e16, "small": 1e-7, "whole": 2.0, "yes": True, "none": None, "текст": ["ё", {"b": 1, "a": 0.1}]}
    await add(engine, entry(1), entry(2, **odd))
    await add(engine, entry(3))
    found = await verify(engine)
    assert (found.holds, found.entries) == (True, 3)


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE audit SET action = 'nothing' WHERE id = 2", 2),
        ("UPDATE audit SET detail = '{\"x\": 1}' WHERE id = 3", 3),
        ("UPDATE audit SET at = at + interval '1 us' WHERE id = 1", 1),
        ("DELETE FROM audit WHERE id = 1", 2),
        ("DELETE FROM audit WHERE id = 3", 4),
        ("DELETE FROM audit WHERE id = 5", None),
        ("DELETE FROM audit", None),
        ("INSERT INTO audit (at, action, hash) VALUES (now(), 'forged', '\\x00')", 6),
    ],
)
async def test_what_sql_did_is_found(engine: AsyncEngine, sql: str, broken: int | None) -> None:
    await add(engine, *(entry(number) for number in range(1, 6)))
    await behind_its_back(engine, sql)
    found = await verify(engine)
    assert (found.holds, found.broken) == (False, broken)


async def test_retention_leaves_a_chain_that_can_be_checked(engine: AsyncEngine) -> None:
    await add(engine, *(entry(number) for number in (1, 3, 2, 4, 5)))
    async with AsyncSession(engine) as session:
        chain = AuditChain(session, AUDIT, CHAIN)
        # The second is younger, so it and what came after it stays: the chain has one beginning.
        assert await chain.forget_older(NOON + timedelta(hours=3)) == 1
        await session.commit()
    assert (await verify(engine)).entries == 4
    await behind_its_back(engine, "DELETE FROM audit WHERE id = 2")
    assert (await verify(engine)).broken == 3
    async with AsyncSession(engine) as session:
        assert await AuditChain(session, AUDIT, CHAIN).forget_older(NOON + timedelta(days=9)) == 3
        await session.commit()
    await add(engine, entry(6))


async def test_entries_of_before_are_chained_by_the_migration(engine: AsyncEngine) -> None:
    await behind_its_back(engine, "DELETE FROM audit_chain")
    await behind_its_back(engine, "INSERT INTO audit (at, action) VALUES (now(), 'old'), (now(), 'older')")
    async with engine.begin() as connection:
        await connection.run_sync(chain_stored_entries, AUDIT, CHAIN)
    await add(engine, entry(1))
    assert (await verify(engine)).entries == 3


def test_a_line_holds_all_that_its_hash_covers() -> None:
    row = entry(1, a=1) | {"id": 7, "hash": b"\x01" * 32}
    assert line_of(row) == (
        '{"number": 7, "at": "2026-11-25T13:00:00.000000+00:00", "action": "act 1", "detail": {"a": 1}, '
        f'"hash": "{"01" * 32}"}}\n'
    )
    elsewhere = row | {"at": row["at"].astimezone(timezone(timedelta(hours=3)))}
    assert link(GENESIS, elsewhere) == link(GENESIS, row) == link(GENESIS, row | {"id": 8})
