"""A screen goes dark: the open page shows it, and whoever listens on NATS hears of it once."""

import time

import pytest
from playwright.sync_api import expect
from vitrina_contracts.device import DeviceKey
from vitrina_e2e.bus import BusListener
from vitrina_e2e.pages import DevicesPage, Tab
from vitrina_e2e.people import Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import OTHER_STATUS, Vendor
from vitrina_e2e.waiting import until, until_equal

pytestmark = pytest.mark.e2e
EVALUATIONS_LATER = 3


@pytest.mark.parametrize("platform", [pytest.param("addreality", marks=pytest.mark.long), "cubicmedia"])
def test_a_flip_reaches_the_open_page_without_a_reload_and_is_stored_once(
    platform: str, *, system: System, vendors: dict[str, Vendor], admin: Person, admin_tab: Tab, bus: BusListener
) -> None:
    vendor = vendors[platform]
    (device_id,) = vendor.some("online")
    key = (platform, vendor.source, device_id)
    allowed = system.setting("POLL_INTERVAL") + system.setting("SCRAPE_INTERVAL") + 5
    devices = DevicesPage(admin_tab)
    devices.open(f"?search={device_id}")
    row = devices.row(key)
    expect(row).to_have_attribute("data-status", "online")
    admin_tab.mark()

    stored, total = bus.stored(key), bus.total()
    for flips in (1, 2):
        status = vendor.flip(device_id)
        flipped = time.monotonic()
        expect(row).to_have_attribute("data-status", status, timeout=allowed * 1000)
        on_page = time.monotonic() - flipped
        until_equal(lambda: bus.stored(key), stored + flips, seconds=allowed - on_page, what="the flip is stored")
        print(f"{platform}: on the page after {on_page:.1f} s, stored after {time.monotonic() - flipped:.1f} s")
        expect_last_event(bus, key, status)

    await_evaluations(admin, EVALUATIONS_LATER)
    assert bus.stored(key) == stored + 2
    assert bus.total() == total + 2  # nothing was told about devices that did not change
    assert admin_tab.is_marked


def await_evaluations(admin: Person, count: int) -> None:
    """Until the gateway has looked at the monitoring `count` times more."""
    seen: set[str] = set()

    def look() -> bool:
        seen.add(admin.overview()["as_of"])
        return len(seen) > count

    until(look, seconds=15 * count, what="further evaluations")


def expect_last_event(bus: BusListener, key: DeviceKey, status: str) -> None:
    event = bus.last(key)
    device = event["device"]
    assert (device["platform"], device["source"], device["device_id"]) == key
    assert (event["previous"], device["status"]) == (OTHER_STATUS[status], status)
    assert event["removed"] is False
