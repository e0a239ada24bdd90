"""No page breaks WCAG 2.2 AA as far as a machine can tell: axe looks at each, with data in it."""

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from vitrina_e2e.pages import Tab
from vitrina_e2e.people import WHATEVER, Person
from vitrina_e2e.scenes import Scene, scenes
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.web_pages import WebPage, looks, web_pages
from vitrina_embedded.home import ROOT

pytestmark = pytest.mark.e2e
RULES = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
}
STILL = {"reduced_motion": "reduce"}
"""Colours are measured as they are at rest."""
PHONE = {**STILL, "viewport": {"width": 390, "height": 780}, "has_touch": True}
DESKTOP = {**STILL, "viewport": {"width": 1280, "height": 800}}


OFTEN_USED = {"devices-chosen", "devices-facts", "devices-upload", "add-devices", "palette"}


@pytest.fixture
def pages(vendors: dict[str, Vendor]) -> tuple[WebPage, ...]:
    vendor = vendors["addreality"]
    return web_pages((vendor.platform, vendor.source, vendor.some("offline")[0]))


@pytest.fixture
def above(admin: Person, vendors: dict[str, Vendor]) -> Iterator[tuple[Scene, ...]]:
    """What opens above the pages; one person more is among the users meanwhile."""
    name = f"axe-{secrets.token_hex(3)}"
    body = {"username": name, "password": secrets.token_urlsafe(18), "role": "manager", "sources": []}
    admin.ask("POST", "/api/auth/users", json=body).raise_for_status()
    yield scenes(vendors["cubicmedia"].source, name)
    admin.ask("DELETE", f"/api/auth/users/{name}", headers=WHATEVER).raise_for_status()


def test_every_route_of_the_web_is_among_the_pages_looked_at() -> None:
    routes = set(re.findall(r'^ +path: "(/[^"]+)"', (ROOT / "web/src/routes.tsx").read_text(), re.MULTILINE))
    assert routes
    paths = [page.path.partition("?")[0] for page in web_pages(("acme", "msk", "1"))]
    forgotten = [route for route in routes if not any(re.fullmatch(pattern(route), path) for path in paths)]
    assert forgotten == []


def pattern(route: str) -> str:
    return re.sub(r"\\\$\w*", "[^/]+", re.escape(route))


def test_no_page_breaks_a_rule_of_accessibility(
    new_tab: Callable[..., Tab], system: System, pages: tuple[WebPage, ...], above: tuple[Scene, ...]
) -> None:
    often_used = [scene for scene in above if scene.name in OFTEN_USED]
    expect_accessible(new_tab(**DESKTOP, locale="ru-RU", color_scheme="dark"), system, [*pages, *often_used])


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("look", looks(), ids=lambda look: f"{look['locale'][:2]}-{look['color_scheme']}")
def test_no_page_breaks_a_rule_in_either_language_and_theme_on_desktop_and_phone(  # noqa: PLR0917 - what there is
    new_tab: Callable[..., Tab],
    system: System,
    pages: tuple[WebPage, ...],
    above: tuple[Scene, ...],
    look: dict[str, Any],
    size: str,
) -> None:
    fitting = [scene for scene in above if scene.on_phones or size == "desktop"]
    expect_accessible(new_tab(**(PHONE if size == "phone" else DESKTOP), **look), system, [*pages, *fitting])


def expect_accessible(tab: Tab, system: System, places: Sequence[WebPage | Scene]) -> None:
    tab.open("/invite#nobody")
    expect(tab.page.locator("input[name=new]")).to_be_visible()
    found = {"invitation": violations(tab)}
    tab.open("/")
    expect(tab.page.locator("input[name=username]")).to_be_visible()
    found["login"] = violations(tab)
    tab.give_credentials("admin", system.password)
    expect(tab.page.get_by_role("navigation").first).to_be_visible()
    for place in places:
        place.open(tab)
        found[place.name] = violations(tab)
    assert {name: broken for name, broken in found.items() if broken} == {}


def violations(tab: Tab) -> list[str]:
    """Rule and place of each."""
    result = Axe().run(tab.page, options=RULES).response
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
