"""Events reach NATS: each committed one, in the order of revisions, also after NATS was away or lost everything."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from nats.js.api import RawStreamMsg
from sqlalchemy.ext.asyncio import AsyncEngine
from vitrina_contracts.events import CloudEvent, ExporterChanged
from vitrina_kit.bus import BusUnavailableError
from vitrina_kit.clock import utc_now
from vitrina_kit.database import session_factory
from vitrina_kit.testing.nats import NatsServer
from vitrina_registry import loops
from vitrina_registry.adapters.outbox import Outbox
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import Asker, Rows, RunningRegistry, client_of, cubic
from vitrina_registry.testing.waiting import Stored, until


def revisions_of(messages: list[RawStreamMsg], exporter: str = "cubicmedia") -> list[int]:
    events = [CloudEvent[ExporterChanged].model_validate_json(message.data or b"") for message in messages]
    return [event.data.revision for event in events if event.data.exporter == exporter]


async def test_an_accepted_change_is_on_nats_as_a_cloud_event_with_the_outbox_id(
    connected_settings: RegistrySettings, actors: Actors, running_registry: RunningRegistry, stored: Stored, rows: Rows
) -> None:
    async with running_registry(connected_settings) as registry:
        admin = Asker(client_of(registry.api, actors.admin))
        await admin.post("/exporters/cubicmedia/sources", cubic())
        await until(lambda: _has(stored, 3))
    message = (await stored())[-1]
    assert message.subject == "exporters.changed.cubicmedia"
    event = json.loads(message.data or b"")
    assert (event["specversion"], event["type"]) == ("1.0", "vitrina.exporter.changed.v1")
    assert event["data"] == {
        "exporter": "cubicmedia",
        "revision": 2,
        "change": "source_created",
        "source": "north",
    }
    newest = (await rows("SELECT id, published_at FROM registry.outbox ORDER BY id DESC LIMIT 1"))[0]
    assert event["id"] == (message.headers or {})["Nats-Msg-Id"] == str(newest["id"])


async def test_a_commit_wakes_the_relay_without_waiting_for_the_clock(
    connected_settings: RegistrySettings,
    actors: Actors,
    running_registry: RunningRegistry,
    stored: Stored,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loops, "LONGEST_REST_SECONDS", 3600)
    async with running_registry(connected_settings) as registry:
        admin = Asker(client_of(registry.api, actors.admin))
        await until(lambda: _has(stored, 2))
        for number in range(5):
            await admin.patch("/exporters/cubicmedia", {"labels": {"n": str(number)}})
            await until(lambda wanted=3 + number: _has(stored, wanted))


async def test_writes_go_on_while_nats_is_down_and_drain_in_order_when_it_is_back(  # noqa: PLR0917 - fixtures
    connected_settings: RegistrySettings,
    actors: Actors,
    running_registry: RunningRegistry,
    stored: Stored,
    rows: Rows,
    nats_server: NatsServer,
) -> None:
    async with running_registry(connected_settings) as registry:
        admin = Asker(client_of(registry.api, actors.admin))
        internal = client_of(registry.internal, None)
        await until(lambda: _has(stored, 2))
        nats_server.kill()
        for number in range(30):
            answer = await admin.patch("/exporters/cubicmedia", {"labels": {"n": str(number)}})
            assert answer.status_code == 200
        ready = await internal.get("/health/ready")
        assert (ready.status_code, ready.json()["checks"]["database"]) == (200, "ok")
        assert ready.json()["checks"]["bus"] != "ok"
        nats_server.start()
        await until(lambda: _has(stored, 32))
        assert revisions_of(await stored()) == list(range(1, 32))
        await until(lambda: _all_published(rows))


async def test_a_wiped_stream_gets_new_changes_again(
    connected_settings: RegistrySettings,
    actors: Actors,
    running_registry: RunningRegistry,
    stored: Stored,
    nats_server: NatsServer,
) -> None:
    async with running_registry(connected_settings) as registry:
        admin = Asker(client_of(registry.api, actors.admin))
        await until(lambda: _has(stored, 2))
        nats_server.wipe()
        nats_server.start()
        await admin.patch("/exporters/cubicmedia", {"enabled": False})
        await until(lambda: _has(stored, 1))
        assert revisions_of(await stored()) == [2]


async def test_two_registries_publish_each_event_once_and_in_order(
    connected_settings: RegistrySettings, actors: Actors, running_registry: RunningRegistry, stored: Stored, rows: Rows
) -> None:
    async with running_registry(connected_settings) as one, running_registry(connected_settings) as two:
        askers = [Asker(client_of(registry.api, actors.admin)) for registry in (one, two)]
        await asyncio.gather(
            *(askers[number % 2].patch("/exporters/cubicmedia", {"labels": {"n": str(number)}}) for number in range(40))
        )
        await until(lambda: _has(stored, 42))
        assert revisions_of(await stored()) == list(range(1, 42))


@pytest.mark.parametrize("confirmed", [0, 1, 7])
async def test_an_unconfirmed_event_is_never_overtaken_by_a_later_one(
    admin: Asker, rows: Rows, engine: AsyncEngine, confirmed: int
) -> None:
    for number in range(8):
        await admin.patch("/exporters/cubicmedia", {"labels": {"n": str(number)}})
    heard: list[int] = []

    async def publish(_subject: str, _payload: bytes, *, message_id: str) -> int:
        if len(heard) == confirmed:
            raise BusUnavailableError
        heard.append(int(message_id))
        return len(heard)

    await Outbox(session_factory(engine), publish, utc_now).drain()
    ids = await rows("SELECT id, published_at IS NOT NULL AS published FROM registry.outbox ORDER BY id")
    assert heard == [row["id"] for row in ids[:confirmed]]
    assert [row["published"] for row in ids] == [True] * confirmed + [False] * (10 - confirmed)


async def test_an_event_that_commits_late_is_not_jumped_over(rows: Rows, engine: AsyncEngine) -> None:
    """Ids are handed out before the commit: the higher one may be visible, and published, first."""
    heard: list[str] = []

    async def publish(_subject: str, _payload: bytes, *, message_id: str) -> int:
        heard.append(message_id)
        return 1

    outbox = Outbox(session_factory(engine), publish, utc_now)
    async with engine.connect() as late, engine.begin() as early:
        first = await _insert(late, "slow")
        second = await _insert(early, "quick")
        await early.commit()
        await outbox.drain()
        assert heard == [str(second)]
        await late.commit()
        await outbox.drain()
    assert heard == [str(second), str(first)]


async def test_published_events_are_forgotten_after_a_day(rows: Rows, engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        old, fresh, waiting = [await _insert(connection, name) for name in ("old", "fresh", "waiting")]
        for row, hours in ((old, 25), (fresh, 23)):
            await connection.exec_driver_sql(
                "UPDATE registry.outbox SET published_at = $1 WHERE id = $2", (utc_now() - timedelta(hours=hours), row)
            )

    async def publish(_subject: str, _payload: bytes, *, message_id: str) -> int:
        raise AssertionError(message_id)

    await Outbox(session_factory(engine), publish, utc_now).prune()
    assert [row["id"] for row in await rows("SELECT id FROM registry.outbox ORDER BY id")] == [fresh, waiting]


async def _insert(connection: Any, exporter: str) -> int:
    payload = {"exporter": exporter, "revision": 1, "change": "updated"}
    result = await connection.exec_driver_sql(
        "INSERT INTO registry.outbox (subject, type, payload, created_at)"
        " VALUES ($1, 'vitrina.exporter.changed.v1', $2, now()) RETURNING id",
        (f"exporters.changed.{exporter}", json.dumps(payload)),
    )
    identifier: int = result.scalar_one()
    return identifier


async def _has(stored: Stored, count: int) -> bool:
    return len(await stored()) == count


async def _all_published(rows: Rows) -> bool:
    return await rows("SELECT id FROM registry.outbox WHERE published_at IS NULL") == []
