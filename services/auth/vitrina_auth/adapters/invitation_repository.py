"""Invitations: at most one a user."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vitrina_auth.adapters.tables import InvitationRow


class InvitationRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def replace(self, user_id: int, digest: bytes, expires_at: datetime) -> None:
        values = {"digest": digest, "expires_at": expires_at}
        first = insert(InvitationRow).values(user_id=user_id, **values)
        await self._session.exec(first.on_conflict_do_update(index_elements=["user_id"], set_=values))

    async def owner_of(self, digest: bytes, now: datetime) -> int | None:
        statement = select(InvitationRow.user_id).where(
            col(InvitationRow.digest) == digest, col(InvitationRow.expires_at) > now
        )
        return (await self._session.exec(statement)).first()

    async def use(self, user_id: int, digest: bytes) -> bool:
        used = delete(InvitationRow).where(col(InvitationRow.user_id) == user_id, col(InvitationRow.digest) == digest)
        return (await self._session.exec(used)).rowcount == 1
