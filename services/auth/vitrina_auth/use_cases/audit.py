"""What happened: sign-ins and changes of rights, for admins to read."""

from collections.abc import Sequence

from vitrina_auth.domain.audit import StoredEntry
from vitrina_auth.use_cases.actors import Actor, present_admin
from vitrina_auth.use_cases.ports import Parts


async def read_audit(
    parts: Parts, actor: Actor, before: int | None, limit: int, subject: str | None
) -> Sequence[StoredEntry]:
    """Entries with numbers below `before`, the newest first; of one user, who did it or to whom it was done."""
    async with parts.open_unit() as unit:
        await present_admin(unit, actor)
        return await unit.audit.page(before, limit, subject)
