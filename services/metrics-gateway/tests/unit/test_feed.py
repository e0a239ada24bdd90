"""The live feed holds little for anybody, and a slot is given back whatever happens."""

import asyncio
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from vitrina_contracts.device import Status
from vitrina_contracts.tokens import ISSUER, Audience, Claims, Role
from vitrina_gateway.api.stream import _Stream
from vitrina_gateway.domain.device import DeviceState, Facts
from vitrina_gateway.domain.index import build
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.domain.selection import Selections
from vitrina_gateway.use_cases.feed import Event, Feed, TooManyListenersError, Update
from vitrina_gateway.use_cases.fleet import Fleet, Snapshot
from vitrina_kit.revocations import Revocations

EVERYTHING = Scope(None)
CALLER = Claims(
    iss=ISSUER,
    aud=[Audience.GATEWAY],
    sub="somebody",
    jti="1",
    iat=1,
    exp=4_000_000_000,
    role=Role.MANAGER,
    client_id="test",
    sources=["*"],
)


def state(number: int, source: str = "north") -> DeviceState:
    return DeviceState("acme", source, f"d{number}", Facts("n"), Status.ONLINE, 1.0, False, None, None, 2.0)


def update(devices: list[DeviceState], left: frozenset[str] = frozenset()) -> Update:
    index, changes = build(None, devices)
    snapshot = Snapshot(5, 10.0, 10.0, True, Selections(index), [])
    return Update(snapshot, [change.row for change in changes], left)


def stream(feed: Feed) -> _Stream:
    parts: Any = SimpleNamespace(feed=feed, fleet=Fleet(update([state(1)]).snapshot))
    return _Stream(parts, EVERYTHING, None, CALLER, Revocations())


def numbered(number: int, *devices: DeviceState, left: frozenset[str] = frozenset()) -> Update:
    made = update(list(devices), left)
    return replace(made, snapshot=replace(made.snapshot, number=number))


def resumed(feed: Feed, present: Update, last_id: str | None, scope: Scope = EVERYTHING) -> list[Event]:
    return list(feed.open(scope, present.snapshot, last_id)._backlog)


def names(events: list[Event]) -> list[str]:
    return [event.name for event in events]


async def heard(feed: Feed, scope: Scope, *updates: Update) -> list[Event]:
    listener = feed.open(scope)
    for each in updates:
        feed.publish(each)
    listener.push([Event("end", b"{}")])
    events: list[Event] = []
    while not events or events[-1].name != "end":
        event = await listener.next()
        assert event is not None
        events.append(event)
    feed.close(listener)
    return events[:-1]


async def test_a_tick_tells_totals_and_what_changed() -> None:
    tick, devices = await heard(Feed(1), EVERYTHING, update([state(1)]))
    assert (tick.name, devices.name) == ("tick", "devices")
    assert tick.id
    assert devices.id is None
    assert json.loads(tick.data)["totals"] == {"online": 1, "offline": 0, "unknown": 0, "total": 1}
    assert [item["device_id"] for item in json.loads(devices.data)] == ["d1"]


async def test_a_listener_hears_of_its_own_sources_alone() -> None:
    events = await heard(
        Feed(1), Scope(frozenset({"south"})), update([state(1), state(2, "south")], frozenset({"north"}))
    )
    assert [event.name for event in events] == ["tick", "devices"]
    assert [item["source"] for item in json.loads(events[1].data)] == ["south"]
    assert json.loads(events[0].data)["totals"]["total"] == 1


async def test_too_much_at_once_is_not_sent_but_read_again() -> None:
    events = await heard(Feed(1), EVERYTHING, update([state(number) for number in range(1001)]))
    assert [event.name for event in events] == ["tick", "resync"]


async def test_a_device_that_left_makes_those_who_saw_it_read_again() -> None:
    gone = update([state(1)], frozenset({"north"}))
    assert "resync" in [event.name for event in await heard(Feed(1), EVERYTHING, gone)]


async def test_a_slow_listener_loses_its_backlog_and_is_told_so() -> None:
    feed = Feed(1)
    listener = feed.open(EVERYTHING)
    for _ in range(1000):
        feed.publish(update([state(1)]))
    assert len(listener._backlog) <= 32
    names = [event.name for event in listener._backlog]
    assert "resync" in names


async def test_who_was_away_for_a_moment_is_told_what_it_missed_as_it_reads_now() -> None:
    feed = Feed(9)
    feed.publish(numbered(5, state(1)))
    (greeted,) = resumed(feed, numbered(5, state(1), state(2), state(3)), None)
    feed.publish(numbered(6, state(2)))
    feed.publish(numbered(7, state(2)))
    tick, devices = resumed(feed, numbered(7, state(1), state(2), state(3)), greeted.id)
    assert (tick.name, json.loads(tick.data)["changed"]) == ("tick", 2)  # of its last tick, too: they may not have come
    assert sorted(item["device_id"] for item in json.loads(devices.data)) == ["d1", "d2"]


async def test_who_was_away_for_too_long_or_heard_another_gateway_or_sees_other_sources_reads_again() -> None:
    feed, present = Feed(9), numbered(200, state(1))
    heard_last = {}
    for number in range(1, 201):
        feed.publish(numbered(number, state(1)))
        (greeted,) = resumed(feed, numbered(number, state(1)), None)
        heard_last[number] = greeted.id
    early, late = heard_last[1], heard_last[150]
    assert names(resumed(feed, present, late)) == ["tick", "devices"]
    for last_id, scope in (
        (early, EVERYTHING),
        ("1", EVERYTHING),
        ("", EVERYTHING),
        (late, Scope(frozenset({"north"}))),
    ):
        assert names(resumed(feed, present, last_id, scope)) == ["tick", "resync"]


async def test_who_missed_a_removal_or_more_than_is_kept_reads_again() -> None:
    feed, present = Feed(9), numbered(2, state(1))
    feed.publish(numbered(1, state(1)))
    (greeted,) = resumed(feed, present, None)
    feed.publish(numbered(2, left=frozenset({"north"})))
    first = numbered(1, state(1))
    (greeted,) = resumed(feed, first, None)
    assert names(resumed(feed, present, greeted.id)) == ["tick", "resync"]
    feed.publish(numbered(3, *(state(number) for number in range(20_001))))
    assert names(resumed(feed, present, greeted.id)) == ["tick", "resync"]


async def test_a_closed_feed_ends_every_listener() -> None:
    feed = Feed(1)
    listener = feed.open(EVERYTHING)
    feed.close_all()
    assert await listener.next() is None


async def test_the_feed_is_bounded() -> None:
    feed = Feed(1)
    feed.check_room()
    feed.open(EVERYTHING)
    with pytest.raises(TooManyListenersError):
        feed.check_room()


async def test_a_response_that_is_never_sent_takes_no_slot() -> None:
    feed = Feed(10)
    stream(feed)
    assert len(feed) == 0


async def test_a_slot_is_given_back_when_the_client_is_gone_before_the_first_byte() -> None:
    feed = Feed(10)
    response = stream(feed)
    with pytest.raises(OSError, match="gone"):
        await response({"type": "http", "method": "GET"}, _never, _refuse)
    assert len(feed) == 0


async def test_a_slot_is_given_back_when_the_client_leaves_later() -> None:
    feed = Feed(10)
    left = asyncio.Event()
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) == 2:
            left.set()

    async def receive() -> dict[str, str]:
        await left.wait()
        return {"type": "http.disconnect"}

    response = stream(feed)
    await response({"type": "http", "method": "GET"}, receive, send)
    assert sent[1]["body"].startswith(b"id: ")
    assert b"\nevent: tick\ndata: {" in sent[1]["body"]
    assert len(feed) == 0


async def _never() -> Any:
    await asyncio.Event().wait()


async def _refuse(_message: Any) -> None:
    raise OSError("gone")
