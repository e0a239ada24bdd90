"""No page breaks WCAG 2.2 AA as far as a machine can tell: axe looks at each, with data in it."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from vitrina_e2e.pages import Tab
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.web_pages import WebPage, looks, web_pages

pytestmark = pytest.mark.e2e
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
STILL = {"reduced_motion": "reduce"}
"""Colours are measured as they are at rest."""
PHONE = {**STILL, "viewport": {"width": 390, "height": 780}, "has_touch": True}
DESKTOP = {**STILL, "viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def pages(vendors: dict[str, Vendor]) -> tuple[WebPage, ...]:
    vendor = vendors["addreality"]
    return web_pages((vendor.platform, vendor.source, vendor.some("offline")[0]))


def test_no_page_breaks_a_rule_of_accessibility(
    new_tab: Callable[..., Tab], system: System, pages: tuple[WebPage, ...]
) -> None:
    expect_accessible(new_tab(**DESKTOP, locale="ru-RU", color_scheme="dark"), system, pages)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_no_page_breaks_a_rule_in_either_language_and_theme_on_desktop_and_phone(
    new_tab: Callable[..., Tab], system: System, pages: tuple[WebPage, ...]
) -> None:
    for look in looks():
        for size in (DESKTOP, PHONE):
            expect_accessible(new_tab(**size, **look), system, pages)


def expect_accessible(tab: Tab, system: System, pages: tuple[WebPage, ...]) -> None:
    tab.open("/")
    expect(tab.page.locator("input[name=username]")).to_be_visible()
    found = {"login": violations(tab)}
    tab.give_credentials("admin", system.password)
    expect(tab.page.get_by_role("navigation").first).to_be_visible()
    for page in pages:
        page.open(tab)
        found[page.name] = violations(tab)
    pages[0].open(tab)
    tab.page.keyboard.press("Control+KeyK")
    expect(tab.page.get_by_role("combobox")).to_be_visible()
    found["palette"] = violations(tab)
    assert {name: broken for name, broken in found.items() if broken} == {}


def violations(tab: Tab) -> list[str]:
    """Rule and place of each."""
    result = Axe().run(tab.page, options=RULES).response
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
