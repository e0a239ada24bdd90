"""The request budget of a source: evenly spaced requests, so that no second holds more than it allows."""

import asyncio
import time
from typing import Final

_MARGIN: Final = 1.02
"""Spacing is a little wider than the budget asks: requests that are sent evenly do not arrive evenly."""
_WORTH_SLEEPING: Final = 0.004
"""Shorter waits are granted at once: timers of a millisecond cost more than the request. The long-run rate holds."""


class Budget:
    """Grants requests one after the other. A cancelled waiter gives its turn back."""

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self._next_at = 0.0
        self._turn = asyncio.Lock()

    async def acquire(self) -> None:
        """Returns when the next request may be sent."""
        async with self._turn:
            wait = self._next_at - time.monotonic()
            if wait > _WORTH_SLEEPING:
                await asyncio.sleep(wait)
            self._next_at = max(self._next_at, time.monotonic()) + _MARGIN / self.per_second
