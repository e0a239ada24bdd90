"""Tell the other services what was revoked; what could not be told waits in the database."""

from collections.abc import Awaitable, Callable
from typing import Final

from vitrina_auth.use_cases.ports import Parts
from vitrina_auth.use_cases.sessions import KEEP_REVOCATIONS

BATCH: Final = 100
Publish = Callable[[str], Awaitable[None]]
"""Raises when it is not certain that the `sid` was stored."""


async def relay_revocations(parts: Parts, publish: Publish) -> int:
    """Publishes the oldest ones that were not yet; returns how many."""
    async with parts.open_unit() as unit:
        sids = await unit.revocations.unpublished(BATCH)
        for sid in sids:
            await publish(sid)
        if sids:
            await unit.revocations.published(sids, parts.clock())
            await unit.commit()
    return len(sids)


async def repeat_revocations(parts: Parts, publish: Publish) -> None:
    """Publishes all that could still matter, for a NATS that may have lost them."""
    async with parts.open_unit() as unit:
        sids = await unit.revocations.since(parts.clock() - KEEP_REVOCATIONS)
    for sid in sids:
        await publish(sid)
