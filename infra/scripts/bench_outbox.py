"""`make bench`: the registry's relay from committed rows to NATS, beside each of its two stages alone in the same run.

Alone means the same events through the same code without the other stage: the database with a publish that does
nothing, NATS with events that nobody reads from a table. The relay must reach 0.70 of the slower of the two.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from vitrina_contracts.events import CloudEvent, ExporterChanged
from vitrina_contracts.subjects import EXPORTERS, exporter_changed
from vitrina_kit.bus import Bus, connected_bus
from vitrina_kit.clock import utc_now
from vitrina_kit.database import create_engine, session_factory
from vitrina_kit.testing.nats import NatsServer
from vitrina_kit.testing.postgres import PostgresServer
from vitrina_registry.adapters.outbox import Outbox
from vitrina_registry.migration import migrate

EVENTS = 3000
EXPORTER_NAMES = 50
ROUNDS = 3
WANTED_SHARE = 0.70

_FILL = text(
    "INSERT INTO registry.outbox (subject, type, payload, created_at)"
    " SELECT 'exporters.changed.e' || n % :names, 'vitrina.exporter.changed.v1',"
    " jsonb_build_object('exporter', 'e' || n % :names, 'revision', n, 'change', 'updated'), now()"
    " FROM generate_series(1, :events) n"
)


@dataclass(frozen=True)
class Rates:
    """Events a second, the best of the rounds."""

    database: float
    nats: float
    both: float

    @property
    def share(self) -> float:
        return self.both / min(self.database, self.nats)


async def measure(engine: AsyncEngine, bus: Bus) -> Rates:
    nothing = Outbox(session_factory(engine), _publish_nothing, utc_now)
    relay = Outbox(session_factory(engine), bus.publish, utc_now)
    numbers = count(1)
    best = {"database": 0.0, "nats": 0.0, "both": 0.0}
    for _ in range(ROUNDS):  # in turns, so that a busy moment of the machine touches all three
        await _fill(engine)
        best["database"] = max(best["database"], await _rate(nothing.drain))
        best["nats"] = max(best["nats"], await _rate(lambda: _publish_all(bus, numbers)))
        await _fill(engine)
        best["both"] = max(best["both"], await _rate(relay.drain))
        waiting = await _waiting(engine)
        if waiting:
            raise RuntimeError(f"{waiting} events were not relayed")
    return Rates(**best)


async def _publish_nothing(subject: str, payload: bytes, *, message_id: str) -> int:
    return len(subject) + len(payload) + len(message_id)


async def _publish_all(bus: Bus, numbers: "count[int]") -> None:
    for number in range(EVENTS):
        name = f"e{number % EXPORTER_NAMES}"
        event = CloudEvent[ExporterChanged](
            id=str(number),
            source="/vitrina/registry",
            type="vitrina.exporter.changed.v1",
            subject=name,
            time=utc_now(),
            data=ExporterChanged(exporter=name, revision=number, change="updated"),
        )
        payload = event.model_dump_json().encode()
        await bus.publish(exporter_changed(name), payload, message_id=f"alone-{next(numbers)}")


async def _rate(work: Callable[[], Awaitable[None]]) -> float:
    started = time.perf_counter()
    await work()
    return EVENTS / (time.perf_counter() - started)


async def _fill(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(_FILL, {"names": EXPORTER_NAMES, "events": EVENTS})


async def _waiting(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        query = text("SELECT count(*) FROM registry.outbox WHERE published_at IS NULL")
        return int((await connection.execute(query)).scalar_one())


async def _run(folder: Path) -> Rates:
    postgres, nats = PostgresServer(folder / "postgres"), NatsServer(folder / "nats")
    postgres.folder.mkdir()
    nats.folder.mkdir()
    postgres.initialise()
    postgres.start()
    nats.start()
    try:
        settings = postgres.new_database("vitrina_registry")
        await asyncio.to_thread(migrate, settings)
        engine = create_engine(settings)
        async with connected_bus(Bus(nats.settings, "bench", [EXPORTERS])) as bus:
            rates = await measure(engine, bus)
        await engine.dispose()
        return rates
    finally:
        nats.kill()
        postgres.stop()


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="vitrina-bench-outbox-") as folder:
        rates = asyncio.run(_run(Path(folder)))
    print(f"outbox: database alone {rates.database:.0f}/s, NATS alone {rates.nats:.0f}/s, relay {rates.both:.0f}/s")
    verdict = "" if rates.share >= WANTED_SHARE else "   TOO LITTLE"
    print(f"{'relay, share of the slower stage alone':<44}{rates.share:>9.2f}      at least {WANTED_SHARE}{verdict}")
    return 0 if rates.share >= WANTED_SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
