"""Every page and what opens above it, in both languages and themes, on a desktop and a phone: pictures to look at.

They lie in `test-results/screens/` as `<language>-<theme>-<size>/<page>.png`, from a system with the demo's incident.
What a machine can tell is told here, too: a page wider than its window, and text keys that were never translated.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from vitrina_e2e.pages import Tab
from vitrina_e2e.people import Person
from vitrina_e2e.scenes import scenes, silence_of_alert
from vitrina_e2e.system import System, vendors_of
from vitrina_e2e.waiting import until
from vitrina_e2e.web_pages import looks, web_pages
from vitrina_embedded.home import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(900)]
FOLDER = ROOT / "test-results" / "screens"
SIZES = {"desktop": {"width": 1360, "height": 850}, "phone": {"width": 390, "height": 844}}
DEMO = {"POLL_INTERVAL": "2", "SCRAPE_INTERVAL": "2", "FRESH_SECONDS": "20"}
MANAGER = "maria"
SECTIONS = frozenset(
    section for texts in (ROOT / "web/src/i18n").glob("en*.json") for section in json.loads(texts.read_text())
)
"""First parts of the keys of texts."""
TEXT_KEY = re.compile(r"\b(?:[a-z]+[A-Z]?[A-Za-z]*\.){1,3}[a-z]+[A-Z]?[A-Za-z]*\b")


@pytest.fixture(scope="module")
def demo(make_system: Callable[..., System]) -> Iterator[System]:
    """With a day of history, an incident, somebody who takes care of two screens, and a silence."""
    system = make_system(DEMO)
    system.up()
    admin = Person(system.url, "admin", system.password)
    until(lambda: len(admin.devices(status="offline")) > 5, seconds=90, what="the incident is seen")
    dark = [
        {name: each[name] for name in ("platform", "source", "device_id")} for each in admin.devices(status="offline")
    ]
    work = {"kind": "in_repair", "owner": "Ivan", "note": "panel ordered", "ticket": "https://tickets.example/17"}
    admin.create("/work-states/bulk", {"devices": dark[:2], "work": work})
    body = {"username": MANAGER, "password": system.password, "role": "manager", "sources": [dark[0]["source"]]}
    admin.ask("POST", "/api/auth/users", json=body).raise_for_status()
    until(lambda: admin.read("/api/v1/alerts")["items"] != [], seconds=120, what="something fires")
    yield system
    admin.close()
    system.down()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("look", looks(), ids=lambda look: f"{look['locale'][:2]}-{look['color_scheme']}")
def test_every_page_has_its_picture_fits_its_window_and_is_translated(
    demo: System, browser: Browser, look: dict[str, Any], size: str
) -> None:
    folder = FOLDER / f"{look['locale'][:2]}-{look['color_scheme']}-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(**look, viewport=SIZES[size], reduced_motion="reduce", has_touch=size == "phone")
    tab = Tab(context.new_page(), demo.url)
    wrong: list[str] = []

    def picture(name: str) -> None:
        tab.page.evaluate("document.fonts.ready")
        tab.page.screenshot(path=folder / f"{name}.png")
        wrong.extend(f"{name}: {fault}" for fault in faults(tab.page))

    tab.open("/invite#no-such-invitation")
    expect(tab.page.locator("input[name=new]")).to_be_visible()
    picture("entry-invitation")
    tab.open("/")
    expect(tab.page.locator("input[name=username]")).to_be_visible()
    picture("entry-login")
    tab.give_credentials("admin", demo.password)
    expect(tab.page.get_by_role("navigation").first).to_be_visible()
    vendor = vendors_of(demo)["cubicmedia"]
    for page in web_pages((vendor.platform, vendor.source, vendor.some("offline")[0])):
        page.open(tab)
        picture(page.name)
    for scene in (*scenes(vendor.source, MANAGER), silence_of_alert()):
        if scene.on_phones or size != "phone":
            scene.open(tab)
            picture(f"scene-{scene.name}")
    context.close()
    assert wrong == []


def faults(page: Page) -> list[str]:
    """What a machine can tell of a page."""
    width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    found = [f"is {width} pixels wide in a window of {window}"] if width > window else []
    seen = page.locator("body").inner_text()
    found.extend(f"shows the key {key}" for key in TEXT_KEY.findall(seen) if key.split(".")[0] in SECTIONS)
    return found
