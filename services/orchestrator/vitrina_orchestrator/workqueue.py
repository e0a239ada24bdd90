"""One lane per key: in order within a key, parallel between keys, bursts collapse, idle lanes vanish.

`add` means "look at this key": however often it is called while the key waits or is being worked on, one more look
follows. A failure is tried again after a pause that doubles, with jitter; an `add` meanwhile does not wait for it.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Self

import structlog

from vitrina_orchestrator.domain.errors import OrchestratorError

log = structlog.get_logger(__name__)

Work = Callable[[str], Awaitable[float | None]]
"""Looks at one key; answers in how many seconds it wants to look again by itself, if at all."""

_STOP_GRACE_SECONDS: Final = 3.0


@dataclass(frozen=True)
class BackOff:
    first_seconds: float = 0.5
    longest_seconds: float = 30.0

    def pause(self, failures: int, jitter: float) -> float:
        """Seconds after so many failures in a row; `jitter` in 0..1 takes away up to half of it."""
        doubled: float = self.first_seconds * 2.0 ** min(failures - 1, 30)
        return min(doubled, self.longest_seconds) * (1 - jitter / 2)


@dataclass
class _Lane:
    dirty: bool = False
    failures: int = 0
    worker: asyncio.Task[None] | None = None
    timer: asyncio.TimerHandle | None = None


class WorkQueue:
    """`async with` it; leaving lets the work under way end for a moment, then cancels it."""

    def __init__(
        self, work: Work, *, parallel: int = 8, deadline_seconds: float = 120.0, back_off: BackOff | None = None
    ) -> None:
        self._work = work
        self._slots = asyncio.Semaphore(parallel)
        self._deadline = deadline_seconds
        self._back_off = back_off or BackOff()
        self._lanes: dict[str, _Lane] = {}
        self._open = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        self._open = False
        workers = [lane.worker for lane in self._lanes.values() if lane.worker is not None]
        for lane in self._lanes.values():
            lane.dirty = False
            _cancel_timer(lane)
        if workers:
            _, late = await asyncio.wait(workers, timeout=_STOP_GRACE_SECONDS)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @property
    def depth(self) -> int:
        """Keys that wait to be looked at."""
        return sum(lane.dirty for lane in self._lanes.values())

    @property
    def lanes(self) -> int:
        """Keys that wait, are being worked on, or come again later."""
        return len(self._lanes)

    def add(self, key: str) -> None:
        if not self._open:
            return
        lane = self._lanes.setdefault(key, _Lane())
        _cancel_timer(lane)
        lane.dirty = True
        if lane.worker is None:
            lane.worker = asyncio.create_task(self._serve(key, lane), name=f"work on {key}")

    def hint(self, key: str) -> None:
        """Like `add`, but a key that will come again by itself is left to that: for what is noticed again and again."""
        lane = self._lanes.get(key)
        if lane is None or lane.timer is None:
            self.add(key)

    async def _serve(self, key: str, lane: _Lane) -> None:
        again: float | None = None
        while lane.dirty:
            async with self._slots:
                lane.dirty = False
                again = await self._look(key, lane)
        lane.worker = None
        if again is not None and self._open:
            lane.timer = asyncio.get_running_loop().call_later(again, self.add, key)
        else:
            self._lanes.pop(key, None)

    async def _look(self, key: str, lane: _Lane) -> float | None:
        try:
            async with asyncio.timeout(self._deadline):
                again = await self._work(key)
        except Exception as error:  # noqa: BLE001 - whatever broke is told and tried again
            lane.failures += 1
            pause = self._back_off.pause(lane.failures, random.random())  # noqa: S311 - jitter
            _tell(key, error, lane.failures, pause)
            return pause
        lane.failures = 0
        return again


def _tell(key: str, error: Exception, failures: int, pause: float) -> None:
    said = {"key": key, "failures": failures, "next_try_seconds": round(pause, 1)}
    if isinstance(error, OrchestratorError):
        log.warning("work_failed", reason=str(error), **said)
    else:
        log.error("work_broke", exc_info=error, **said)


def _cancel_timer(lane: _Lane) -> None:
    if lane.timer is not None:
        lane.timer.cancel()
        lane.timer = None
