"""Credentials as such: when they expire, and their way to a new key."""

from dataclasses import dataclass, replace
from datetime import date

from vitrina_registry.domain.errors import UnreadableSecretError
from vitrina_registry.domain.secret import SealedSecret
from vitrina_registry.domain.source import Source
from vitrina_registry.use_cases.ports import UnitOfWork, Vault, World


@dataclass(frozen=True)
class SecretExpiry:
    exporter: str
    source: str
    field: str
    expires_on: date


@dataclass(frozen=True)
class Rotation:
    """What became of the stored credentials."""

    rotated: int
    unreadable: tuple[str, ...]
    """`source.field` of those that no key at hand opens."""


async def secret_expiries(world: World) -> list[SecretExpiry]:
    async with world.unit_of_work() as uow:
        sources = await _all_sources(uow)
    return [
        SecretExpiry(source.exporter, source.name, field, sealed.expires_on)
        for source in sources
        for field, sealed in source.secrets.items()
        if sealed.expires_on is not None
    ]


async def rotate_secrets(uow: UnitOfWork, vault: Vault) -> Rotation:
    """Encrypts every credential with the current key, all in one transaction; no revision moves, nobody is told.

    Those that no key opens stay as they are. Running it again does no harm.
    """
    rotated = 0
    unreadable: list[str] = []
    for exporter in await uow.exporters.all(with_deleted=True):
        await uow.exporters.lock(exporter.name)
        for source in await uow.sources.of(exporter.name):
            opened = {field: _rotated(vault, sealed) for field, sealed in source.secrets.items()}
            unreadable += [f"{source.name}.{field}" for field, sealed in opened.items() if sealed is None]
            fresh = {field: sealed for field, sealed in opened.items() if sealed is not None}
            rotated += len(fresh)
            await uow.sources.save(replace(source, secrets={**source.secrets, **fresh}))
    for rotate in (_rotate_webhooks, _rotate_notifications):
        further, closed = await rotate(uow, vault)
        rotated += further
        unreadable += closed
    await uow.commit()
    return Rotation(rotated, tuple(unreadable))


async def _rotate_webhooks(uow: UnitOfWork, vault: Vault) -> tuple[int, list[str]]:
    """How many secrets were encrypted anew, and `webhook:<name>.secret` of those that no key opens."""
    rotated = 0
    unreadable = []
    await uow.webhooks.lock()
    for webhook in await uow.webhooks.all():
        secret = _rotated(vault, webhook.secret)
        former = _rotated(vault, webhook.former_secret) if webhook.former_secret else None
        if secret is None:
            unreadable.append(f"webhook:{webhook.name}.secret")
        else:
            await uow.webhooks.save(replace(webhook, secret=secret, former_secret=former))
            rotated += 1
    return rotated, unreadable


async def _rotate_notifications(uow: UnitOfWork, vault: Vault) -> tuple[int, list[str]]:
    """As above; `receiver:<receiver>.<way>.<field>` of those that no key opens."""
    await uow.notifications.lock()
    notifications = await uow.notifications.find()
    opened = {key: _rotated(vault, sealed) for key, sealed in notifications.secrets.items()}
    fresh = {key: sealed for key, sealed in opened.items() if sealed is not None}
    if fresh:
        secrets = {**notifications.secrets, **fresh}
        await uow.notifications.save(replace(notifications, secrets=secrets))
    return len(fresh), [f"receiver:{key}" for key, sealed in opened.items() if sealed is None]


def _rotated(vault: Vault, sealed: SealedSecret) -> SealedSecret | None:
    try:
        return replace(sealed, ciphertext=vault.rotate(sealed.ciphertext))
    except UnreadableSecretError:
        return None


async def _all_sources(uow: UnitOfWork) -> list[Source]:
    return [source for exporter in await uow.exporters.all() for source in await uow.sources.of(exporter.name)]
