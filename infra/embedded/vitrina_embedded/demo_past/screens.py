"""The demo's screens with their day: those of the two simulators, and those of an account whose token has expired."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vitrina_contracts.device import Cause, DeviceKey, Status
from vitrina_sdk.testing import incident
from vitrina_sdk.testing.fleet import SimulatedDevice, make_fleet

from vitrina_embedded.demo_sources import EXPIRED_PLATFORM, EXPIRED_SOURCE
from vitrina_embedded.processes import INCIDENTS

SEED: Final = 1
"""The simulators' own."""

_EXPIRED_SEED: Final = 8
_EXPIRED_SCREENS: Final = 48
_EXPIRED_SECONDS: Final = 3 * 3600 + 240
_EXPIRED_CITIES: Final = ("Самара", "Саратов", "Волгоград", "Ульяновск")

Told = tuple[float, Status, Cause | None]
"""Unix seconds, and how the screen was from then on."""


@dataclass(frozen=True)
class Screen:
    key: DeviceKey
    name: str
    city: str
    site: str
    device: SimulatedDevice
    told: list[Told]
    """At least one; the first is as of the day's start or earlier."""


def screens(devices: int, began: float) -> Iterator[Screen]:
    """`devices` of each vendor, and the others. `began`: the demo's first start, in Unix seconds."""
    for platform, kind in INCIDENTS.items():
        kinds = [kind]
        fleet = make_fleet(devices, SEED, macs=platform == "cubicmedia")
        incident.befall(fleet, kinds, began)
        at_site = {device.id for device in incident.dark_site(fleet)} if "dark-site" in kinds else set()
        for device, told in incident.past(fleet, kinds, began, SEED):
            city, _, address = device.name.partition(", ")
            site = incident.SITE if device.id in at_site else f"{city}, {address.rpartition(' ')[0]}"
            key = (platform, f"demo-{platform}", device.id)
            yield Screen(key, device.name, city, site, device, [_of_vendor(*each) for each in told])
    yield from _of_expired_account(began)


def _of_vendor(at: float, word: str) -> Told:
    status = Status(word)
    return at, status, Cause.REPORTED_OFFLINE if status is Status.OFFLINE else None


def _of_expired_account(began: float) -> Iterator[Screen]:
    dice = random.Random(_EXPIRED_SEED)  # noqa: S311 - a simulation
    for number, device in enumerate(make_fleet(_EXPIRED_SCREENS, _EXPIRED_SEED, macs=False).devices):
        city = dice.choice(_EXPIRED_CITIES)
        address = device.name.partition(", ")[2]
        told: list[Told] = [
            (began - incident.DAY, Status.ONLINE, None),
            (began - _EXPIRED_SECONDS, Status.UNKNOWN, Cause.UNAUTHORIZED),
        ]
        key = (EXPIRED_PLATFORM, EXPIRED_SOURCE, f"{9_000 + number}")
        yield Screen(key, f"{city}, {address}", city, f"{city}, {address.rpartition(' ')[0]}", device, told)
