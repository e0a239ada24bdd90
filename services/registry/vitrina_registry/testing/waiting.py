"""Waiting for what other processes do."""

import asyncio
from collections.abc import Awaitable, Callable

from nats.js.api import RawStreamMsg

Stored = Callable[[], Awaitable[list[RawStreamMsg]]]
"""Every message on the stream of exporters."""


async def until(condition: Callable[[], Awaitable[bool]], deadline_seconds: float = 60) -> None:
    """Asks again and again: a database and a stream offer nothing to wait on."""
    async with asyncio.timeout(deadline_seconds):
        while not await condition():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.03)
