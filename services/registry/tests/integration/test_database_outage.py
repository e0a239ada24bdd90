"""Without its database the registry says so at once, and goes on by itself when the database is back."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from vitrina_kit.clock import utc_now
from vitrina_kit.database import session_factory
from vitrina_kit.testing.ports import free_port
from vitrina_kit.testing.postgres import PostgresServer
from vitrina_registry import loops
from vitrina_registry.adapters.unit_of_work import SqlUnitOfWork
from vitrina_registry.app import running
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import Asker, client_of, cubic


async def test_a_database_that_is_away_is_503_at_once_and_not_ready(settings: RegistrySettings, actors: Actors) -> None:
    nowhere = f"postgresql+asyncpg://vitrina_registry@127.0.0.1:{free_port()}/vitrina"
    async with running(settings.model_copy(update={"database_url": nowhere})) as registry:
        registry.api.state.tokens = actors.verifier
        admin, internal = Asker(client_of(registry.api, actors.admin)), client_of(registry.internal, None)
        async with asyncio.timeout(10):
            for answer in (
                await admin.get("/exporters"),
                await admin.patch("/exporters/cubicmedia", {"enabled": False}),
                await admin.post("/exporters/cubicmedia/sources", cubic()),
                await admin.ask("POST", "/exporters", json={"type": "probe"}, headers={"Idempotency-Key": "k"}),
                await admin.get("/audit"),
                await admin.get("/facts"),
                await admin.get("/export"),
            ):
                assert (answer.status_code, answer.json()["type"]) == (503, "urn:vitrina:problem:unavailable")
                assert answer.headers["retry-after"] == "2"
            assert (await admin.get("/exporter-types")).status_code == 200
            ready = await internal.get("/health/ready")
            assert (ready.status_code, (await internal.get("/health/live")).status_code) == (503, 200)


async def test_it_goes_on_by_itself_when_the_database_was_restarted(
    admin: Asker, postgres_server: PostgresServer
) -> None:
    assert (await admin.patch("/exporters/cubicmedia", {"labels": {"n": "1"}})).status_code == 200
    await asyncio.to_thread(postgres_server.stop)
    assert (await admin.patch("/exporters/cubicmedia", {"labels": {"n": "2"}})).status_code == 503
    await asyncio.to_thread(postgres_server.start)
    answer = await admin.patch("/exporters/cubicmedia", {"labels": {"n": "3"}})
    assert (answer.status_code, answer.json()["revision"]) == (200, 3)


async def test_the_relay_looks_each_second_at_a_database_that_is_away_however_often_it_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A pause that grows would let changes wait for half a minute after the last of several outages."""
    monkeypatch.setattr(loops, "LONGEST_REST_SECONDS", 0.01)
    looks, drained = 0, asyncio.Event()

    async def drain() -> None:
        nonlocal looks
        looks += 1
        if looks < 50:
            raise ConnectionRefusedError
        drained.set()

    relay = asyncio.create_task(loops.relay_outbox(asyncio.Event(), lambda: True, drain, drain))
    async with asyncio.timeout(10):
        await drained.wait()
    relay.cancel()
    await asyncio.wait([relay])


async def test_what_was_read_before_the_database_died_is_an_answer(
    engine: AsyncEngine, postgres_server: PostgresServer
) -> None:
    async with SqlUnitOfWork(session_factory(engine), utc_now) as uow:
        read = await uow.exporters.all()
        assert postgres_server.process is not None
        postgres_server.process.kill()
        await asyncio.to_thread(postgres_server.stop)
        await asyncio.to_thread(postgres_server.start)
    async with SqlUnitOfWork(session_factory(engine), utc_now) as uow:
        assert await uow.exporters.all() == read


async def test_a_row_that_stays_locked_is_503_and_leaves_nothing_behind(admin: Asker, engine: AsyncEngine) -> None:
    path = "/exporters/cubicmedia/sources/north"
    await admin.post("/exporters/cubicmedia/sources", cubic())
    async with engine.begin() as connection:
        await connection.exec_driver_sql("SELECT * FROM registry.exporters FOR UPDATE")
        answer = await admin.patch(path, {"enabled": False})
        assert answer.status_code == 503
    assert (await admin.get(path)).json()["enabled"] is True
    assert (await admin.patch(path, {"enabled": False})).status_code == 200
