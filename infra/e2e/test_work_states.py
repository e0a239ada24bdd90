"""A dark screen that somebody takes care of leaves the dark ones for a count of its own, and can be put back."""

import re

import pytest
from playwright.sync_api import Locator, expect
from vitrina_e2e.pages import Tab
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.web_pages import device_path

pytestmark = pytest.mark.e2e


def strip(tab: Tab, word: str) -> Locator:
    return tab.page.get_by_label("Right now").get_by_role("link", name=re.compile(rf"\d {word}$"))


def number(link: Locator) -> int:
    return int(re.sub(r"\D", "", link.inner_text()))


def test_a_dark_screen_is_taken_care_of_counted_apart_and_put_back(admin_tab: Tab, vendors: dict[str, Vendor]) -> None:
    vendor = vendors["addreality"]
    (device_id,) = vendor.some("offline", 1)
    admin_tab.open(f"/devices?status=offline&device={vendor.platform}/{vendor.source}/{device_id}")
    dark = strip(admin_tab, "offline")
    expect(dark).to_be_visible()
    before = number(dark)

    drawer = admin_tab.page.get_by_role("dialog")
    drawer.get_by_role("button", name="Take care of it").click()
    dialog = admin_tab.page.get_by_role("dialog", name="Who takes care")
    dialog.get_by_label("Note").fill("panel ordered")
    dialog.get_by_label("Link to the ticket").fill("https://tickets.example/17")
    dialog.get_by_role("button", name="In 7 days").click()
    dialog.get_by_role("button", name="Save").click()
    expect(drawer.get_by_text("In repair")).to_be_visible()
    expect(strip(admin_tab, "in work")).to_have_text("1 in work")
    expect(dark).to_have_text(f"{before - 1} offline")

    admin_tab.open("/devices?work=in_repair")
    expect(admin_tab.page.locator("tr[data-device]")).to_have_count(1)
    admin_tab.open(device_path((vendor.platform, vendor.source, device_id)))
    expect(admin_tab.page.get_by_role("link", name="https://tickets.example/17")).to_be_visible()
    admin_tab.page.get_by_role("button", name="End").click()
    expect(dark).to_have_text(f"{before} offline")
    admin_tab.page.get_by_role("button", name="Undo").click()
    expect(dark).to_have_text(f"{before - 1} offline")
    admin_tab.page.get_by_role("button", name="End").click()
    expect(strip(admin_tab, "in work")).to_have_count(0)
