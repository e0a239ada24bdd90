"""Queries over what is no person's session: API tokens, clients, revocations."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.tokens import Role

from vitrina_auth.adapters.tables import ApiTokenRow, ClientRow, RevocationRow
from vitrina_auth.domain.api_token import ApiToken
from vitrina_auth.domain.client import Client
from vitrina_auth.domain.errors import NameTaken
from vitrina_auth.domain.grants import Grants

_FRESH = {"populate_existing": True}


class ApiTokenRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, token: ApiToken) -> None:
        self._session.add(
            ApiTokenRow(
                id=token.id,
                user_id=token.user_id,
                name=token.name,
                scope=token.scope,
                digest=token.digest,
                created_at=token.created_at,
                expires_at=token.expires_at,
            )
        )
        try:
            await self._session.flush()
        except IntegrityError as error:
            raise NameTaken(token.name) from error

    async def of(self, user_id: int) -> Sequence[ApiToken]:
        statement = select(ApiTokenRow).where(col(ApiTokenRow.user_id) == user_id).order_by(col(ApiTokenRow.name))
        return [ApiToken(**row.model_dump()) for row in await self._session.exec(statement)]

    async def find(self, digest: bytes) -> ApiToken | None:
        statement = select(ApiTokenRow).where(col(ApiTokenRow.digest) == digest)
        row = (await self._session.exec(statement, execution_options=_FRESH)).first()
        return ApiToken(**row.model_dump()) if row else None

    async def used(self, token_id: UUID, now: datetime) -> None:
        await self._session.exec(update(ApiTokenRow).where(col(ApiTokenRow.id) == token_id).values(last_used_at=now))

    async def remove(self, token_ids: Sequence[UUID]) -> None:
        await self._session.exec(delete(ApiTokenRow).where(col(ApiTokenRow.id).in_(token_ids)))

    async def remove_expired(self, before: datetime) -> int:
        result = await self._session.exec(delete(ApiTokenRow).where(col(ApiTokenRow.expires_at) < before))
        return result.rowcount


class ClientRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, client: Client) -> None:
        self._session.add(
            ClientRow(
                client_id=client.client_id,
                name=client.name,
                role=client.grants.role.value,
                sources=list(client.grants.sources),
                scope=client.scope,
                digest=client.digest,
                generation=client.generation,
                created_by=client.created_by,
                created_at=client.created_at,
            )
        )
        try:
            await self._session.flush()
        except IntegrityError as error:
            raise NameTaken(client.name) from error

    async def all(self) -> Sequence[Client]:
        rows = await self._session.exec(select(ClientRow).order_by(col(ClientRow.name)))
        return [_client(row) for row in rows]

    async def find(self, client_id: str) -> Client | None:
        row = await self._session.get(ClientRow, client_id, populate_existing=True)
        return _client(row) if row else None

    async def save_secret(self, client: Client) -> None:
        await self._session.exec(
            update(ClientRow)
            .where(col(ClientRow.client_id) == client.client_id)
            .values(digest=client.digest, generation=client.generation)
        )

    async def used(self, client_id: str, now: datetime) -> None:
        await self._session.exec(
            update(ClientRow).where(col(ClientRow.client_id) == client_id).values(last_used_at=now)
        )

    async def remove(self, client_id: str) -> None:
        await self._session.exec(delete(ClientRow).where(col(ClientRow.client_id) == client_id))


class RevocationRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, sids: Sequence[str], now: datetime) -> None:
        if sids:
            rows = [{"sid": sid, "at": now} for sid in sids]
            await self._session.exec(insert(RevocationRow).values(rows).on_conflict_do_nothing())

    async def unpublished(self, limit: int) -> Sequence[str]:
        statement = (
            select(RevocationRow.sid)
            .where(col(RevocationRow.published_at).is_(None))
            .order_by(col(RevocationRow.at))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list(await self._session.exec(statement))

    async def since(self, instant: datetime) -> Sequence[str]:
        return list(await self._session.exec(select(RevocationRow.sid).where(col(RevocationRow.at) >= instant)))

    async def published(self, sids: Sequence[str], now: datetime) -> None:
        await self._session.exec(update(RevocationRow).where(col(RevocationRow.sid).in_(sids)).values(published_at=now))

    async def remove_older(self, than: datetime) -> int:
        result = await self._session.exec(delete(RevocationRow).where(col(RevocationRow.at) < than))
        return result.rowcount


def _client(row: ClientRow) -> Client:
    return Client(
        client_id=row.client_id,
        name=row.name,
        grants=Grants(Role(row.role), tuple(row.sources)),
        scope=row.scope,
        digest=row.digest,
        generation=row.generation,
        created_by=row.created_by,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )
