"""Devices that two sources have: the second costs requests and shows the device twice, so people are told before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vitrina_registry.domain.device_list import normalised
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.source import Source
from vitrina_registry.use_cases.ports import UnitOfWork, World
from vitrina_registry.use_cases.source_config import exporter_type


@dataclass(frozen=True)
class SharedDevice:
    device_id: str
    source: str
    """Another source that has it."""


def devices_of(source: Source, field: str) -> list[str]:
    value: Any = source.config.get(field)
    return [device for device in value if isinstance(device, str)] if isinstance(value, list) else []


async def shared_devices(world: World, uow: UnitOfWork, exporter: Exporter, source: Source) -> list[SharedDevice]:
    """Devices of this source that another one has too; none where the vendor lists them."""
    fields = exporter_type(world, exporter.type).manifest.device_fields()
    if not fields:
        return []
    elsewhere = await devices_elsewhere(world, uow, exporter, source.name)
    own = [device for field in sorted(fields) for device in devices_of(source, field)]
    return [SharedDevice(device, elsewhere[key]) for device in own if (key := normalised(device)) in elsewhere]


async def devices_elsewhere(world: World, uow: UnitOfWork, exporter: Exporter, name: str) -> Mapping[str, str]:
    """Normalised devices of the other sources of this type, and the name of the source that has it."""
    fields = sorted(exporter_type(world, exporter.type).manifest.device_fields())
    siblings = [other for other in await uow.exporters.all() if other.type == exporter.type]
    found: dict[str, str] = {}
    for sibling in siblings:
        for source in await uow.sources.of(sibling.name):
            if source.name != name:
                found |= {normalised(d): source.name for field in fields for d in devices_of(source, field)}
    return found
