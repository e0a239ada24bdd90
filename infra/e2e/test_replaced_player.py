"""A player in another's place: said in a browser, and from then on the other one's past is its own."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from vitrina_e2e.pages import LOCALES, Tab
from vitrina_e2e.people import REGISTRY, Person
from vitrina_e2e.system import System, vendors_of
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until
from vitrina_e2e.web_pages import device_path

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(180)]
NEW = "02:00:00:00:00:01"
EDIT = {"en": "Edit facts", "ru": "Изменить сведения"}
SAVE = {"en": "Save", "ru": "Сохранить"}
UNTIL = {"en": "until", "ru": "до"}


@pytest.fixture
def vendor(incident: System, witness: Person) -> Iterator[Vendor]:
    """Has one player more, of which nobody but its list knows yet."""
    found = vendors_of(incident)["cubicmedia"]
    path = f"{REGISTRY}/exporters/cubicmedia/sources/{found.source}/devices"
    witness.ask("POST", path, json={"add": [NEW]}).raise_for_status()
    until(lambda: NEW in witness.statuses(found.source), seconds=60, what="the new player is listed")
    yield found
    witness.ask("POST", path, json={"remove": [NEW]}).raise_for_status()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_past_of_a_replaced_player_goes_on_in_the_one_that_took_its_place(
    incident: System, browser: Browser, vendor: Vendor, language: str
) -> None:
    (former,) = vendor.some("online")
    context = browser.new_context(locale=LOCALES[language])
    tab = Tab(context.new_page(), incident.url)
    tab.sign_in("admin", incident.password, at=device_path((vendor.platform, vendor.source, NEW)))
    page = tab.page
    strip = page.locator("main [role=img]").first
    expect(strip).not_to_have_attribute("aria-label", re.compile(former))
    page.get_by_role("button", name=EDIT[language]).click()
    field = page.get_by_role("dialog").locator("input[name=replaces]")
    field.fill(former)
    page.get_by_role("dialog").get_by_role("button", name=SAVE[language]).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    told = re.compile(rf"{UNTIL[language]} .*{former}")
    until(lambda: page.reload() and told.search(str(strip.get_attribute("aria-label"))), seconds=60, what="its past")
    expect(strip.locator("[data-status=online]").first).to_be_visible()

    page.get_by_role("button", name=EDIT[language]).click()
    expect(field).to_have_value(former)
    field.fill("")
    page.get_by_role("dialog").get_by_role("button", name=SAVE[language]).click()
    until(lambda: page.reload() and former not in str(strip.get_attribute("aria-label")), seconds=60, what="as before")
    context.close()
