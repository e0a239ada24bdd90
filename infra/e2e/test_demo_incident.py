"""The demo as a newcomer meets it: a day of history, and an incident in progress whose every cause is told."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from vitrina_e2e.pages import DevicesPage, Tab
from vitrina_e2e.people import Person
from vitrina_e2e.system import System, vendors_of
from vitrina_e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
DEMO = {"DEMO_DEVICES": "60", "DEMO_FLIPS_PER_MINUTE": "0", "POLL_INTERVAL": "2", "SCRAPE_INTERVAL": "5"}
EXPIRED = 48
DAY_SECONDS = 86_400


@pytest.fixture(scope="module")
def demo(make_system: Callable[..., System]) -> Iterator[System]:
    system = make_system(DEMO)
    system.up()
    yield system
    system.down()


@pytest.fixture
def newcomer(demo: System) -> Iterator[Person]:
    person = Person(demo.url, "admin", demo.password)
    yield person
    person.close()


def test_it_begins_with_an_incident_and_a_day_of_history(demo: System, newcomer: Person) -> None:
    every = {device["device_id"]: device for device in newcomer.devices()}
    assert len(every) == 2 * 60 + EXPIRED, "listed at once, before anything was polled"

    for vendor in vendors_of(demo).values():
        until(lambda vendor=vendor: newcomer.statuses(vendor.source) == vendor.truth(), seconds=30, what="the truth")
    until(lambda: causes(newcomer).get("unauthorized") == EXPIRED, seconds=30, what="why the account's are unknown")
    assert causes(newcomer)["site_dark"] == 4

    mall = newcomer.devices(cause="site_dark")
    assert {(device["city"], device["site"]) for device in mall} == {("Казань", "ТЦ «Кольцо»")}
    assert {round(since(device) / 60) for device in mall} <= {37, 38, 39}
    expired = newcomer.devices(source="demo-volga")
    assert {(device["status"], device["cause"]) for device in expired} == {("unknown", "unauthorized")}
    assert all(3 < since(device) / 3600 < 4 for device in expired)
    assert newcomer.source_overview("demo-volga")["reason"] == "unauthorized"

    for device, now in ((mall[0], "offline"), (expired[0], "unknown")):
        past = seen(newcomer, device)
        assert past["history"]["segments"][0]["status"] == "online"
        assert now in {segment["status"] for segment in past["history"]["segments"]}
        assert past["history"]["uptime"]["not_measured_seconds"] < DAY_SECONDS / 20
        assert [event["status"] for event in past["events"]["items"]] == [now, "online"]


def test_one_screen_flaps_and_its_chain_has_no_gap(demo: System, newcomer: Person) -> None:
    (vendor,) = (vendor for vendor in vendors_of(demo).values() if vendor.platform == "addreality")
    device_id = next(iter(vendor.truth()))
    events = newcomer.read(f"/api/v1/devices/addreality/{vendor.source}/{device_id}/events", limit=50)["items"]
    assert len(events) > 20
    assert all(newer["previous"] == older["status"] for newer, older in pairwise(events))
    assert not any(event["removed"] for event in events)


def test_a_hint_leads_through_it_in_three_steps_and_stays_away_once_skipped(demo: System, browser: Browser) -> None:
    context = browser.new_context(locale="en-US")
    tab = Tab(context.new_page(), demo.url)
    tab.sign_in("admin", demo.password, at="/overview")
    page = tab.page
    hint = page.get_by_role("complementary", name="First look at the demo")
    steps = hint.locator("[data-hint]")
    expect(steps).to_have_count(3)

    steps.nth(0).click()
    expect(DevicesPage(tab).rows).to_have_count(4)
    expect(DevicesPage(tab).rows.first).to_contain_text("Кольцо")
    steps.nth(1).click()
    failing = page.locator('[data-source-health="demo-volga"]')
    expect(failing).to_contain_text("The vendor refuses the credentials")
    expect(failing.get_by_role("link", name="Enter a new token")).to_be_visible()
    steps.nth(2).click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Take care of it").first).to_be_visible()
    expect(hint).to_contain_text("You found all of it.")

    page.reload()
    expect(hint).to_contain_text("You found all of it.")
    page.keyboard.press("Escape")
    hint.get_by_role("button", name="Close").click()
    expect(hint).to_have_count(0)
    page.reload()
    expect(DevicesPage(tab).rows.first).to_be_visible()
    expect(hint).to_have_count(0)
    context.close()


def causes(person: Person) -> dict[str, int]:
    return {each["cause"]: each["count"] for each in person.overview()["causes"]}


def since(device: dict[str, Any]) -> float:
    """Seconds."""
    return (datetime.now(UTC) - datetime.fromisoformat(device["status_since"])) / timedelta(seconds=1)


def seen(person: Person, device: dict[str, Any]) -> Any:
    path = f"/api/v1/devices/{device['platform']}/{device['source']}/{device['device_id']}"
    return person.read(path, include="history,events")
