"""Revocations over a real nats-server that is killed and wiped."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from vitrina_contracts.events import TYPE_ACCESS_REVOKED, AccessRevoked, CloudEvent
from vitrina_contracts.subjects import AUTH, auth_revoked
from vitrina_contracts.tokens import Audience, Claims, Role
from vitrina_kit.bus import Bus, BusUnavailableError, connected_bus
from vitrina_kit.clock import utc_now
from vitrina_kit.revocations import FOLLOWED, Revocations
from vitrina_kit.tasks import background
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - a fixture


def claims(sid: str | None) -> Claims:
    return Claims(
        iss="vitrina",
        aud=[Audience.GATEWAY],
        sub="vera",
        jti="1",
        iat=1,
        exp=2,
        role=Role.MANAGER,
        client_id="web",
        sid=sid,
        sources=[],
    )


async def revoke(bus: Bus, sid: str) -> None:
    event = CloudEvent[AccessRevoked](
        id=sid, source="/vitrina/auth", type=TYPE_ACCESS_REVOKED, time=utc_now(), data=AccessRevoked(sid=sid)
    )
    async with asyncio.timeout(15):
        while True:
            try:
                await bus.publish(auth_revoked(sid), event.model_dump_json().encode(), message_id=sid)
            except BusUnavailableError:
                await asyncio.sleep(0.1)
            else:
                return


@asynccontextmanager
async def follower(server: NatsServer) -> AsyncIterator[Revocations]:
    revocations = Revocations()
    async with Bus(server.settings, "follower", []) as bus, background(follow=lambda: revocations.follow(bus)):
        yield revocations


async def until(holds: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - a set that is filled by a message has nothing to await
            await asyncio.sleep(0.02)


def auth_bus(server: NatsServer) -> Bus:
    return Bus(server.settings, "auth", [AUTH], watch_seconds=0.3)


async def test_a_revocation_is_heard_of_within_seconds_also_by_who_starts_later(
    nats_server: NatsServer,  # noqa: F811
) -> None:
    async with connected_bus(auth_bus(nats_server)) as bus, follower(nats_server) as early:
        await revoke(bus, "one.1")
        await until(lambda: "one.1" in early)
        assert "two" not in early
        async with follower(nats_server) as late:
            await until(lambda: "one.1" in late)
            await revoke(bus, "two")
            await until(lambda: "two" in late and "two" in early)


async def test_after_nats_was_killed_and_wiped_it_goes_on_and_forgets_nothing(
    nats_server: NatsServer,  # noqa: F811
) -> None:
    async with connected_bus(auth_bus(nats_server)) as bus, follower(nats_server) as revocations:
        await revoke(bus, "before")
        await until(lambda: "before" in revocations)
        assert await revocations.check() is None
        nats_server.wipe()
        await until(lambda: FOLLOWED.collect()[0].samples[0].value == 0, 15)
        nats_server.start()
        await revoke(bus, "after")
        await until(lambda: "after" in revocations, 10)
        assert "before" in revocations


async def test_who_watches_is_called_once_at_once_and_never_after_the_watch() -> None:
    revocations = Revocations()
    called: list[str] = []
    with revocations.watch(claims("one"), lambda: called.append("one")):
        revocations.add("two")
        assert called == []
        revocations.add("one")
        assert called == ["one"]
    revocations.add("one")
    assert called == ["one"]
    with revocations.watch(claims("one"), lambda: called.append("already")):
        assert called == ["one", "already"]
    with revocations.watch(claims(None), lambda: called.append("never")):
        revocations.add("three")
    assert called == ["one", "already"]


def test_what_no_token_can_have_any_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    revocations, now = Revocations(), 0.0
    monkeypatch.setattr("vitrina_kit.revocations.time", SimpleNamespace(monotonic=lambda: now))
    for number in range(100):
        now = number * 60.0
        revocations.add(str(number))
    kept = [number for number in range(100) if str(number) in revocations]
    assert kept == list(range(79, 100))  # the last twenty minutes, twice what a token lives


async def test_without_nats_readiness_says_what_that_means() -> None:
    sentence = await Revocations().check()
    assert sentence is not None
    assert "up to 10 minutes" in sentence
