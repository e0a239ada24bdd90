"""Background loops that outlive their own failures."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import structlog

log = structlog.get_logger(__name__)

FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0
_HEALTHY_AFTER_SECONDS: Final = 10.0
"""A loop that ran so long did not fail because of the failure before: the pause begins anew."""
_CANCELLED_AGAIN_SECONDS: Final = 1.0


async def run_forever(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """Runs an endless coroutine; when it fails, says so and starts it again after a growing pause."""
    pause = FIRST_PAUSE_SECONDS
    clock = asyncio.get_running_loop().time
    while True:
        started = clock()
        try:
            await loop()
        except Exception:
            log.exception("background_loop_failed", loop=name, next_try_seconds=pause)
        else:
            return
        if clock() - started > _HEALTHY_AFTER_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


@asynccontextmanager
async def background(**loops: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Runs the named loops while the block runs, and waits until they have stopped."""
    tasks = [asyncio.create_task(run_forever(name, loop), name=name) for name, loop in loops.items()]
    try:
        yield
    finally:
        await _cancel(tasks)


async def _cancel(tasks: Sequence["asyncio.Task[None]"]) -> None:
    """Until all have ended: Python 3.11's `wait_for` loses a cancellation that comes together with its inner result."""
    pending: Iterable[asyncio.Task[None]] = tasks
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_CANCELLED_AGAIN_SECONDS)
