"""A minute after one command a person sees, in a browser, which screens of two vendors are dark."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from vitrina_e2e.pages import WORDS, DevicesPage, Tab
from vitrina_e2e.people import Person
from vitrina_e2e.system import FirstMinute, System
from vitrina_e2e.vendors import Vendor

pytestmark = pytest.mark.e2e


def test_within_a_minute_every_device_of_both_vendors_is_listed_with_the_vendors_own_status(
    first_minute: FirstMinute, admin: Person, vendors: dict[str, Vendor]
) -> None:
    assert first_minute.listed_seconds < 60
    assert sorted(vendors) == ["addreality", "cubicmedia"]
    for vendor in vendors.values():
        truth = vendor.truth()
        assert set(truth.values()) == {"online", "offline"}
        assert admin.statuses(vendor.source) == truth


def test_a_person_signs_in_and_sees_the_vendors_statuses(tab: Tab, system: System, vendors: dict[str, Vendor]) -> None:
    tab.open("/")
    expect(tab.page.locator("button[type=submit]")).to_be_visible()
    tab.give_credentials("admin", system.password)
    expect(tab.heading).to_have_text("Overview")

    tab.page.get_by_role("navigation").get_by_role("link", name="Devices").click()
    devices = DevicesPage(tab)
    expect(devices.rows.first).to_be_visible()
    assert len(devices.statuses()) > 10
    for vendor in vendors.values():
        for status in ("online", "offline"):
            (device_id,) = vendor.some(status)
            devices.search.fill(device_id)
            row = devices.row((vendor.platform, vendor.source, device_id))
            expect(row).to_have_attribute("data-status", status)
            expect(row).to_contain_text(WORDS["en"][status])
            expect(row).to_contain_text(vendor.name_of(device_id))


def test_counts_on_the_page_are_the_vendors(admin_tab: Tab, vendors: dict[str, Vendor]) -> None:
    truths = [status for vendor in vendors.values() for status in vendor.truth().values()]
    devices = DevicesPage(admin_tab)
    devices.open()
    expect(devices.total).to_have_text(f"{len(truths)} devices")
    for status in ("online", "offline", "unknown"):
        expect(devices.facet(status)).to_contain_text(str(truths.count(status)))


def test_a_slash_puts_the_cursor_into_the_search_whose_text_outlives_a_reload(
    admin_tab: Tab, vendors: dict[str, Vendor]
) -> None:
    vendor = vendors["cubicmedia"]
    (device_id,) = vendor.some("offline")
    word = vendor.name_of(device_id)
    devices = DevicesPage(admin_tab)
    devices.open()

    admin_tab.page.keyboard.press("/")
    expect(devices.search).to_be_focused()
    admin_tab.page.keyboard.type(word)
    expect(devices.search).to_have_value(word)  # the slash itself did not go in
    expect(admin_tab.page).to_have_url(re.compile(rf"search={re.escape(quote(word[:3]))}"))
    expect(devices.row((vendor.platform, vendor.source, device_id))).to_be_visible()
    shown = admin_tab.page.url

    admin_tab.page.reload()
    expect(devices.search).to_have_value(word)
    expect(devices.row((vendor.platform, vendor.source, device_id))).to_be_visible()
    assert admin_tab.page.url == shown


def test_a_slash_on_another_page_leads_to_the_search(admin_tab: Tab) -> None:
    admin_tab.open("/exporters")
    expect(admin_tab.heading).to_have_text("Exporters")
    admin_tab.page.keyboard.press("/")
    expect(DevicesPage(admin_tab).search).to_be_focused()


def test_the_page_speaks_russian_and_english_and_remembers_the_choice(
    new_tab: Callable[..., Tab], system: System
) -> None:
    tab = new_tab(locale="ru-RU")
    tab.open("/")
    expect(tab.page.locator("button[type=submit]")).to_have_text("Войти")
    tab.sign_in("admin", system.password, at="/devices")
    expect_language(tab, "ru")

    tab.choose_language("en")
    expect_language(tab, "en")
    tab.page.reload()
    expect_language(tab, "en")

    tab.choose_language("ru")
    expect_language(tab, "ru")


def expect_language(tab: Tab, language: str) -> None:
    words = WORDS[language]
    expect(tab.heading).to_have_text(words["devices"])
    expect(tab.page.locator("html")).to_have_attribute("lang", language)
    row = DevicesPage(tab).rows.first
    expect(row).to_contain_text(re.compile(f"{words['online']}|{words['offline']}"))


def test_a_wrong_password_is_said_and_lets_nobody_in(tab: Tab) -> None:
    tab.open("/devices")
    tab.give_credentials("admin", "not the password")
    expect(tab.page.get_by_role("alert")).to_contain_text("password is wrong")
    expect(tab.page.get_by_role("navigation")).not_to_be_visible()
