"""The request budget of a source: in no second does the vendor see more requests than it allows.

The vendor sees a request at some moment between its sending and its answer, and only that second moment is certain. So
with a budget of ten, the eleventh request is sent a second after the first was *answered*. Sending times alone would
not do: one request that is held up on its way falls into the second of those after it. A vendor that is slow to answer
costs a fifth of the rate at most: after `_TRANSIT` a request counts as seen.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from vitrina_sdk.clock import Clock

_TRANSIT: Final = 0.25
"""Seconds within which a request that was sent has reached the vendor, connecting included."""
_WORTH_SLEEPING: Final = 0.004
"""Seconds. Shorter waits between two requests are granted at once: their timers cost more than the requests."""


class _Sent:
    """A request: `seen_by` is the monotonic time at which the vendor has seen it for certain."""

    __slots__ = ("seen_by",)

    def __init__(self, seen_by: float) -> None:
        self.seen_by = seen_by


class Budget:
    """Grants requests one after the other, evenly spaced. A cancelled waiter gives its turn back.

    A budget that is no whole number is rounded down, because no second can hold half a request; one below 1 spaces its
    requests by more than a second.
    """

    def __init__(self, per_second: float, clock: Clock) -> None:
        self.per_second = per_second
        self._clock = clock
        self._next_at = 0.0
        self._recent: deque[_Sent] = deque()
        self._turn = asyncio.Lock()

    @property
    def rate(self) -> float:
        """Requests a second that are granted at most."""
        return float(int(self.per_second)) if self.per_second >= 1 else self.per_second

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """Enters when the request may be sent; is to be left when it was answered or has failed."""
        async with self._turn:
            await self._wait()
            now = self._clock.monotonic()
            self._next_at = max(self._next_at, now) + 1 / self.rate
            sent = _Sent(now + _TRANSIT)
            self._recent.append(sent)
        try:
            yield
        finally:
            sent.seen_by = min(sent.seen_by, self._clock.monotonic())

    async def _wait(self) -> None:
        if self._next_at - self._clock.monotonic() > _WORTH_SLEEPING:
            await asyncio.sleep(self._next_at - self._clock.monotonic())
        allowed, window = max(1, int(self.rate)), max(1.0, 1 / self.rate)
        while len(self._recent) > allowed:
            self._recent.popleft()
        if len(self._recent) == allowed:
            seen_by = self._recent[0].seen_by
            while (wait := seen_by + window - self._clock.monotonic()) > 0:  # noqa: ASYNC110 - time itself is awaited
                await asyncio.sleep(max(wait, _WORTH_SLEEPING))
