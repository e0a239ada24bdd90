"""Users in their table; rows become objects of the domain here."""

from collections.abc import Sequence

from sqlalchemy import delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.tokens import Role

from vitrina_auth.adapters.advisory_lock import advisory_lock
from vitrina_auth.adapters.tables import (
    UserRow,
)
from vitrina_auth.domain.errors import UserExists
from vitrina_auth.domain.grants import Grants
from vitrina_auth.domain.user import NewUser, ProviderAccount, SecondFactor, User

_FRESH = {"populate_existing": True}


class UserRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, username: str) -> User | None:
        statement = select(UserRow).where(col(UserRow.username) == username)
        row = (await self._session.exec(statement, execution_options=_FRESH)).first()
        return _user(row) if row else None

    async def find_by_id(self, user_id: int) -> User | None:
        row = await self._session.get(UserRow, user_id, populate_existing=True)
        return _user(row) if row else None

    async def find_by_provider(self, account: ProviderAccount) -> User | None:
        statement = select(UserRow).where(
            col(UserRow.provider_issuer) == account.issuer, col(UserRow.provider_subject) == account.subject
        )
        row = (await self._session.exec(statement, execution_options=_FRESH)).first()
        return _user(row) if row else None

    async def lock(self, user_id: int) -> User | None:
        statement = select(UserRow).where(col(UserRow.id) == user_id).with_for_update(key_share=True)
        row = (await self._session.exec(statement, execution_options=_FRESH)).first()
        return _user(row) if row else None

    async def page(self, after: str, limit: int) -> Sequence[User]:
        # Byte order, so that a page ends at the same name whatever the database's collation is.
        name = col(UserRow.username).collate("C")
        statement = select(UserRow).where(name > after).order_by(name).limit(limit)
        return [_user(row) for row in await self._session.exec(statement)]

    async def count(self) -> int:
        return (await self._session.exec(select(func.count()).select_from(UserRow))).one()

    async def count_enabled_admins(self) -> int:
        statement = (
            select(func.count())
            .select_from(UserRow)
            .where(col(UserRow.role) == Role.ADMIN.value, col(UserRow.disabled).is_(False))
        )
        return (await self._session.exec(statement)).one()

    async def add(self, user: NewUser) -> User:
        row = UserRow(
            username=user.username,
            password_hash=user.password_hash,
            role=user.grants.role.value,
            sources=list(user.grants.sources),
            must_change_password=user.must_change_password,
            created_at=user.created_at,
            updated_at=user.created_at,
            provider_issuer=user.provider_account.issuer if user.provider_account else None,
            provider_subject=user.provider_account.subject if user.provider_account else None,
        )
        self._session.add(row)
        try:
            await self._session.flush()
        except IntegrityError as error:
            raise UserExists(user.username) from error
        return _user(row)

    async def save(self, user: User) -> None:
        factor = user.second_factor
        await self._session.exec(
            update(UserRow)
            .where(col(UserRow.id) == user.id)
            .values(
                password_hash=user.password_hash,
                role=user.grants.role.value,
                sources=list(user.grants.sources),
                disabled=user.disabled,
                must_change_password=user.must_change_password,
                revision=user.revision,
                updated_at=user.updated_at,
                last_sign_in_at=user.last_sign_in_at,
                totp_sealed=factor.sealed if factor else None,
                totp_confirmed=factor.confirmed if factor else False,
                totp_last_step=factor.last_step if factor else 0,
            )
        )

    async def remove(self, user: User) -> None:
        await self._session.exec(delete(UserRow).where(col(UserRow.id) == user.id))

    async def lock_rights(self) -> None:
        await advisory_lock(self._session, "auth.rights")


def _user(row: UserRow) -> User:
    assert row.id is not None  # noqa: S101 - every stored row has one
    return User(
        id=row.id,
        username=row.username,
        password_hash=row.password_hash,
        grants=Grants(Role(row.role), tuple(row.sources)),
        disabled=row.disabled,
        must_change_password=row.must_change_password,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
        last_sign_in_at=row.last_sign_in_at,
        second_factor=_second_factor(row),
        provider_account=_provider_account(row),
    )


def _provider_account(row: UserRow) -> ProviderAccount | None:
    if row.provider_issuer is None or row.provider_subject is None:
        return None
    return ProviderAccount(issuer=row.provider_issuer, subject=row.provider_subject)


def _second_factor(row: UserRow) -> SecondFactor | None:
    if row.totp_sealed is None:
        return None
    return SecondFactor(sealed=row.totp_sealed, confirmed=row.totp_confirmed, last_step=row.totp_last_step)
