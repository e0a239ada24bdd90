"""What happens by the clock: relaying the outbox, pruning, and creating what exists from the first start."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from vitrina_kit.database import is_outage

log = structlog.get_logger(__name__)

LONGEST_REST_SECONDS: Final = 1.0
"""NOTIFY may be lost with its connection; a look each second finds the row anyway."""
PRUNE_EACH_SECONDS: Final = 3600.0

REPORTS_EACH_SECONDS: Final = 2.0

Step = Callable[[], Awaitable[None]]


async def relay_outbox(woken: asyncio.Event, ready: Callable[[], bool], drain: Step, measure: Step) -> None:
    """Drains when woken, and each second; while NATS is away, rows wait and are only counted.

    A database that is away is asked again after a second, not after a pause that grows: it may be back any moment, and
    changes that are accepted then must not wait.
    """
    waits = False
    while True:
        woken.clear()
        try:
            await (drain() if ready() else measure())
        except Exception as error:
            if not is_outage(error):
                raise
            if not waits:
                log.warning("relay_waits", reason="the database does not answer")
            waits = True
        else:
            waits = False
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


async def send_reports(plan: Step, send: Callable[[], Awaitable[bool]]) -> None:
    """Makes what is due and sends it, one after the other."""
    while True:
        await plan()
        while await send():
            pass
        await asyncio.sleep(REPORTS_EACH_SECONDS)
