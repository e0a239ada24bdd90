"""Sources that share an account - same exporter, endpoint and credentials - and share out its devices."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from vitrina_contracts.manifest import Manifest
from vitrina_contracts.selection import DeviceSelection

from vitrina_registry.domain.errors import UnreadableSecretError, invalid
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.selection import overlap_faults, selection_of
from vitrina_registry.domain.source import Source
from vitrina_registry.use_cases.ports import UnitOfWork, World
from vitrina_registry.use_cases.source_config import exporter_type, open_config


async def refuse_overlap(world: World, uow: UnitOfWork, exporter: Exporter, source: Source) -> None:
    """Raises InvalidError: it would claim devices of its account that another source of the locked exporter has."""
    manifest = exporter_type(world, exporter.type).manifest
    if manifest.selection_fields():
        config = open_config(world, source)
        await require_own(manifest, config, await others_of_account(world, uow, exporter, source.name, config))


async def others_of_account(
    world: World, uow: UnitOfWork, exporter: Exporter, name: str | None, config: Mapping[str, Any]
) -> dict[str, DeviceSelection | None]:
    """What the other sources of this account select, by name; null for one that has every device of it.

    `config` is complete, with credentials in clear; `name` is its source's, null while it has none.
    """
    manifest = exporter_type(world, exporter.type).manifest
    fields, account = manifest.selection_fields(), _account(manifest, config)
    if not fields:
        return {}
    found: dict[str, DeviceSelection | None] = {}
    for source in await uow.sources.of(exporter.name):
        if source.name != name and _account_of(world, manifest, source) == account:
            found[source.name] = selection_of(fields, source.config)
    return found


async def require_own(
    manifest: Manifest, config: Mapping[str, Any], others: Mapping[str, DeviceSelection | None]
) -> None:
    """Raises InvalidError: names each field that claims what another source has, and that source."""
    fields = manifest.selection_fields()
    # A hundred patterns beside a hundred of each other source take a while, which nobody else shall wait for.
    faults = await asyncio.to_thread(overlap_faults, fields, selection_of(fields, config), others)
    if faults:
        raise invalid(faults)


def leaders(manifest: Manifest, opened: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    """By source that selects devices: the first, by name, of those that share its account.

    `opened` are names and complete configurations of an exporter's sources.
    """
    fields = manifest.selection_fields()
    chosen = [(name, config) for name, config in sorted(opened) if selection_of(fields, config) is not None]
    first: dict[tuple[Any, ...], str] = {}
    return {name: first.setdefault(_account(manifest, config), name) for name, config in chosen}


def _account_of(world: World, manifest: Manifest, source: Source) -> tuple[Any, ...] | None:
    """Null when its credentials do not open: then nobody can tell whose they are."""
    try:
        return _account(manifest, open_config(world, source))
    except UnreadableSecretError:
        return None


def _account(manifest: Manifest, config: Mapping[str, Any]) -> tuple[Any, ...]:
    """Equal for sources that a vendor cannot tell apart. Holds credentials: it is compared and forgotten."""
    fields = sorted(manifest.endpoint_fields() | manifest.secret_fields())
    return tuple(repr(config.get(field)) for field in fields)
