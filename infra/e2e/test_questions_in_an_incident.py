"""Questions in the midst of the demo's incident: by keyboard and by mouse, in both languages, in few steps.

A step is a click, a key, or a word typed. Each answer is compared with what the simulators know, cause included.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect
from vitrina_e2e.pages import DevicesPage, Tab
from vitrina_e2e.people import WHATEVER, Person
from vitrina_e2e.system import System, vendors_of
from vitrina_e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(300)]
DEMO = {"DEMO_DEVICES": "60", "DEMO_FLIPS_PER_MINUTE": "0", "POLL_INTERVAL": "2", "SCRAPE_INTERVAL": "5"}
MALL = "Кольцо"
EXPIRED = "demo-volga"
SITE_DARK = {"en": "Whole site dark", "ru": "Не в сети вся площадка"}  # noqa: RUF001 - Russian
REFUSED = {"en": "The vendor refuses the credentials", "ru": "Вендор не принимает учётные данные"}
NEW_TOKEN = {"en": "Enter a new token", "ru": "Ввести новый токен"}
RESTART = {"en": "Restart", "ru": "Перезапустить"}
LOCALES = {"en": "en-US", "ru": "ru-RU"}


class Asking:
    """Somebody at the overview with a question, whose steps are counted."""

    def __init__(self, tab: Tab, language: str) -> None:
        self.tab = tab
        self.page = tab.page
        self.language = language
        self.steps = 0
        self._began = time.monotonic()

    def click(self, what: Locator) -> None:
        self.steps += 1
        what.click()

    def press(self, key: str) -> None:
        self.steps += 1
        self.page.keyboard.press(key)

    def find(self, text: str, entry: str) -> None:
        """By the palette: opens it, types, goes down to the entry, takes it."""
        self.press("Control+KeyK")
        expect(self.page.get_by_role("combobox")).to_be_focused()
        self.steps += 1
        self.page.keyboard.type(text)
        wanted = self.page.locator(f'[data-entry="{entry}"]')
        expect(wanted).to_be_visible()
        while wanted.get_attribute("aria-selected") != "true":
            self.press("ArrowDown")
        self.press("Enter")

    def answered(self, within_steps: int) -> None:
        print(f"{self.steps} steps, {time.monotonic() - self._began:.1f} s with the browser's own")
        assert self.steps <= within_steps


@pytest.fixture(scope="module")
def demo(make_system: Callable[..., System]) -> Iterator[System]:
    system = make_system(DEMO)
    system.up()
    admin = Person(system.url, "admin", system.password)
    until(lambda: {"site_dark", "unauthorized"} <= causes(admin), seconds=60, what="the incident is told")
    admin.close()
    yield system
    system.down()


@pytest.fixture
def admin(demo: System) -> Iterator[Person]:
    person = Person(demo.url, "admin", demo.password)
    yield person
    person.close()


@pytest.fixture(params=("en", "ru"))
def asking(demo: System, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Asking]:
    context = browser.new_context(locale=LOCALES[request.param])
    tab = Tab(context.new_page(), demo.url)
    tab.sign_in("admin", demo.password, at="/overview")
    expect(tab.page.locator("main a[data-status=offline]").first).to_be_visible()
    yield Asking(tab, request.param)
    context.close()


@pytest.mark.parametrize("way", ["keyboard", "mouse"])
def test_which_screens_of_a_mall_are_dark_and_why(asking: Asking, demo: System, way: str) -> None:
    if way == "keyboard":
        asking.find(MALL, "list")
    else:
        asking.click(asking.page.get_by_role("link", name=SITE_DARK[asking.language]))
    rows = DevicesPage(asking.tab).rows
    truth = {
        device_id
        for vendor in vendors_of(demo).values()
        for device_id, name in vendor.names().items()
        if MALL in name and vendor.truth()[device_id] == "offline"
    }
    expect(rows).to_have_count(len(truth))
    asking.answered(within_steps=3)
    assert {str(row.get_attribute("data-device")).split("/", 2)[2] for row in rows.all()} == truth
    assert set(asking.page.locator("td[data-column=cause]").all_inner_texts()) == {SITE_DARK[asking.language]}


@pytest.mark.parametrize("way", ["keyboard", "mouse"])
def test_is_it_the_screen_its_site_the_vendor_or_us(asking: Asking, admin: Person, way: str) -> None:
    device = admin.devices(source=EXPIRED)[0]
    key = "/".join(device[part] for part in ("platform", "source", "device_id"))
    if way == "keyboard":
        asking.find(device["device_id"], f"device {key}")
    else:
        asking.click(asking.page.locator('main a[href*="cause=unauthorized"]').first)
        asking.click(DevicesPage(asking.tab).rows.first)
    chain = asking.page.get_by_role("dialog").locator("[data-evidence]")
    expect(chain.nth(2)).to_be_visible()
    asking.answered(within_steps=4)
    told = [each.get_attribute("data-evidence") for each in chain.all()]
    assert told[:3] == ["prometheus_answers", "exporter_scraped", "source_failing"]


@pytest.mark.parametrize("way", ["keyboard", "mouse"])
def test_does_an_exporter_work_and_if_not_what_is_to_be_done(asking: Asking, way: str) -> None:
    if way == "keyboard":
        asking.find("addreality", "exporter addreality")
    else:
        asking.click(asking.page.get_by_role("navigation").get_by_role("link").nth(2))
        asking.click(asking.page.locator('[data-exporter="addreality"] h2 a'))
    failing = asking.page.locator(f'[data-source-health="{EXPIRED}"]')
    expect(failing).to_contain_text(REFUSED[asking.language])
    expect(failing.get_by_role("link")).to_have_text(NEW_TOKEN[asking.language])
    asking.answered(within_steps=15 if way == "keyboard" else 2)


@pytest.mark.parametrize("way", ["keyboard", "mouse"])
def test_it_is_restarted_and_that_it_was_is_seen(asking: Asking, admin: Person, way: str) -> None:
    before = started_at(admin)
    if way == "keyboard":
        asking.find(f"{RESTART[asking.language]} cubicmedia", "restart cubicmedia")
    else:
        asking.click(asking.page.get_by_role("navigation").get_by_role("link").nth(2))
        card = asking.page.locator('[data-exporter="cubicmedia"]')
        asking.click(card.get_by_role("button", name=RESTART[asking.language], exact=True))
    expect(asking.page.get_by_role("status").filter(has_text="cubicmedia").first).to_be_visible()
    asking.answered(within_steps=5)
    until(lambda: started_at(admin) > before, seconds=60, what="the exporter is another process")


def test_who_disabled_an_exporter_and_when(asking: Asking, admin: Person) -> None:
    path = "/api/registry/v1/exporters/cubicmedia"
    for enabled in (False, True):
        assert admin.ask("PATCH", path, json={"enabled": enabled}, headers=WHATEVER).is_success
    asking.click(asking.page.get_by_role("navigation").get_by_role("link").nth(2))
    asking.click(asking.page.locator('[data-exporter="cubicmedia"] h2 a'))
    asking.click(asking.page.locator('main a[href*="tab=history"]'))
    asking.click(asking.page.locator("select[name=of]"))
    asking.page.locator("select[name=of]").select_option("/")
    newest = asking.page.locator("[data-revision]").first
    expect(newest).to_contain_text("admin")
    expect(newest).to_contain_text("enabled")
    asking.answered(within_steps=5)


def causes(person: Person) -> set[str]:
    return {each["cause"] for each in person.overview()["causes"]}


def started_at(person: Person) -> datetime:
    observed: dict[str, Any] = person.exporters()["cubicmedia"].get("observed") or {}
    return datetime.fromisoformat(observed.get("started_at") or "1970-01-01T00:00:00+00:00")
