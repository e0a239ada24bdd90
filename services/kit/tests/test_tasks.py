"""Loops in the background end when their service does, whatever becomes of their cancellation."""

import asyncio

from vitrina_kit.tasks import background


async def test_a_loop_that_lost_its_cancellation_is_cancelled_again() -> None:
    """As Python 3.11's `wait_for` loses it when a message arrives at the same moment."""
    lost = 0

    async def loop() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if lost:
                    raise
                lost += 1

    async with asyncio.timeout(30):
        async with background(loop=loop):
            await asyncio.sleep(0)
    assert lost == 1
