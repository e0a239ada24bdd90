"""What ends a session also ends the access tokens that came from it: both are written in one transaction.

`loops.py` tells the other services over NATS. A token names its session, or its API token, as `sid`.
"""

from datetime import datetime
from uuid import UUID

from vitrina_auth.domain.session import EndReason
from vitrina_auth.domain.user import User
from vitrina_auth.use_cases.ports import UnitOfWork


async def end_session(unit: UnitOfWork, session_id: UUID, reason: EndReason, now: datetime) -> None:
    await unit.sessions.end(session_id, reason, now)
    await unit.revocations.add([str(session_id)], now)


async def end_sessions_of(
    unit: UnitOfWork, user: User, reason: EndReason, now: datetime, *, keep: UUID | None = None
) -> int:
    """Ends the user's sessions but the one to keep; returns how many."""
    ended = await unit.sessions.end_all_of(user.id, reason, now, keep=keep)
    await unit.revocations.add([str(session_id) for session_id in ended], now)
    return len(ended)


async def revoke_tokens_of(unit: UnitOfWork, user: User, now: datetime) -> None:
    """Access tokens got with the user's API tokens before the change of the user; `user` is as it was before."""
    tokens = await unit.api_tokens.of(user.id)
    await unit.revocations.add([token.sid(user.revision) for token in tokens], now)
