"""Answers of Prometheus kept as final bytes: hot ones from memory, cold ones asked once however many wait for them.

An answer is fresh for a while, then stale: a stale one is still given, at once, and asked for anew behind it. The scope
of who may see an answer is part of its key, always; so no answer can reach anybody whom its question does not allow.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog
from prometheus_client import Counter, Gauge

from vitrina_gateway.use_cases.ports import MonitoringError, RawAnswer

log = structlog.get_logger(__name__)

LOOKED_UP: Final = Counter(
    "vitrina_gateway_cache_lookups",
    "Looked up answers: `hit`, `stale` (given, and asked for anew), `joined` (somebody asks already) or `miss`.",
    ["outcome"],
)
HELD_BYTES: Final = Gauge("vitrina_gateway_cache_bytes", "Size of the answers that are held.")

_OVERHEAD_BYTES: Final = 512
"""About what an entry costs besides its key and body."""

Fetch = Callable[[], Awaitable[RawAnswer]]


@dataclass(frozen=True)
class Lifetime:
    """Seconds for which an answer is `fresh`, and then `stale`."""

    fresh: float
    stale: float


@dataclass(frozen=True)
class _Entry:
    answer: RawAnswer
    made_at: float
    size: int


class AnswerCache:
    """`limit` in bytes. `clock` gives seconds that only grow."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._flights: dict[str, asyncio.Task[RawAnswer]] = {}
        self._size = 0
        self._epoch = 0

    def clear(self) -> None:
        """Forgets everything; an answer that is being asked for now is given, but not kept."""
        self._entries.clear()
        self._epoch += 1
        self._size = 0
        HELD_BYTES.set(0)

    async def close(self) -> None:
        """Ends what is being asked for."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    async def get(self, key: str, lifetime: Lifetime, fetch: Fetch) -> RawAnswer:
        """The answer to a question. Raises what `fetch` raises; only good answers are kept."""
        entry = self._entries.get(key)
        age = float("inf") if entry is None else self._clock() - entry.made_at
        if entry is not None and age <= lifetime.fresh + lifetime.stale:
            self._entries.move_to_end(key)
            if age <= lifetime.fresh:
                LOOKED_UP.labels("hit").inc()
            else:
                LOOKED_UP.labels("stale").inc()
                self._flight(key, fetch).add_done_callback(_note_failure)
            return entry.answer
        LOOKED_UP.labels("joined" if key in self._flights else "miss").inc()
        return await asyncio.shield(self._flight(key, fetch))

    def _flight(self, key: str, fetch: Fetch) -> asyncio.Task[RawAnswer]:
        """A task of its own: that one of those who wait gives up must not end it for the others."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.create_task(self._fetch(key, fetch, self._epoch))
        return flight

    async def _fetch(self, key: str, fetch: Fetch, epoch: int) -> RawAnswer:
        try:
            answer = await fetch()
        finally:
            del self._flights[key]
        if answer.is_good and epoch == self._epoch:
            self._keep(key, answer)
        return answer

    def _keep(self, key: str, answer: RawAnswer) -> None:
        size = len(key) + len(answer.body) + _OVERHEAD_BYTES
        if size > self._limit:
            return
        former = self._entries.pop(key, None)
        self._size += size - (former.size if former else 0)
        self._entries[key] = _Entry(answer, self._clock(), size)
        while self._size > self._limit:
            _, oldest = self._entries.popitem(last=False)
            self._size -= oldest.size
        HELD_BYTES.set(self._size)


def _note_failure(flight: "asyncio.Task[RawAnswer]") -> None:
    """Nobody waits for this one: the stale answer was given, and the next question tries again."""
    if not flight.cancelled() and (error := flight.exception()) is not None:
        log.info("stale_answer_not_renewed", reason=type(error).__name__, expected=isinstance(error, MonitoringError))
