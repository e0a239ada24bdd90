"""Rows of the devices list are chosen by mouse and keyboard, and what is done with them is done to them alone."""

import csv
import io
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from vitrina_e2e.pages import DevicesPage, Tab
from vitrina_e2e.people import Person
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until

pytestmark = pytest.mark.e2e


class Selection:
    """The list of one source's devices by name, its boxes, and the bar below."""

    def __init__(self, tab: Tab, source: str) -> None:
        self.page = tab.page
        self.list = DevicesPage(tab)
        self.list.open(f"?source={source}&sort=device_id")
        self.bar: Locator = tab.page.get_by_role("region", name="Selected devices")
        self.count: Locator = self.bar.get_by_role("status")
        self.every: Locator = self.list.table.locator("thead input[type=checkbox]")
        self.total = int(re.sub(r"\D", "", self.list.total.inner_text()))

    def box(self, index: int) -> Locator:
        return self.list.table.locator(f"tbody input[data-row='{index}']")

    def key(self, index: int) -> str:
        return str(self.list.rows.nth(index).get_attribute("data-device")).rsplit("/", 1)[1]

    def keys(self, indexes: range) -> list[str]:
        return [self.key(index) for index in indexes]

    def table(self) -> list[dict[str, str]]:
        """The downloaded CSV."""
        with self.page.expect_download() as download:
            self.bar.get_by_role("button", name="CSV").click()
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def vendor(vendors: dict[str, Vendor]) -> Vendor:
    return vendors["addreality"]


def test_rows_are_chosen_one_by_one_from_to_and_all_but_one(admin_tab: Tab, vendor: Vendor) -> None:
    chosen = Selection(admin_tab, vendor.source)
    chosen.box(1).check()
    chosen.box(4).click(modifiers=["Shift"])
    expect(chosen.count).to_have_text("4 selected")
    assert [row["Device id"] for row in chosen.table()] == chosen.keys(range(1, 5))
    chosen.every.click()
    expect(chosen.count).to_have_text(f"{chosen.total} selected")
    chosen.box(0).uncheck()
    expect(chosen.count).to_have_text(f"{chosen.total - 1} selected")
    assert len(chosen.table()) == chosen.total - 1
    assert chosen.every.evaluate("box => box.indeterminate")

    # By keyboard: the row that has the focus, then all up to another; Escape lets go.
    chosen.page.keyboard.press("Escape")
    expect(chosen.bar).to_have_count(0)
    chosen.list.row((vendor.platform, vendor.source, chosen.key(0))).get_by_role("link").focus()
    for press in ("KeyX", "KeyJ", "KeyJ", "Shift+KeyX"):
        chosen.page.keyboard.press(press)
    expect(chosen.count).to_have_text("3 selected")
    expect(chosen.box(1)).to_be_checked()
    expect(chosen.box(1)).to_have_accessible_name(re.compile("^Select "))
    chosen.page.locator("input[name=search]").fill("nothing like this")
    expect(chosen.bar).to_have_count(0)


def test_chosen_devices_get_facts_a_carer_and_silence_which_can_be_taken_back(
    admin_tab: Tab, admin: Person, vendor: Vendor
) -> None:
    chosen = Selection(admin_tab, vendor.source)
    ids = chosen.keys(range(3))
    chosen.box(0).check()
    chosen.box(2).click(modifiers=["Shift"])

    chosen.bar.get_by_role("button", name="Facts…").click()
    dialog = chosen.page.get_by_role("dialog")
    dialog.get_by_label("City", exact=True).fill("Selection City")
    dialog.get_by_label("Latitude", exact=True).fill("north")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("must be a number")).to_be_visible()
    dialog.get_by_label("Latitude", exact=True).fill("55,75")
    expect(dialog.get_by_role("status")).to_have_text("Sets: City, Latitude · 3 devices")
    dialog.get_by_role("button", name="Save").click()
    expect(chosen.page.get_by_text("Facts of 3 devices were saved")).to_be_visible()

    def in_city() -> list[str]:
        return [device["device_id"] for device in admin.devices(city="Selection City", sort="device_id")]

    until(lambda: in_city() == ids, seconds=20, what="the gateway knows the city")
    chosen.page.get_by_role("button", name="Undo").click()
    until(lambda: in_city() == [], seconds=20, what="the city is taken back")

    chosen.bar.get_by_role("button", name="Take care…").click()
    dialog.get_by_label("Note").fill("truck is on its way")
    dialog.get_by_role("button", name="Save").click()
    expect(chosen.page.get_by_text("3 devices are counted apart now")).to_be_visible()
    chosen.page.get_by_role("button", name="Undo").click()
    until(lambda: admin.devices(work="in_repair") == [], seconds=20, what="nobody takes care of them")

    chosen.bar.get_by_role("button", name="Silence…").click()
    dialog.get_by_label("Why").fill("works on the roof")
    dialog.get_by_role("button", name="Silence").click()
    expect(chosen.page.get_by_text("Silenced", exact=True)).to_be_visible()
    (made,) = active_silences(admin, "works on the roof")
    assert {matcher["name"]: matcher["value"] for matcher in made["matchers"]} == {
        "platform": vendor.platform,
        "source": vendor.source,
        "device_id": "|".join(ids),
    }
    chosen.page.get_by_role("button", name="Undo").click()
    until(lambda: active_silences(admin, "works on the roof") == [], seconds=20, what="the silence is ended")


@pytest.mark.long
def test_a_manager_chooses_rows_and_is_offered_no_facts(
    new_tab: Callable[..., Tab], admin: Person, vendor: Vendor
) -> None:
    name, password = f"chooser-{secrets.token_hex(4)}", secrets.token_urlsafe(18)
    body = {"username": name, "password": password, "role": "manager", "sources": [vendor.source]}
    admin.ask("POST", "/api/auth/users", json=body).raise_for_status()
    tab = new_tab()
    tab.sign_in(name, password)
    chosen = Selection(tab, vendor.source)
    chosen.box(0).check()
    expect(chosen.bar.get_by_role("button", name="Take care…")).to_be_visible()
    expect(chosen.bar.get_by_role("button", name="Facts…")).to_have_count(0)


def active_silences(person: Person, comment: str) -> list[dict[str, Any]]:
    return [
        each
        for each in person.read("/api/v1/silences")["items"]
        if each["comment"] == comment and each["state"] != "expired"
    ]
