"""From a configuration as sent to one that may be stored: secrets taken out and sealed, all checked."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from vitrina_contracts.manifest import Text

from vitrina_registry.domain.catalogue import ExporterType
from vitrina_registry.domain.endpoint import (
    EndpointShapeError,
    address_refusal,
    parse_endpoint,
    refused_address,
    unresolved,
)
from vitrina_registry.domain.errors import (
    EndpointRefusedError,
    FieldFault,
    UnavailableError,
    UnreadableSecretError,
    invalid,
)
from vitrina_registry.domain.plain_json import json_faults
from vitrina_registry.domain.secret import SealedSecret
from vitrina_registry.domain.source import Source, WrittenConfig, kept_secrets, take_apart
from vitrina_registry.use_cases.ports import World

_RESOLVED_AT_ONCE = 16
_MOST_FAULTS = 50
_UNREADABLE = Text(
    en="cannot be read with the present keys; send it again",
    ru="не читается имеющимися ключами; пришлите значение заново",
)

_NOT_SET = Text(en="there is no secret of this name here", ru="секрета с таким именем здесь нет")  # noqa: RUF001 - Russian


def exporter_type(world: World, name: str) -> ExporterType:
    """Raises UnavailableError: the manifest of a type in use is gone."""
    kind = world.catalogue.find(name)
    if kind is None:
        raise UnavailableError(
            Text(en=f"The exporter type {name} is not installed.", ru=f"Тип экспортёра {name} не установлен.")
        )
    return kind


def check_written(world: World, kind: ExporterType, config: Mapping[str, Any], stored: Source | None) -> WrittenConfig:
    """The configuration taken apart; `stored` is the source as it is, None for a new one.

    Raises:
        InvalidError: it does not fit; the complete configuration counts, kept secrets included.
    """
    faults = list(json_faults(dict(config), "config"))
    if faults:
        raise invalid(faults)
    written = take_apart(config, kind.manifest.secret_fields())
    faults = world.check_config(kind.name, complete_config(world, written, stored))
    if faults:
        raise invalid(faults)
    return written


def complete_config(world: World, written: WrittenConfig, stored: Source | None) -> dict[str, Any]:
    """With all secrets in clear, kept ones included. Raises InvalidError: a kept one does not open."""
    fresh = {field: secret.value for field, secret in written.fresh.items()}
    return {**written.plain, **_open_kept(world, written, stored), **fresh}


async def check_endpoints(world: World, kind: ExporterType, config: Mapping[str, Any], stored: Source | None) -> None:
    """Refuses vendor URLs that exporters may not call. Not asked within a transaction: names take time to resolve.

    Raises:
        EndpointRefusedError: names each field. A URL that is stored already is not looked up again.
    """
    faults = []
    for field in sorted(kind.manifest.endpoint_fields()):
        known = set(_urls(stored.config.get(field), field).values()) if stored else set()
        fresh = {path: url for path, url in _urls(config.get(field), field).items() if url not in known}
        faults.extend(await _refusals(world, fresh, kind.manifest.endpoint_schemes(field)))
    if faults:
        first = faults[0]
        detail = Text(en=f"{first.field}: {first.message.en}.", ru=f"{first.field}: {first.message.ru}.")
        raise EndpointRefusedError(detail, faults)


def seal_secrets(
    world: World, actor: str, name: str, written: WrittenConfig, stored: Source | None
) -> dict[str, SealedSecret]:
    """The secrets to store: kept ones, and fresh ones sealed unless they equal what is stored."""
    before = stored.secrets if stored else {}
    secrets = kept_secrets(written, before)
    for field, secret in written.fresh.items():
        known = before.get(field)
        if known is not None and _opens_to(world, name, field, known, secret.value):
            secrets[field] = known
        else:
            secrets[field] = SealedSecret(world.vault.seal(name, field, secret.value), world.now(), actor)
    return secrets


def with_expiry(secrets: Mapping[str, SealedSecret], expire: Mapping[str, date | None]) -> dict[str, SealedSecret]:
    """The secrets with the dates that people have told; null forgets one.

    Raises:
        InvalidError: a date for a secret that is not set.
    """
    unknown = [FieldFault(f"secrets_expire.{field[:63]}", _NOT_SET) for field in expire if field not in secrets]
    if unknown:
        raise invalid(unknown)
    return {
        field: replace(sealed, expires_on=expire[field]) if field in expire else sealed
        for field, sealed in secrets.items()
    }


def open_config(world: World, source: Source) -> dict[str, Any]:
    """The configuration with credentials in clear, for the orchestrator alone.

    Raises:
        UnreadableSecretError: a key is missing.
    """
    opened = {
        field: world.vault.open(source.name, field, sealed.ciphertext) for field, sealed in source.secrets.items()
    }
    return {**source.config, **opened}


def _open_kept(world: World, written: WrittenConfig, stored: Source | None) -> dict[str, Any]:
    opened: dict[str, Any] = {}
    if stored is None:
        return opened
    for field, sealed in kept_secrets(written, stored.secrets).items():
        try:
            opened[field] = world.vault.open(stored.name, field, sealed.ciphertext)
        except UnreadableSecretError:
            raise invalid([FieldFault(f"config.{field}", _UNREADABLE)]) from None
    return opened


def _opens_to(world: World, name: str, field: str, sealed: SealedSecret, value: Any) -> bool:
    try:
        return bool(world.vault.open(name, field, sealed.ciphertext) == value)
    except UnreadableSecretError:
        return False


def _urls(value: Any, field: str) -> dict[str, str]:
    """Of a field that holds one or a list of them, by path."""
    if isinstance(value, str):
        return {f"config.{field}": value}
    listed = enumerate(value) if isinstance(value, list) else ()
    return {f"config.{field}[{index}]": url for index, url in listed if isinstance(url, str)}


async def _refusals(world: World, urls: Mapping[str, str], schemes: Collection[str]) -> list[FieldFault]:
    """Many names are resolved side by side, each once, so that a long list takes no longer than its slowest."""
    distinct = list(dict.fromkeys(urls.values()))
    places = asyncio.Semaphore(_RESOLVED_AT_ONCE)

    async def refusal(url: str) -> Text | None:
        async with places:
            return await endpoint_refusal(world, url, schemes)

    messages = dict(zip(distinct, await asyncio.gather(*map(refusal, distinct)), strict=True))
    found = ((path, messages[url]) for path, url in urls.items())
    return [FieldFault(path, message) for path, message in found if message is not None][:_MOST_FAULTS]


async def endpoint_refusal(world: World, url: str, schemes: Collection[str]) -> Text | None:
    """Why this URL may not be called; None when it may. Resolves its name, which takes time."""
    try:
        endpoint = parse_endpoint(url, schemes)
    except EndpointShapeError as error:
        return error.message
    addresses = await world.resolve(endpoint.host)
    if not addresses:
        return unresolved(endpoint.host)
    refused = refused_address(addresses, world.private_endpoints)
    return address_refusal(endpoint.host, refused) if refused else None
