"""Storing the chain of each device's transitions, and following what is stored.

The links in memory mirror the record, which another gateway may extend and an operator may wipe. A conflict is never
forced: the last link is read and what is due is worked out again.
"""

import asyncio
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from prometheus_client import Counter, Gauge, Histogram
from vitrina_contracts.device import DeviceKey

from vitrina_gateway.domain.device import DeviceState
from vitrina_gateway.domain.index import Index
from vitrina_gateway.domain.transition import Link, Transition, due, settled
from vitrina_gateway.use_cases.ports import ConflictingLinkError, Record, RecordUnavailableError, StoredLink

log = structlog.get_logger(__name__)

STORED: Final = Counter("vitrina_gateway_transitions_stored", "Transitions stored on NATS.")
CONFLICTS: Final = Counter("vitrina_gateway_transition_conflicts", "Transitions that another message was ahead of.")
PENDING: Final = Gauge("vitrina_gateway_transitions_pending", "Transitions that wait to be stored.")
LAG: Final = Histogram(
    "vitrina_gateway_transition_lag_seconds",
    "From the evaluation that saw a change to its storing.",
    buckets=(0.05, 0.2, 1, 3, 10, 60, 600),
)

_IN_FLIGHT: Final = 256


@dataclass(frozen=True)
class Present:
    """What the last tick found. `gone`: devices that left and whose chain may lack its end."""

    index: Index
    gone: tuple[DeviceState, ...]
    at: float

    def devices(self) -> dict[DeviceKey, DeviceState]:
        return {key: self.index.rows[position].state for key, position in self.index.places.items()}


class Transitions:
    def __init__(self, record: Record) -> None:
        self._record = record
        self._links: dict[DeviceKey, Link] = {}
        self._news: dict[DeviceKey, StoredLink] = {}
        self._present: Present | None = None
        self._wake = asyncio.Event()
        self._unsettled = True
        self._storing = asyncio.Lock()
        self.loaded = asyncio.Event()
        """Set once the whole record has been read; before that nothing is stored."""
        self.being_read = False
        """The record comes in, which takes its time with many devices."""

    def __len__(self) -> int:
        return len(self._links)

    def reset(self, stored: Mapping[DeviceKey, StoredLink]) -> None:
        """The record as it is now, read as a whole: at each connection, and when the stream was wiped."""
        self._links = {key: each.link for key, each in stored.items()}
        self._news = dict(stored)
        self.loaded.set()
        self._look_again()

    def learn(self, key: DeviceKey, stored: StoredLink) -> None:
        """One more link, perhaps an own one that comes back."""
        known = self._links.get(key)
        if known is None or stored.link.sequence > known.sequence:
            self._links[key] = stored.link
            self._news[key] = stored
            self._look_again()

    def take_news(self) -> dict[DeviceKey, StoredLink]:
        """Links that the devices have not been compared with yet."""
        news, self._news = self._news, {}
        return news

    def evaluated(self, present: Present, *, changed: bool) -> None:
        self._present = present
        if changed or self._unsettled:
            self._look_again()

    def ended(self, gone: Iterable[DeviceState], index: Index) -> list[DeviceKey]:
        """Of the devices that left, those that need not be remembered any more."""
        return settled(gone, index, self._links) if self.loaded.is_set() else []

    async def wait(self) -> None:
        """Until there may be something to store."""
        await self._wake.wait()
        self._wake.clear()

    async def store_due(self) -> bool:
        """Stores what is due; False when something has to wait for NATS."""
        async with self._storing:
            return await self._store_due()

    async def _store_due(self) -> bool:
        present = self._present
        if present is None or not self.loaded.is_set():
            return True
        found = due(present.devices(), present.gone, self._links, present.at)
        PENDING.set(len(found.transitions) + found.held)
        self._unsettled = found.held > 0
        if not found.transitions:
            return True
        outage = asyncio.Event()
        # Two gateways that have the same to store, as after a wipe, begin at different ends of it.
        random.shuffle(found.transitions)
        # Some workers that take one after the other: with a task for each of 100,000 the loop would do nothing else.
        waiting = iter(found.transitions)
        # Not a `TaskGroup`: in Python 3.11 a failing child leaves a cancellation request on this loop's task, and the
        # loop's next `asyncio.timeout` would end it.
        workers = (self._store_each(waiting, outage) for _ in range(min(_IN_FLIGHT, len(found.transitions))))
        for result in await asyncio.gather(*workers, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result
        self._unsettled = self._unsettled or outage.is_set()
        return not outage.is_set()

    async def forget_ended(self, before: float) -> None:
        """Removes chains that ended before the instant. Raises `RecordUnavailableError`."""
        for key, link in list(self._links.items()):
            if link.removed and link.evaluated_at < before:
                await self._record.forget(key, link.sequence)
                self._links.pop(key, None)

    async def _store_each(self, waiting: Iterator[Transition], outage: asyncio.Event) -> None:
        for transition in waiting:
            if outage.is_set():
                return
            if self._is_still_due(transition):
                await self._store(transition, outage)
            else:
                self._unsettled = True  # another gateway was quicker; the next evaluation decides

    def _is_still_due(self, transition: Transition) -> bool:
        known = self._links.get(transition.device.key)
        return transition.after == (0 if known is None else known.sequence)

    async def _store(self, transition: Transition, outage: asyncio.Event) -> None:
        key = transition.device.key
        try:
            sequence = await self._record.store(transition)
        except ConflictingLinkError:
            CONFLICTS.inc()
            await self._read_last(key, outage)
        except RecordUnavailableError:
            outage.set()
        else:
            self._stored(key, transition.stored_as(sequence))

    def _stored(self, key: DeviceKey, link: Link) -> None:
        known = self._links.get(key)
        if known is None or known.sequence < link.sequence:  # else its echo was quicker, or the record is a new one
            self._links[key] = link
        STORED.inc()
        PENDING.dec()
        LAG.observe(max(0.0, time.time() - link.evaluated_at))

    async def _read_last(self, key: DeviceKey, outage: asyncio.Event) -> None:
        try:
            stored = await self._record.last(key)
        except RecordUnavailableError:
            outage.set()
            return
        if stored is None:
            self._links.pop(key, None)
        else:
            self._links[key] = stored.link
            self._news[key] = stored
        self._unsettled = True  # the next evaluation decides; at once would be a race that spins

    def _look_again(self) -> None:
        self._unsettled = True
        self._wake.set()
