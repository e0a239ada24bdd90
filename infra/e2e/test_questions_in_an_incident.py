"""Questions in the midst of the demo's incident: by keyboard and by mouse, in both languages, in few steps.

Each answer is compared with what the simulators know, cause included, and the system's part with the time that the
table of questions gives it (p95). Those that do not need an incident are in test_questions_of_every_day.py.
"""

from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import expect
from vitrina_e2e.asking import Asking
from vitrina_e2e.pages import DevicesPage
from vitrina_e2e.people import REGISTRY, WHATEVER, Person
from vitrina_e2e.system import System, vendors_of
from vitrina_e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(300)]
MALL = "Кольцо"
EXPIRED = "demo-volga"
SITE_DARK = {"en": "Whole site dark", "ru": "Не в сети вся площадка"}  # noqa: RUF001 - Russian
REFUSED = {"en": "The vendor refuses the credentials", "ru": "Вендор не принимает учётные данные"}
NEW_TOKEN = {"en": "Enter a new token", "ru": "Ввести новый токен"}
RESTART = {"en": "Restart", "ru": "Перезапустить"}
LATEST = {"en": "Latest changes", "ru": "Последние изменения"}
OFFLINE = {"en": "Offline", "ru": "Не в сети"}  # noqa: RUF001 - Russian
WAYS = ("keyboard", "mouse")
SEEN_WITHIN = 60
MANY_TABS = 60
MOST_STEPS_TO_RESTART = 5


@pytest.mark.parametrize("way", WAYS)
def test_which_screens_of_a_mall_are_dark_and_why(asking: Asking, incident: System, way: str) -> None:
    if way == "keyboard":
        asking.find(MALL, "list")
    else:
        asking.click(asking.page.get_by_role("link", name=SITE_DARK[asking.language]))
    rows = DevicesPage(asking.tab).rows
    truth = {
        device_id
        for vendor in vendors_of(incident).values()
        for device_id, name in vendor.names().items()
        if MALL in name and vendor.truth()[device_id] == "offline"
    }
    expect(rows).to_have_count(len(truth))
    asking.answered(within_steps=3, within_ms=500)
    assert {str(row.get_attribute("data-device")).split("/", 2)[2] for row in rows.all()} == truth
    assert set(asking.page.locator("td[data-column=cause]").all_inner_texts()) == {SITE_DARK[asking.language]}


@pytest.mark.parametrize("way", WAYS)
def test_is_it_the_screen_its_site_the_vendor_or_us(asking: Asking, witness: Person, way: str) -> None:
    device = witness.devices(source=EXPIRED)[0]
    key = "/".join(device[part] for part in ("platform", "source", "device_id"))
    if way == "keyboard":
        asking.find(device["device_id"], f"device {key}")
    else:
        asking.click(asking.page.locator('main a[href*="cause=unauthorized"]').first)
        asking.click(DevicesPage(asking.tab).rows.first)
    chain = asking.page.get_by_role("dialog").locator("[data-evidence]")
    expect(chain.nth(2)).to_be_visible()
    asking.answered(within_steps=4, within_ms=300)
    told = [each.get_attribute("data-evidence") for each in chain.all()]
    assert told[:3] == ["prometheus_answers", "exporter_scraped", "source_failing"]


@pytest.mark.parametrize("way", WAYS)
def test_does_an_exporter_work_and_if_not_what_is_to_be_done(asking: Asking, way: str) -> None:
    if way == "keyboard":
        asking.find("addreality", "exporter addreality")
    else:
        asking.click(asking.page.get_by_role("navigation").get_by_role("link").nth(2))
        asking.click(asking.page.locator('[data-exporter="addreality"] h2 a'))
    failing = asking.page.locator(f'[data-source-health="{EXPIRED}"]')
    expect(failing).to_contain_text(REFUSED[asking.language])
    expect(failing.get_by_role("link")).to_have_text(NEW_TOKEN[asking.language])
    asking.answered(within_steps=15 if way == "keyboard" else 2, within_ms=300)


@pytest.mark.parametrize("way", WAYS)
def test_what_it_complained_of_last(asking: Asking, way: str) -> None:
    if way == "keyboard":
        asking.find("addreality", "exporter addreality")
    else:
        asking.click(asking.page.get_by_role("navigation").get_by_role("link").nth(2))
        asking.click(asking.page.locator('[data-exporter="addreality"] h2 a'))
    asking.choose(asking.page.locator('main a[href*="tab=logs"]'), by=way)
    asking.select(asking.page.locator("select[name=log-level]"), "warning", by=way)
    lines = asking.page.get_by_role("log").locator("[data-level]")
    expect(lines.filter(has_text=f"source={EXPIRED}").last).to_contain_text("reason=unauthorized")
    asking.answered(within_steps=MANY_TABS if way == "keyboard" else 5, within_ms=1000)
    assert {line.get_attribute("data-level") for line in lines.all()} <= {"warning", "error"}


@pytest.mark.parametrize("way", WAYS)
def test_it_is_restarted_and_that_it_was_is_seen(asking: Asking, witness: Person, way: str) -> None:
    before = started_at(witness)
    if way == "keyboard":
        asking.find(f"{RESTART[asking.language]} cubicmedia", "restart cubicmedia")
    else:
        asking.click(asking.page.get_by_role("navigation").get_by_role("link").nth(2))
        card = asking.page.locator('[data-exporter="cubicmedia"]')
        asking.click(card.get_by_role("button", name=RESTART[asking.language], exact=True))
    expect(asking.page.get_by_role("status").filter(has_text="cubicmedia").first).to_be_visible()
    assert asking.steps <= MOST_STEPS_TO_RESTART
    until(lambda: started_at(witness) > before, seconds=60, what="the exporter is another process")
    asking.acted(f"{REGISTRY}/exporters/cubicmedia/restart", within_ms=300, times=5)
    until(lambda: observed(witness).get("phase") == "running", seconds=60, what="it runs again")


@pytest.mark.parametrize("way", WAYS)
def test_who_disabled_an_exporter_and_when(asking: Asking, witness: Person, way: str) -> None:
    path = f"{REGISTRY}/exporters/cubicmedia"
    disabled, _ = (
        witness.ask("PATCH", path, json={"enabled": enabled}, headers=WHATEVER).raise_for_status().json()["revision"]
        for enabled in (False, True)
    )
    if way == "keyboard":
        asking.find("cubicmedia", "exporter cubicmedia")
    else:
        asking.click(asking.page.get_by_role("navigation").get_by_role("link").nth(2))
        asking.click(asking.page.locator('[data-exporter="cubicmedia"] h2 a'))
    asking.choose(asking.page.locator('main a[href*="tab=history"]'), by=way)
    asking.select(asking.page.locator("select[name=of]"), "/", by=way)
    entry = asking.page.locator(f'[data-revision="{disabled}"]')
    expect(entry).to_contain_text("admin")
    expect(entry.locator("ins")).to_have_text("false")
    asking.answered(within_steps=MANY_TABS if way == "keyboard" else 5, within_ms=300)
    (truth,) = (each for each in witness.read(f"{path}/revisions")["items"] if each["revision"] == disabled)
    assert (truth["actor"], truth["diff"][0]["path"]) == ("admin", "enabled")


@pytest.mark.parametrize("way", WAYS)
def test_what_changed_a_moment_ago(asking: Asking, witness: Person, incident: System, way: str) -> None:
    vendor = vendors_of(incident)["cubicmedia"]
    (device_id,) = vendor.some("online")
    name = vendor.name_of(device_id)
    vendor.flip(device_id)
    feed = asking.page.get_by_role("region", name=LATEST[asking.language])
    told = feed.get_by_role("listitem").filter(has_text=name).first
    expect(told).to_contain_text(OFFLINE[asking.language], timeout=SEEN_WITHIN * 1000)
    at = told.locator("time").get_attribute("datetime")

    if way == "keyboard":
        asking.find(device_id, f"device {vendor.platform}/{vendor.source}/{device_id}")
    else:
        asking.click(told.get_by_role("link"))
    drawer = asking.page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name=name)).to_be_visible()
    expect(drawer.locator("[data-evidence]").first).to_be_visible()
    asking.answered(within_steps=4, within_ms=500)
    since = drawer.locator("time").first.get_attribute("datetime")
    (truth,) = [each for each in witness.devices(source=vendor.source) if each["device_id"] == device_id]
    assert at == since == truth["status_since"]
    vendor.flip(device_id)
    until(lambda: witness.statuses(vendor.source) == vendor.truth(), seconds=SEEN_WITHIN, what="it is on again")


def observed(person: Person) -> dict[str, Any]:
    return person.exporters()["cubicmedia"].get("observed") or {}


def started_at(person: Person) -> datetime:
    return datetime.fromisoformat(observed(person).get("started_at") or "1970-01-01T00:00:00+00:00")
