"""Webhooks in PostgreSQL."""

from typing import Any, Final

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from vitrina_contracts.webhook import BeginsWith

from vitrina_registry.adapters.tables import WebhookRow
from vitrina_registry.domain.secret import SealedSecret
from vitrina_registry.domain.webhook import Webhook

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('registry.webhooks'))")


class WebhookRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self) -> None:
        await (await self._session.connection()).execute(_LOCK)

    async def all(self) -> list[Webhook]:
        return [_webhook(row) for row in await self._session.exec(select(WebhookRow).order_by(col(WebhookRow.name)))]

    async def find(self, name: str) -> Webhook | None:
        row = await self._session.get(WebhookRow, name)
        return _webhook(row) if row else None

    async def save(self, webhook: Webhook) -> None:
        await self._session.merge(WebhookRow(**_columns(webhook)))
        await self._session.flush()

    async def delete(self, name: str) -> None:
        await self._session.delete(await self._session.get_one(WebhookRow, name))
        await self._session.flush()


def _columns(webhook: Webhook) -> dict[str, Any]:
    former = webhook.former_secret
    return {
        **vars(webhook),
        "sources": list(webhook.sources),
        "begins_with": str(webhook.begins_with),
        "secret": webhook.secret.to_stored(),
        "former_secret": former.to_stored() if former else None,
    }


def _webhook(row: WebhookRow) -> Webhook:
    columns = {name: getattr(row, name) for name in Webhook.__dataclass_fields__}
    changed = {
        "sources": tuple(row.sources),
        "begins_with": BeginsWith(row.begins_with),
        "secret": SealedSecret.from_stored(row.secret),
        "former_secret": SealedSecret.from_stored(row.former_secret) if row.former_secret else None,
    }
    return Webhook(**{**columns, **changed})
