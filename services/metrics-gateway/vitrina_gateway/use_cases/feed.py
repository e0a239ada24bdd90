"""The live feed: what changed with a tick, to every listener within its scope.

A listener that reads too slowly loses its backlog and is told to read the lists again; nobody waits for it, and what a
listener can hold is bounded. Events are rendered once for each scope, however many listeners share it.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from prometheus_client import Gauge

from vitrina_gateway.domain.device import instant
from vitrina_gateway.domain.overview import count
from vitrina_gateway.domain.row import Row
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.fleet import Snapshot

LISTENERS: Final = Gauge("vitrina_gateway_stream_clients", "Open live streams.")

_BACKLOG: Final = 32
_DEVICES_IN_EVENT: Final = 200
_DEVICES_WORTH_SENDING: Final = 1000


@dataclass(frozen=True)
class Event:
    """`data` is JSON; `number` that of the tick, on the event that opens one."""

    name: str
    data: bytes
    number: int | None = None


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

    def __len__(self) -> int:
        return len(self._listeners)

    def check_room(self) -> None:
        """Raises `TooManyListenersError`."""
        if len(self._listeners) >= self._limit:
            raise TooManyListenersError

    def open(self, scope: Scope) -> Listener:
        """Whoever opens must call `close`."""
        listener = Listener(scope)
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
        rendered: dict[Scope, list[Event]] = {}
        for listener in self._listeners:
            events = rendered.get(listener.scope)
            if events is None:
                events = rendered[listener.scope] = _render(update, listener.scope)
            listener.push(events)


def greeting(snapshot: Snapshot, scope: Scope) -> Event:
    """What a new listener is told first."""
    return _tick(snapshot, scope, 0)


def _render(update: Update, scope: Scope) -> list[Event]:
    rows = [row for row in update.changed if scope.sees(row.state.source)]
    events = [_tick(update.snapshot, scope, len(rows))]
    if len(rows) > _DEVICES_WORTH_SENDING or any(scope.sees(source) for source in update.left):
        return [*events, RESYNC]
    json_of = update.snapshot.index.json_of
    for start in range(0, len(rows), _DEVICES_IN_EVENT):
        part = rows[start : start + _DEVICES_IN_EVENT]
        events.append(Event("devices", b"[" + b",".join(json_of(row) for row in part) + b"]"))
    return events


def _tick(snapshot: Snapshot, scope: Scope, changed: int) -> Event:
    totals = count(snapshot.index, snapshot.index.visible(scope))
    body = {
        "as_of": instant(snapshot.as_of),
        "prometheus_up": snapshot.answered,
        "totals": {
            "online": totals.online,
            "offline": totals.offline,
            "unknown": totals.unknown,
            "total": totals.total,
        },
        "changed": changed,
    }
    return Event("tick", msgspec.json.encode(body), snapshot.number)
