"""The live feed: what changed with a tick, to every listener within its scope.

A listener that reads too slowly loses its backlog and is told to read the lists again; nobody waits for it, and what a
listener can hold is bounded. Events are rendered once for each scope, however many listeners share it. One that was
away for a moment is told what it missed; for longer, to read the lists again.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from prometheus_client import Gauge

from vitrina_gateway.domain.device import instant
from vitrina_gateway.domain.overview import count, in_work
from vitrina_gateway.domain.row import Row
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.fleet import Snapshot
from vitrina_gateway.use_cases.replay import Missed, Replay

LISTENERS: Final = Gauge("vitrina_gateway_stream_clients", "Open live streams.")

_BACKLOG: Final = 32
_DEVICES_IN_EVENT: Final = 200
_DEVICES_WORTH_SENDING: Final = 1000


@dataclass(frozen=True)
class Event:
    """`data` is JSON; `id` that of the tick, on the event that opens one."""

    name: str
    data: bytes
    id: str | None = None


RESYNC: Final = Event("resync", b"{}")


class TooManyListenersError(Exception):
    """The feed is full."""


@dataclass(frozen=True)
class Update:
    """What a tick brought: rows that read differently, and sources that devices left."""

    snapshot: Snapshot
    changed: Sequence[Row]
    left: frozenset[str]


class Listener:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._backlog: deque[Event] = deque()
        self._news = asyncio.Event()
        self._closed = False

    def push(self, events: Sequence[Event]) -> None:
        if len(self._backlog) + len(events) > _BACKLOG:
            self._backlog.clear()
            events = (RESYNC,)
        self._backlog.extend(events)
        self._news.set()

    def close(self) -> None:
        self._closed = True
        self._news.set()

    async def next(self) -> Event | None:
        """Waits for the next event; None when the feed has closed."""
        while not self._backlog and not self._closed:
            self._news.clear()
            await self._news.wait()
        return None if self._closed else self._backlog.popleft()


class Feed:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._listeners: set[Listener] = set()
        self._replay = Replay()

    def __len__(self) -> int:
        return len(self._listeners)

    def check_room(self) -> None:
        """Raises `TooManyListenersError`."""
        if len(self._listeners) >= self._limit:
            raise TooManyListenersError

    def open(self, scope: Scope, snapshot: Snapshot | None = None, last_id: str | None = None) -> Listener:
        """Whoever opens must call `close`.

        With the present snapshot it is told that first, or what it missed since the event `last_id`.
        """
        listener = Listener(scope)
        if snapshot is not None:
            listener.push(self._first(snapshot, scope, last_id))
        self._listeners.add(listener)
        LISTENERS.set(len(self._listeners))
        return listener

    def close(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        LISTENERS.set(len(self._listeners))

    def close_all(self) -> None:
        for listener in self._listeners:
            listener.close()

    def publish(self, update: Update) -> None:
        self._replay.note(update.snapshot.number, (row.state.key for row in update.changed), update.left)
        rendered: dict[Scope, list[Event]] = {}
        for listener in self._listeners:
            events = rendered.get(listener.scope)
            if events is None:
                events = rendered[listener.scope] = self._render(update, listener.scope)
            listener.push(events)

    def _first(self, snapshot: Snapshot, scope: Scope, last_id: str | None) -> list[Event]:
        if last_id is None:
            return self._render(Update(snapshot, (), frozenset()), scope)
        missed = self._replay.since(last_id, scope)
        if missed is None:
            return [*self._render(Update(snapshot, (), frozenset()), scope), RESYNC]
        return self._render(_again(snapshot, missed), scope)

    def _render(self, update: Update, scope: Scope) -> list[Event]:
        rows = [row for row in update.changed if scope.sees(row.state.source)]
        event_id = self._replay.id_of(update.snapshot.number, scope)
        events = [Event("tick", _totals(update.snapshot, scope, len(rows)), event_id)]
        if len(rows) > _DEVICES_WORTH_SENDING or any(scope.sees(source) for source in update.left):
            return [*events, RESYNC]
        json_of = update.snapshot.index.json_of
        for start in range(0, len(rows), _DEVICES_IN_EVENT):
            part = rows[start : start + _DEVICES_IN_EVENT]
            events.append(Event("devices", b"[" + b",".join(json_of(row) for row in part) + b"]"))
        return events


def _again(snapshot: Snapshot, missed: Missed) -> Update:
    """What was missed, as it reads now."""
    positions = (snapshot.index.position(key) for key in missed.keys)
    rows = [snapshot.index.rows[position] for position in positions if position is not None]
    return Update(snapshot, rows, missed.left)


def _totals(snapshot: Snapshot, scope: Scope, changed: int) -> bytes:
    visible = snapshot.index.visible(scope)
    totals = count(snapshot.index, visible)
    worked = count(snapshot.index, visible & in_work(snapshot.index))
    body = {
        "as_of": instant(snapshot.as_of),
        "prometheus_up": snapshot.answered,
        "totals": {
            "online": totals.online,
            "offline": totals.offline,
            "unknown": totals.unknown,
            "total": totals.total,
        },
        "in_work": {"online": worked.online, "offline": worked.offline, "unknown": worked.unknown},
        "changed": changed,
    }
    return msgspec.json.encode(body)
