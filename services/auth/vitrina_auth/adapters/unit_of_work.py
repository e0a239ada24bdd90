"""One transaction of PostgreSQL as the use cases see it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_kit.database import is_outage

from vitrina_auth.adapters.attempt_repository import AttemptRepository, RecoveryCodeRepository
from vitrina_auth.adapters.audit_repository import AuditRepository
from vitrina_auth.adapters.invitation_repository import InvitationRepository
from vitrina_auth.adapters.key_repository import KeyRepository
from vitrina_auth.adapters.machine_repositories import ApiTokenRepository, ClientRepository, RevocationRepository
from vitrina_auth.adapters.session_repository import SessionRepository
from vitrina_auth.adapters.user_repository import UserRepository
from vitrina_auth.domain.errors import StoreUnavailable
from vitrina_auth.use_cases.ports import OpenUnit, UnitOfWork


class SqlUnitOfWork:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.users = UserRepository(session)
        self.sessions = SessionRepository(session)
        self.api_tokens = ApiTokenRepository(session)
        self.recovery_codes = RecoveryCodeRepository(session)
        self.invitations = InvitationRepository(session)
        self.attempts = AttemptRepository(session)
        self.clients = ClientRepository(session)
        self.revocations = RevocationRepository(session)
        self.keys = KeyRepository(session)
        self.audit = AuditRepository(session)

    async def commit(self) -> None:
        await self.audit.append_added()
        await self._session.commit()


def unit_opener(sessions: async_sessionmaker[AsyncSession]) -> OpenUnit:
    """A factory of units; a database that cannot be reached becomes `StoreUnavailable`."""

    @asynccontextmanager
    async def open_unit() -> AsyncIterator[UnitOfWork]:
        try:
            async with sessions() as session:
                yield SqlUnitOfWork(session)
        except Exception as error:
            if not is_outage(error):
                raise
            raise StoreUnavailable from error

    return open_unit
