"""What happened: sign-ins and changes of rights, for admins to read."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from vitrina_kit.audit_chain import Verification

from vitrina_auth.domain.audit import StoredEntry
from vitrina_auth.use_cases.actors import Actor, present_admin
from vitrina_auth.use_cases.ports import Parts

_LINES_AT_A_TIME: Final = 1000


async def read_audit(
    parts: Parts, actor: Actor, before: int | None, limit: int, subject: str | None
) -> Sequence[StoredEntry]:
    """Entries with numbers below `before`, the newest first; of one user, who did it or to whom it was done."""
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        return await unit.audit.page(before, limit, subject)


async def verify_audit(parts: Parts) -> Verification:
    """Whether an entry was changed or removed behind the back of auth."""
    async with parts.open_unit() as unit:
        return await unit.audit.verify()


async def export_audit(parts: Parts) -> AsyncIterator[str]:
    """Every entry as a line of JSON, the oldest first; no connection is held while the reader is slow."""
    after = -1
    while True:
        async with parts.open_unit() as unit:
            lines, after = await unit.audit.lines(after, _LINES_AT_A_TIME)
        if not lines:
            return
        yield "".join(lines)
