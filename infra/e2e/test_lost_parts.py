"""Code, styles and texts that do not come at once, as when the network changes: asked for again, then told."""

import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect
from vitrina_e2e.pages import WORDS, DevicesPage, Tab
from vitrina_e2e.system import System

pytestmark = pytest.mark.e2e
PARTS = ("ru-", "DeviceDrawer-", "ru.device-", "Palette-", "ExportersPage-")


class Losses:
    """Loses requests for parts of the page and counts how often each was made."""

    def __init__(self, page: Page, part: str, lost: Callable[[str, int], bool]) -> None:
        self._lost = lost
        self.asked: Counter[str] = Counter()
        self._page, self._pattern = page, f"**/assets/{part}*"  # the browser may be asked by another address
        page.route(self._pattern, self._answer)

    def _answer(self, route: Route) -> None:
        name = urlsplit(route.request.url).path.rpartition("/")[2]
        self.asked[name] += 1
        if self._lost(name, self.asked[name]):
            route.abort("connectionreset")
        else:
            route.continue_()

    def end(self) -> None:
        self._page.unroute(self._pattern)

    def asked_for(self, part: str) -> int:
        return max((times for name, times in self.asked.items() if name.startswith(part)), default=0)


@pytest.mark.parametrize("part", ["*.js", "EntryFrame-*.css", "en-*.js"])
def test_before_a_page_stands_it_is_loaded_anew(tab: Tab, part: str) -> None:
    losses = Losses(tab.page, part, lambda _, __: losses.asked.total() == 1)
    tab.open("/overview")
    expect(tab.page.locator("input[name=username]")).to_be_visible(timeout=15_000)
    assert losses.asked.total() > 1


def test_every_part_of_a_standing_page_whose_first_request_is_lost_comes_all_the_same(admin_tab: Tab) -> None:
    """Not what such a part imports in turn: Chromium before 156 gives that up for good, and the page tells so."""
    page = admin_tab.page
    devices = DevicesPage(admin_tab)
    devices.open()
    losses = Losses(page, "", lambda name, times: times == 1 and name.startswith(PARTS))

    admin_tab.choose_language("ru")
    expect(admin_tab.heading).to_have_text(WORDS["ru"]["devices"])
    devices.rows.nth(1).click()
    expect(page.get_by_role("dialog").get_by_role("heading").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+K")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("navigation").get_by_role("link", name="Экспортёры").click()
    expect(page.locator("[data-exporter]").first).to_be_visible()

    for part in PARTS:
        assert losses.asked_for(part) > 1, part
    assert page.evaluate("[...document.querySelectorAll('link[rel=stylesheet]')].every((link) => link.sheet)")


def test_texts_that_never_come_are_told_and_come_with_the_next_load(
    new_tab: Callable[..., Tab], system: System
) -> None:
    tab = new_tab(locale="ru-RU")
    tab.sign_in("admin", system.password, at="/devices")
    losses = Losses(tab.page, "en-*.js", lambda _, __: True)

    tab.choose_language("en")
    told = tab.page.get_by_role("status").filter(has_text="Часть страницы не пришла")
    expect(told).to_be_visible(timeout=15_000)
    expect(tab.heading).to_have_text(WORDS["ru"]["devices"])
    assert losses.asked.total() == 4

    losses.end()
    told.get_by_role("button", name="Загрузить снова").click()
    expect(tab.heading).to_have_text(WORDS["en"]["devices"])


@pytest.mark.long
def test_a_page_that_never_comes_is_told_in_its_place(admin_tab: Tab) -> None:
    losses = Losses(admin_tab.page, "AuditPage-*.js", lambda _, __: True)
    admin_tab.page.get_by_role("navigation").get_by_role("link", name="Audit").click()
    told = admin_tab.page.get_by_role("alert").filter(has_text="A part of the page did not come")
    expect(told).to_be_visible(timeout=15_000)

    losses.end()
    told.get_by_role("button", name="Try again").click()
    expect(admin_tab.heading).to_have_text(re.compile("Audit"))
