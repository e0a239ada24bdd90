"""What befalls a made-up fleet, and the day that went before: told from the instant at which a demo began.

A site loses its uplink, so that every screen of it is dark at once; one screen flaps. The same fleet has the same past
whoever asks, so that what a monitoring system has recorded agrees with what the vendor says next.
"""

import asyncio
import random
from collections.abc import Iterator
from typing import Final

from vitrina_sdk.testing.fleet import Fleet, SimulatedDevice

DAY: Final = 86_400
CITY: Final = "Казань"
SITE: Final = "ТЦ «Кольцо»"
FLOORS: Final = 4
KINDS: Final = ("dark-site", "flapper")

_SITE_SHARE: Final = 0.061
_SMALLEST_SITE: Final = 4
_UPLINK_LOST: Final = 37 * 60
_FLAPPER_SECONDS: Final = 4 * 60
_FLAPS: Final = 25
_OUTAGE_SHARE: Final = 0.08
_OUTAGES: Final = 2
_OUTAGE_SECONDS: Final = (3 * 60, 90 * 60)

Told = tuple[float, str]
"""Unix seconds, and the vendor's word from then on."""


def befall(fleet: Fleet, kinds: list[str], began: float) -> None:
    """Makes the fleet as it was at `began`, in Unix seconds, and lets happen what `kinds` of `KINDS` say."""
    for device in fleet.devices:
        device.offline_since += began - fleet.made_at
    if "dark-site" in kinds:
        for place, device in enumerate(dark_site(fleet)):
            fleet.rename(device, f"{CITY}, {SITE}, {place % FLOORS + 1} этаж, экран {place // FLOORS + 1}")
            fleet.set_status(device, "offline")
            device.offline_since = began - _UPLINK_LOST - device.index % 7
            fleet.held.add(device.id)  # one that came back by chance would end the incident
    if "flapper" in kinds:
        device = flapper(fleet)
        fleet.set_status(device, "offline")
        device.offline_since = began - _FLAPPER_SECONDS / 2
        fleet.held.add(device.id)


def dark_site(fleet: Fleet) -> list[SimulatedDevice]:
    """The screens of the site, at most all of a small fleet."""
    return fleet.devices[-max(_SMALLEST_SITE, round(len(fleet.devices) * _SITE_SHARE)) :]


def flapper(fleet: Fleet) -> SimulatedDevice:
    return fleet.devices[0]


async def flap(fleet: Fleet) -> None:
    """Turns the flapper on and off, for ever."""
    device = flapper(fleet)
    while True:
        await asyncio.sleep(_FLAPPER_SECONDS)
        fleet.set_status(device, "offline" if device.status == "online" else "online")


def past(fleet: Fleet, kinds: list[str], began: float, seed: int) -> Iterator[tuple[SimulatedDevice, list[Told]]]:
    """Of each device, what the vendor said over the day before `began`: its word at the day's start, then each change.

    Call it for a fleet that `befall` has made.
    """
    dice = random.Random(seed + 2)  # noqa: S311 - a simulation
    flapping = flapper(fleet) if "flapper" in kinds else None
    for device in fleet.devices:
        if device is flapping:
            yield device, _flapped(device, began)
        elif device.status == "online":
            yield device, _online_now(dice, began)
        else:
            yield device, _dark_now(device, began)


def _dark_now(device: SimulatedDevice, began: float) -> list[Told]:
    if device.offline_since <= began - DAY:
        return [(device.offline_since, "offline")]
    return [(began - DAY, "online"), (device.offline_since, "offline")]


def _online_now(dice: random.Random, began: float) -> list[Told]:
    told: list[Told] = [(began - DAY, "online")]
    if dice.random() < _OUTAGE_SHARE:
        for part in range(dice.randint(1, _OUTAGES)):
            from_, seconds = dice.uniform(0.05, 0.4), dice.uniform(*_OUTAGE_SECONDS)
            at = began - DAY + (part / _OUTAGES + from_) * DAY
            told += [(at, "offline"), (at + seconds, "online")]
    return told


def _flapped(device: SimulatedDevice, began: float) -> list[Told]:
    """Ends as it is now; before each change it was the other way round."""
    told = [(device.offline_since, "offline")]
    for number in range(1, _FLAPS):
        told.insert(0, (device.offline_since - number * _FLAPPER_SECONDS, "offline" if number % 2 == 0 else "online"))
    return [(began - DAY, "online" if told[0][1] == "offline" else "offline"), *told]
