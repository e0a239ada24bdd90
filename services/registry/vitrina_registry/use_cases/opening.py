"""Which places are open now, by the hours that people declared of devices and as the default of a source.

Series are asked for each minute and there may be 100,000 devices, so what is declared is kept between two questions and
only what changed is read again; places with the same hours are judged together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from vitrina_contracts.facts import FactsItem
from vitrina_kit.opening_hours import Hours, hours_of, is_open

from vitrina_registry.domain.facts import DeviceKey
from vitrina_registry.use_cases.desired import known_sources
from vitrina_registry.use_cases.facts import facts_since
from vitrina_registry.use_cases.ports import World

SourceKey = tuple[str, str]
"""`(platform, source)`."""

_NO_LABELS: Final[Mapping[str, str]] = {}


class DeclaredPlace(NamedTuple):
    """What series tell of a device."""

    site: str
    city: str
    rule: str | None
    time_zone: str | None


@dataclass(frozen=True)
class OpenNow:
    """Of devices with hours or a zone of their own, and of sources with default hours; others are not named."""

    devices: Mapping[DeviceKey, bool]
    sources: Mapping[SourceKey, bool]


class DeclaredPlaces:
    """What people told of devices, as far as series tell of it."""

    def __init__(self) -> None:
        self._version = 0
        self.by_device: dict[DeviceKey, DeclaredPlace] = {}

    async def renew(self, world: World) -> None:
        delta = await facts_since(world, self._version)
        places = {} if delta.full else self.by_device
        for item in delta.items:
            key = DeviceKey(item.platform, item.source, item.device_id)
            place = _place(item)
            if any(place):
                places[key] = place
            else:
                places.pop(key, None)
        self.by_device, self._version = places, delta.version


async def open_now(world: World, places: DeclaredPlaces) -> OpenNow:
    now = world.now()
    labels = {(known.platform, known.source): known.labels for known in await known_sources(world)}
    judged: dict[tuple[str | None, str | None, SourceKey], bool | None] = {}
    devices = {}
    for key, place in places.by_device.items():
        if place.rule is None and place.time_zone is None:
            continue
        source = (key.platform, key.source)
        group = (place.rule, place.time_zone, source)
        if group not in judged:
            judged[group] = _judged(hours_of(*group[:2], labels.get(source, _NO_LABELS)), now)
        is_open_now = judged[group]
        if is_open_now is not None:
            devices[key] = is_open_now
    return OpenNow(devices, dict(_of_sources(labels, now)))


def _place(item: FactsItem) -> DeclaredPlace:
    return DeclaredPlace(item.site or "", item.city or "", item.opening_hours or None, item.time_zone)


def _of_sources(labels: Mapping[SourceKey, Mapping[str, str]], now: datetime) -> Iterator[tuple[SourceKey, bool]]:
    for source, own in labels.items():
        is_open_now = _judged(hours_of(None, None, own), now)
        if is_open_now is not None:
            yield source, is_open_now


def _judged(hours: Hours | None, now: datetime) -> bool | None:
    return None if hours is None else is_open(hours, now)
