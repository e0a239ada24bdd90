"""The relay: committed event rows go to NATS, confirmed, in order, at least once.

- Rows are found by `published_at IS NULL`, never by a position: ids are handed out before their transactions commit, so
  a position would jump over late ones.
- An exporter's rows get their ids under its row lock, so their order is the order of its revisions. One relay at a
  time publishes (an advisory lock that ends with the transaction): two would overtake each other.
- A crash between publish and mark publishes again with the same `Nats-Msg-Id`, which JetStream stores once within its
  duplicate window; later than that, consumers ignore a revision that they know.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import asyncpg  # type: ignore[import-untyped]  # it ships no type information
from prometheus_client import Counter, Gauge
from sqlalchemy import URL, delete, func, text, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.events import CloudEvent, ExporterChanged
from vitrina_kit.bus import BusUnavailableError

from vitrina_registry.adapters.tables import OutboxRow
from vitrina_registry.adapters.unit_of_work import CHANNEL

BATCH: Final = 100
KEPT_FOR: Final = timedelta(days=1)
_ONE_RELAY: Final = text("SELECT pg_try_advisory_xact_lock(hashtext('registry.outbox'))")

PUBLISHED: Final = Counter("vitrina_outbox_published", "Events that NATS has confirmed.")
WAITING: Final = Gauge("vitrina_outbox_waiting", "Committed events that NATS has not confirmed yet.")


class Publish(Protocol):
    """Stores a message on NATS; returns when that is confirmed, raises BusUnavailableError when it is not."""

    async def __call__(self, subject: str, payload: bytes, *, message_id: str) -> int: ...


class Outbox:
    def __init__(self, sessions: Callable[[], AsyncSession], publish: Publish, now: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._publish = publish
        self._now = now

    async def drain(self) -> None:
        """Publishes what waits, batch by batch, until nothing waits, NATS fails, or another relay is at it."""
        while await self._drain_batch() == BATCH:
            pass
        await self.measure()

    async def measure(self) -> None:
        """Counts what waits, for those who watch: also, and just then, while NATS is away."""
        query = select(func.count()).select_from(OutboxRow).where(col(OutboxRow.published_at).is_(None))
        async with self._sessions() as session:
            WAITING.set((await session.exec(query)).one())

    async def prune(self) -> None:
        """Forgets events that were published more than a day ago."""
        async with self._sessions() as session:
            await session.exec(delete(OutboxRow).where(col(OutboxRow.published_at) < self._now() - KEPT_FOR))
            await session.commit()

    async def _drain_batch(self) -> int:
        """Number of events published; less than a batch when it is time to rest."""
        async with self._sessions() as session:
            connection = await session.connection()
            if not (await connection.execute(_ONE_RELAY)).scalar_one():
                return 0
            rows = await self._waiting(session)
            published = await self._publish_in_order(rows)
            if published:
                await session.exec(
                    update(OutboxRow).where(col(OutboxRow.id).in_(published)).values(published_at=self._now())
                )
            await session.commit()
        PUBLISHED.inc(len(published))
        return len(published)

    async def _waiting(self, session: AsyncSession) -> list[OutboxRow]:
        query = (
            select(OutboxRow)
            .where(col(OutboxRow.published_at).is_(None))
            .order_by(col(OutboxRow.id))
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        return list(await session.exec(query))

    async def _publish_in_order(self, rows: list[OutboxRow]) -> list[int]:
        """Stops at the first that NATS does not confirm: a later revision must not overtake it."""
        published: list[int] = []
        for row in rows:
            assert row.id is not None  # noqa: S101 - read from the database
            try:
                await self._publish(row.subject, _event(row, row.id), message_id=str(row.id))
            except BusUnavailableError:
                break
            published.append(row.id)
        return published


class OutboxListener:
    """LISTEN on a connection of its own; sets `woken` at each commit that left events."""

    def __init__(self, url: URL, woken: asyncio.Event) -> None:
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._woken = woken

    async def listen(self) -> None:
        """Until the connection ends, which is an error: the caller starts it again."""
        connection = await asyncpg.connect(self._dsn, timeout=3)
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _connection: ended.set())
        try:
            await connection.add_listener(CHANNEL, lambda *_notification: self._woken.set())
            self._woken.set()
            await ended.wait()
        finally:
            await connection.close(timeout=1)
        msg = "the LISTEN connection ended"
        raise ConnectionError(msg)


def _event(row: OutboxRow, row_id: int) -> bytes:
    event = CloudEvent[ExporterChanged](
        id=str(row_id),
        source="/vitrina/registry",
        type=row.type,
        subject=row.payload["exporter"],
        time=row.created_at,
        data=ExporterChanged.model_validate(row.payload),
    )
    return event.model_dump_json().encode()
