"""One at a time, across processes, until the transaction ends."""

from sqlalchemy import func
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession


async def advisory_lock(session: AsyncSession, name: str) -> None:
    """Held until the transaction ends."""
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtext(name))))
