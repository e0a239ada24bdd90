"""A made-up fleet with an incident has the same past and present for whoever makes it."""

import asyncio

import pytest
from vitrina_sdk.testing.fleet import Fleet, make_fleet
from vitrina_sdk.testing.incident import DAY, KINDS, SITE, befall, dark_site, flapper, past

BEGAN = 1_800_000_000.0


def fallen(devices: int = 200) -> Fleet:
    fleet = make_fleet(devices, 1, macs=True)
    befall(fleet, list(KINDS), BEGAN)
    return fleet


def test_every_screen_of_the_site_is_dark_since_the_uplink_was_lost() -> None:
    site = dark_site(fallen())
    assert len(site) == 12
    assert {device.status for device in site} == {"offline"}
    assert all(SITE in device.name for device in site)
    assert all(36 < (BEGAN - device.offline_since) / 60 < 38 for device in site)


async def test_chance_leaves_what_befell_alone() -> None:
    fleet = fallen()
    others = [device for device in fleet.devices if device.id not in fleet.held]
    flipping = asyncio.create_task(fleet.flip(per_minute=1e9))
    while sum(device.revision for device in others) < 500:  # noqa: ASYNC110 - nothing says when a device flips
        await asyncio.sleep(0)
    flipping.cancel()
    assert {device.status for device in dark_site(fleet)} == {"offline"}
    assert flapper(fleet).revision == fallen().devices[0].revision


@pytest.mark.parametrize("devices", [1, 4, 5, 200])
def test_the_past_ends_in_the_present(devices: int) -> None:
    fleet = fallen(devices)
    for device, told in past(fleet, list(KINDS), BEGAN, 1):
        at, word = told[-1]
        assert word == device.status
        assert at <= BEGAN
        if word == "offline":
            assert at == device.offline_since


def test_whoever_makes_the_fleet_gets_the_same_past() -> None:
    one, other = ({device.id: told for device, told in past(fallen(), list(KINDS), BEGAN, 1)} for _ in range(2))
    assert one.keys() == other.keys()
    for device_id, told in one.items():
        assert [word for _, word in told] == [word for _, word in other[device_id]]
        assert [at for at, _ in told] == pytest.approx([at for at, _ in other[device_id]], abs=1)


def test_a_flapper_changed_many_times_an_hour() -> None:
    fleet = fallen()
    told = next(told for device, told in past(fleet, list(KINDS), BEGAN, 1) if device is flapper(fleet))
    assert len([at for at, _ in told if at > BEGAN - 3600]) >= 12
    assert told[0] == (BEGAN - DAY, "online")
