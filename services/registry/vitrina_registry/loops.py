"""What happens by the clock: relaying the outbox, pruning, and creating what exists from the first start."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

LONGEST_REST_SECONDS: Final = 1.0
"""NOTIFY may be lost with its connection; a look each second finds the row anyway."""
PRUNE_EACH_SECONDS: Final = 3600.0

Step = Callable[[], Awaitable[None]]


async def relay_outbox(woken: asyncio.Event, ready: Callable[[], bool], drain: Step, measure: Step) -> None:
    """Drains when woken, and each second; while NATS is away, rows wait and are only counted."""
    while True:
        woken.clear()
        await (drain() if ready() else measure())
        try:
            async with asyncio.timeout(LONGEST_REST_SECONDS):
                await woken.wait()
        except TimeoutError:
            continue


async def prune(*steps: Step) -> None:
    """Forgets what nobody needs any more, each hour."""
    while True:
        for step in steps:
            await step()
        await asyncio.sleep(PRUNE_EACH_SECONDS)


async def begin(ensure: Step, begun: asyncio.Event) -> None:
    """Runs once, again after a failure, until it has succeeded."""
    await ensure()
    begun.set()
