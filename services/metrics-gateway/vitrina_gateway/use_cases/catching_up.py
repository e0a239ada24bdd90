"""After a pause of the gateway: the instants that nobody judged are judged one after the other, each stored in turn.

Prometheus went on scraping meanwhile, and its samples are judged as they would have been at the time. So a device that
flipped and flipped back while no gateway ran has both in its chain. What another gateway stored meanwhile is later than
such an instant, and therefore stays as it is.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from vitrina_gateway.use_cases.refresh import Refresh
from vitrina_gateway.use_cases.transitions import Transitions

log = structlog.get_logger(__name__)

LONGEST_SECONDS: Final = 900.0
"""Of a longer pause the beginning is not judged: the present must not wait for long."""


@dataclass(frozen=True)
class CatchingUp:
    """`tick_seconds`: instants are multiples of it, also with another gateway. `clock` gives Unix seconds."""

    refresh: Refresh
    transitions: Transitions
    tick_seconds: float
    scrape_seconds: float
    clock: Callable[[], float] = time.time

    async def run(self) -> None:
        """Until the present is reached, or cannot be: when Prometheus or NATS does not answer, or it takes too long."""
        behind = float("inf")
        while missed := self._missed():
            now = self.clock()
            if now - missed[0] > behind / 2:
                log.warning("not_caught_up", seconds=round(now - missed[0], 1))
                return
            behind = now - missed[0]
            for at in missed:
                if not await self.refresh.tick(at) or not await self.transitions.store_due():
                    return
            log.info("caught_up", seconds=round(behind, 1), took=round(self.clock() - now, 1))

    def _missed(self) -> list[float]:
        """An instant for each scrape since the last evaluation: of what lasted for two scrapes nothing is left out."""
        last = self.refresh.evaluated_at
        if last is None:
            return []
        step = max(1, self.scrape_seconds // self.tick_seconds) * self.tick_seconds
        now = self.clock()
        first = int(max(last, now - LONGEST_SECONDS) // step) + 1
        return [number * step for number in range(first, int(now // step))]
