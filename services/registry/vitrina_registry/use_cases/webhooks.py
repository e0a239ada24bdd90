"""Webhooks: admins say where changes of devices' status go; the gateway is told, and delivers.

A secret is made here, shown to whoever made it in that one answer, and to the gateway on the internal listener. So
neither the creation nor the replacement of a secret takes an idempotency key: its kept answer would hold the secret.
"""

import base64
import secrets as randomness
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import uuid4

import structlog
from vitrina_contracts.manifest import Text
from vitrina_contracts.tokens import Claims
from vitrina_contracts.webhook import SECRET_PREFIX
from vitrina_contracts.webhook import Webhook as Delivered

from vitrina_registry.domain.audit import AuditEntry
from vitrina_registry.domain.endpoint import HTTP
from vitrina_registry.domain.errors import EndpointRefusedError, FieldFault, UnreadableSecretError
from vitrina_registry.domain.secret import SealedSecret
from vitrina_registry.domain.webhook import (
    MOST,
    NewSecret,
    Webhook,
    WebhookDraft,
    no_webhook,
    too_many_webhooks,
    webhook_taken,
)
from vitrina_registry.use_cases.named import change_entry, check_sources, storable
from vitrina_registry.use_cases.ports import Precondition, UnitOfWork, World
from vitrina_registry.use_cases.source_config import endpoint_refusal

log = structlog.get_logger(__name__)

_SECRET: Final = "secret"  # noqa: S105 - the name of the field
_SECRET_BYTES: Final = 32


async def list_webhooks(world: World) -> list[Webhook]:
    """By name."""
    async with world.unit_of_work() as uow:
        return await uow.webhooks.all()


async def get_webhook(world: World, name: str) -> Webhook:
    """Raises NotFoundError."""
    async with world.unit_of_work() as uow:
        return await _find(uow, name)


async def create_webhook(world: World, caller: Claims, draft: WebhookDraft) -> NewSecret:
    """Raises ConflictError (name taken, too many), InvalidError (unknown source) or EndpointRefusedError."""
    await _check_url(world, draft.url)
    identity, now, clear = uuid4().hex, world.now(), _new_secret()
    async with world.unit_of_work() as uow:
        await uow.webhooks.lock()
        present = await uow.webhooks.all()
        if any(webhook.name == draft.name for webhook in present):
            raise webhook_taken(draft.name)
        if len(present) >= MOST:
            raise too_many_webhooks()
        await check_sources(uow, draft.sources)
        sealed = SealedSecret(world.vault.seal(f"webhook:{identity}", _SECRET, clear), now, caller.sub)
        webhook = Webhook(
            id=identity, **asdict(draft), secret=sealed, former_secret=None, revision=1, created_at=now, updated_at=now
        )
        await _store(uow, webhook, change_entry(world, caller, "webhook_created", None, webhook))
    return NewSecret(webhook, clear)


async def change_webhook(
    world: World, caller: Claims, name: str, change: Mapping[str, Any], precondition: Precondition
) -> Webhook:
    """`change`: fields of a `WebhookDraft` but for the name.

    Raises:
        NotFoundError, InvalidError, EndpointRefusedError: as at the creation.
    """
    if "url" in change:
        await _check_url(world, change["url"])
    async with world.unit_of_work() as uow:
        await uow.webhooks.lock()
        before = await _find(uow, name)
        precondition.require(before.revision)
        await check_sources(uow, change.get("sources", ()))
        if all(getattr(before, field) == value for field, value in change.items()):
            return before
        after = before.changed(change, world.now())
        await _store(uow, after, change_entry(world, caller, "webhook_updated", before, after))
    return after


async def replace_secret(world: World, caller: Claims, name: str) -> NewSecret:
    """The former secret signs for another day, too. Raises NotFoundError."""
    clear = _new_secret()
    async with world.unit_of_work() as uow:
        await uow.webhooks.lock()
        before = await _find(uow, name)
        now = world.now()
        after = before.with_secret(
            SealedSecret(world.vault.seal(before.vault_name, _SECRET, clear), now, caller.sub), now
        )
        await _store(uow, after, change_entry(world, caller, "webhook_secret_replaced", before, after))
    return NewSecret(after, clear)


async def delete_webhook(world: World, caller: Claims, name: str, precondition: Precondition) -> None:
    """Raises NotFoundError."""
    async with world.unit_of_work() as uow:
        await uow.webhooks.lock()
        webhook = await _find(uow, name)
        precondition.require(webhook.revision)
        await uow.webhooks.delete(name)
        uow.record(change_entry(world, caller, "webhook_deleted", webhook, None))
        await uow.commit()


async def to_deliver(world: World) -> list[Delivered]:
    """For the gateway alone: with secrets in clear, without those whose secret no key opens."""
    now = world.now()
    found = []
    for webhook in await list_webhooks(world):
        try:
            clear = [world.vault.open(webhook.vault_name, _SECRET, each.ciphertext) for each in webhook.signing(now)]
        except UnreadableSecretError:
            log.warning("webhook_secret_unreadable", webhook=webhook.name)
            continue
        found.append(
            Delivered(
                id=webhook.id,
                name=webhook.name,
                url=webhook.url,
                sources=webhook.sources,
                begins_with=webhook.begins_with,
                enabled=webhook.enabled,
                created_at=webhook.created_at,
                secrets=tuple(clear),
            )
        )
    return found


async def _store(uow: UnitOfWork, webhook: Webhook, entry: AuditEntry) -> None:
    await uow.webhooks.save(webhook)
    uow.record(entry)
    await uow.commit()


async def _find(uow: UnitOfWork, name: str) -> Webhook:
    webhook = await uow.webhooks.find(storable(name))
    if webhook is None:
        raise no_webhook(name)
    return webhook


async def _check_url(world: World, url: str) -> None:
    """The rule for vendor URLs. Outside of transactions: names take time to resolve."""
    message = await endpoint_refusal(world, url, HTTP)
    if message is not None:
        raise EndpointRefusedError(
            Text(en=f"url: {message.en}.", ru=f"url: {message.ru}."), [FieldFault("url", message)]
        )


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(randomness.token_bytes(_SECRET_BYTES)).decode()
