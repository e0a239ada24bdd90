"""Questions in the midst of the demo's incident: by keyboard and by mouse, in both languages, in few steps.

A step is a click, a key, or a word typed. Each answer is compared with what the simulators know, cause included.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from vitrina_e2e.asking import Asking
from vitrina_e2e.pages import LOCALES, DevicesPage, Tab
from vitrina_e2e.people import WHATEVER, Person
from vitrina_e2e.system import System, vendors_of
from vitrina_e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(300)]
DEMO = {
    "DEMO_DEVICES": "60",
    "DEMO_FLIPS_PER_MINUTE": "0",
    "POLL_INTERVAL": "2",
    "SCRAPE_INTERVAL": "5",
    "OFFLINE_AFTER": "10",
}
MALL = "Кольцо"
EXPIRED = "demo-volga"
SITE_DARK = {"en": "Whole site dark", "ru": "Не в сети вся площадка"}  # noqa: RUF001 - Russian
REFUSED = {"en": "The vendor refuses the credentials", "ru": "Вендор не принимает учётные данные"}
NEW_TOKEN = {"en": "Enter a new token", "ru": "Ввести новый токен"}
RESTART = {"en": "Restart", "ru": "Перезапустить"}
LATEST = {"en": "Latest changes", "ru": "Последние изменения"}
DARK = {"en": "dark", "ru": "не в сети"}
OFFLINE = {"en": "Offline", "ru": "Не в сети"}  # noqa: RUF001 - Russian
VERSION = {"en": "Version", "ru": "Версия"}
SILENCE = {"en": "Silence", "ru": "Заглушить"}
TRY = {"en": "Test the connection", "ru": "Проверить соединение"}
ADD = {"en": "Add the source", "ru": "Добавить источник"}
UNTIL = {"en": "0700AM", "ru": "0700"}
"""As a field for a time takes it from the keyboard."""
WAYS = ("keyboard", "mouse")
SEEN_WITHIN = 30


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


@pytest.mark.parametrize("way", WAYS)
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


@pytest.mark.parametrize("way", WAYS)
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
    asking.answered(within_steps=15 if way == "keyboard" else 2)


@pytest.mark.parametrize("way", WAYS)
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


@pytest.mark.parametrize("way", WAYS)
def test_what_changed_a_moment_ago(asking: Asking, admin: Person, demo: System, way: str) -> None:
    vendor = vendors_of(demo)["cubicmedia"]
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
    asking.answered(within_steps=4)
    since = drawer.locator("time").first.get_attribute("datetime")
    (truth,) = [each for each in admin.devices(source=vendor.source) if each["device_id"] == device_id]
    assert at == since == truth["status_since"]
    vendor.flip(device_id)
    until(lambda: admin.statuses(vendor.source) == vendor.truth(), seconds=SEEN_WITHIN, what="it is on again")


@pytest.mark.parametrize("way", WAYS)
def test_which_firmware_fails_most(asking: Asking, admin: Person, way: str) -> None:
    if way == "keyboard":
        asking.find(DARK[asking.language], "list")
    else:
        asking.click(asking.page.locator("main a[data-status=offline]").first)
    asking.choose(asking.page.get_by_role("button", name=VERSION[asking.language], exact=True), by=way)
    choices = asking.page.get_by_role("group", name=VERSION[asking.language]).locator("label")
    expect(choices.first).to_be_visible()
    asking.answered(within_steps=60 if way == "keyboard" else 2)
    dark = [each for each in admin.devices(status="offline", work="none") if each["player_version"]]
    counts = Counter(each["player_version"] for each in dark)
    told = [tuple(each.locator("span").all_inner_texts()) for each in choices.all()]
    assert {version: int(number) for version, number in told} == counts
    assert int(told[0][1]) == max(counts.values())


@pytest.mark.parametrize("way", WAYS)
def test_a_site_is_silenced_until_seven(asking: Asking, admin: Person, way: str) -> None:
    until(lambda: site_alerts(admin) != [], seconds=150, what="the alert of the mall fires")
    if way == "keyboard":
        asking.press("g")
        asking.press("a")
    else:
        asking.click(asking.page.get_by_role("navigation").locator('a[href="/alerts"]'))
    row = asking.page.locator("li[data-alert]").filter(has_text=MALL).first
    expect(row).to_be_visible()
    asking.choose(row.get_by_role("button", name=SILENCE[asking.language]), by=way)
    dialog = asking.page.get_by_role("dialog")
    asking.write(dialog.locator("input[name=silence-until]"), UNTIL[asking.language], by=way)
    asking.write(dialog.locator("input[name=comment]"), f"{way} {asking.language}", by=way)
    asking.press("Enter")
    expect(row).to_have_count(0)
    asking.answered(within_steps=60 if way == "keyboard" else 7)

    def standing() -> list[dict[str, Any]]:
        silences = admin.read("/api/v1/silences")["items"]
        return [
            each for each in silences if each["comment"] == f"{way} {asking.language}" and each["state"] == "active"
        ]

    (silence,) = standing()
    ends = datetime.fromisoformat(silence["ends_at"]).astimezone()
    assert (ends.hour, ends.minute) == (7, 0)
    assert ends - datetime.now().astimezone() < timedelta(days=1)
    assert {(each["name"], each["value"]) for each in silence["matchers"]} >= {("site", site_alerts(admin)[0])}
    admin.ask("DELETE", f"/api/v1/silences/{silence['id']}").raise_for_status()


@pytest.mark.parametrize("way", WAYS)
def test_an_account_of_a_vendor_is_added(asking: Asking, admin: Person, demo: System, way: str) -> None:
    vendor = vendors_of(demo)["cubicmedia"]
    name, macs = f"{way}-{asking.language}", vendor.some("online", 2)
    if way == "keyboard":
        asking.find("cubicmedia", "add cubicmedia")
    else:
        asking.click(asking.page.get_by_role("navigation").get_by_role("link").nth(2))
        card = asking.page.locator('[data-exporter="cubicmedia"]')
        asking.click(card.locator('a[href$="/sources/new"]'))
    form = asking.page.get_by_role("main")
    address = admin.sources("cubicmedia")[vendor.source]["config"]["api_url"]
    for field, text in (("name", name), ("api_url", address), ("macs", ", ".join(macs))):
        asking.write(form.locator(f"[name={field}]"), text, by=way)
    asking.choose(form.get_by_role("button", name=TRY[asking.language]), by=way)
    tried = asking.page.get_by_role("status", name=TRY[asking.language])
    expect(tried).to_contain_text(str(len(macs)), timeout=20_000)
    asking.choose(form.get_by_role("button", name=ADD[asking.language]), by=way)
    expect(asking.page.locator(f'[data-source="{name}"]')).to_be_visible()
    asking.answered(within_steps=120 if way == "keyboard" else 10)
    truth = dict.fromkeys(macs, "online")
    until(lambda: admin.statuses(name) == truth, seconds=SEEN_WITHIN, what="its devices are listed")
    admin.delete(f"/exporters/cubicmedia/sources/{name}")
    admin.keep_series(name)


def site_alerts(person: Person) -> list[str]:
    """Sites of the mall that an alert is firing for."""
    found = person.read("/api/v1/alerts")["items"]
    return [each["labels"]["site"] for each in found if MALL in each["labels"].get("site", "")]


def causes(person: Person) -> set[str]:
    return {each["cause"] for each in person.overview()["causes"]}


def started_at(person: Person) -> datetime:
    observed: dict[str, Any] = person.exporters()["cubicmedia"].get("observed") or {}
    return datetime.fromisoformat(observed.get("started_at") or "1970-01-01T00:00:00+00:00")
