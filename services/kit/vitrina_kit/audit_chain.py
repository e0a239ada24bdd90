"""An audit whose entries are chained by hashes: each covers the one before it, so what was changed or removed shows.

Two tables of a schema: `audit` with `id`, `at` and `hash`, and `audit_chain` with one row: the hash before the first
entry that is kept (`anchor`), that of the last (`head`), and how many there are. That row is locked from an append to
the end of its transaction, so the order of the entries is that of the chain; append last, or others wait behind it.
The chain tells of whoever changes the audit alone. Against somebody who also writes the chain anew stands an export
that lies elsewhere: its last hash must be found again.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, func, insert, inspect, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

GENESIS: Final = bytes(32)
"""The hash before the very first entry."""
_BATCH: Final = 1000
_NOT_COVERED: Final = frozenset({"id", "hash"})
"""The store gives the number; the chain gives the order."""


@dataclass(frozen=True, slots=True)
class Verification:
    """`broken`: number of the first entry that does not fit; None with `why` when some are missing at the end."""

    entries: int
    head: bytes
    broken: int | None = None
    why: str | None = None

    @property
    def holds(self) -> bool:
        return self.why is None


def link(previous: bytes, entry: Mapping[str, Any]) -> bytes:
    """The hash of an entry: the same before it is stored and after it is read, so numbers are told by their value."""
    covered = {name: _plain(value) for name, value in entry.items() if name not in _NOT_COVERED}
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous + text.encode()).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{Decimal(repr(value)).normalize():f}"
    return value


class AuditChain:
    def __init__(self, session: AsyncSession, audit: Table, chain: Table) -> None:
        self._session = session
        self._audit = audit
        self._chain = chain

    async def append(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Part of the caller's transaction, and the last of it."""
        if not entries:
            return
        connection = await self._session.connection()
        head = (await connection.execute(select(self._chain.c.head).with_for_update())).scalar_one()
        rows: list[Mapping[str, Any]] = []
        for entry in entries:
            head = link(head, entry)
            rows.append({**entry, "hash": head})
        await connection.execute(insert(self._audit), rows)
        await connection.execute(update(self._chain).values(head=head, entries=self._chain.c.entries + len(rows)))

    async def forget_older(self, than: datetime) -> int:
        """Removes the oldest up to the first that is younger, and begins the chain behind them. Returns how many."""
        connection = await self._session.connection()
        await connection.execute(select(self._chain.c.head).with_for_update())
        number = self._audit.c.id
        kept = (await connection.execute(select(func.min(number)).where(self._audit.c.at >= than))).scalar_one()
        old = number < kept if kept is not None else true()
        newest = select(number, self._audit.c.hash).where(old).order_by(number.desc()).limit(1)
        last = (await connection.execute(newest)).first()
        if last is None:
            return 0
        removed: int = (await connection.execute(delete(self._audit).where(number <= last.id))).rowcount
        left = self._chain.c.entries - removed
        await connection.execute(update(self._chain).values(anchor=last.hash, entries=left))
        return removed

    async def verify(self) -> Verification:
        """Walks the whole chain as it stands now; the session must not have been used before."""
        connection = await self._session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        chain = (await connection.execute(select(self._chain))).mappings().one()
        previous, entries = chain["anchor"], 0
        async for row in self._walk(connection):
            if row["hash"] != link(previous, row):
                why = "this entry was changed, or the one before it was changed, removed or put in"
                return Verification(entries, previous, row["id"], why)
            previous, entries = row["hash"], entries + 1
        if (previous, entries) != (chain["head"], chain["entries"]):
            return Verification(entries, previous, None, "entries at the end are missing")
        return Verification(entries, previous)

    async def lines(self, after: int, limit: int) -> tuple[Sequence[str], int]:
        """Entries with numbers above `after` as lines of JSON, the oldest first, and the number of the last."""
        rows = await self._page(await self._session.connection(), after, limit)
        return [line_of(row) for row in rows], rows[-1]["id"] if rows else after

    async def _walk(self, connection: AsyncConnection) -> AsyncIterator[dict[str, Any]]:
        after = -1
        while rows := await self._page(connection, after, _BATCH):
            for row in rows:
                yield row
            after = rows[-1]["id"]

    async def _page(self, connection: AsyncConnection, after: int, limit: int) -> Sequence[dict[str, Any]]:
        number = self._audit.c.id
        statement = select(self._audit).where(number > after).order_by(number).limit(limit)
        return [row._asdict() for row in await connection.execute(statement)]


def table_of(row: type[object]) -> Table:
    """The table of a mapped class."""
    table = inspect(row).local_table
    assert isinstance(table, Table)  # noqa: S101 - such classes have one
    return table


def line_of(row: Mapping[str, Any]) -> str:
    """An entry as a line of JSON: its number, everything that its hash covers, and the hash."""
    told = {"number": row["id"], **{name: value for name, value in row.items() if name not in _NOT_COVERED}}
    return json.dumps({**told, "hash": row["hash"].hex()}, default=_text, ensure_ascii=False) + "\n"


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} has no place in an audit")


def chain_stored_entries(connection: Connection, audit: Table, chain: Table) -> None:
    """For a migration: chains the entries of before, and writes the one row of the chain."""
    head, entries = GENESIS, 0
    for row in connection.execute(select(audit).order_by(audit.c.id)).all():
        head, entries = link(head, row._asdict()), entries + 1
        connection.execute(update(audit).where(audit.c.id == row.id).values(hash=head))
    connection.execute(insert(chain).values(id=1, anchor=GENESIS, head=head, entries=entries))
