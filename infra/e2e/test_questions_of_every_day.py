"""Further questions of the table: by keyboard and by mouse, in both languages; see test_questions_in_an_incident.py."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from vitrina_contracts.device import Status
from vitrina_e2e.asking import Asking
from vitrina_e2e.pages import DevicesPage
from vitrina_e2e.people import REGISTRY, Person
from vitrina_e2e.system import System, vendors_of
from vitrina_e2e.waiting import until
from vitrina_embedded.demo_began import incident_began
from vitrina_embedded.demo_past.screens import Screen, screens

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(300)]
MALL = "Кольцо"
DARK = {"en": "dark", "ru": "не в сети"}
VERSION = {"en": "Version", "ru": "Версия"}
SILENCE = {"en": "Silence", "ru": "Заглушить"}
TRY = {"en": "Test the connection", "ru": "Проверить соединение"}
ADD = {"en": "Add the source", "ru": "Добавить источник"}
OUTAGES = re.compile(r"(\d+) (?:outage|отключени)")
SHARE = re.compile(r"(\d+(?:[.,]\d+)?)\s?%")
WAYS = ("keyboard", "mouse")
SEEN_WITHIN = 60
MANY_TABS = 70
MOST_CLICKS_TO_ADD = 10
MOST_CLICKS_TO_SILENCE = 8
DAY = 86_400


@pytest.mark.parametrize("way", WAYS)
def test_when_was_a_screen_last_fine_and_how_often_does_it_fail(asking: Asking, incident: System, way: str) -> None:
    dark, failed = truths(incident)
    drawer = look_up(asking, dark, by=way)
    since = drawer.locator("time").first.get_attribute("datetime")
    assert abs(datetime.fromisoformat(str(since)).timestamp() - dark.told[-1][0]) < 2
    assert_told(drawer, dark)
    asking.answered(within_steps=4, within_ms=500)

    asking.press("Escape")
    assert_told(look_up(asking, failed, by=way), failed)


def look_up(asking: Asking, screen: Screen, *, by: str) -> Locator:
    """The drawer of the screen, with its day."""
    if by == "keyboard":
        asking.find(screen.key[2], f"device {'/'.join(screen.key)}")
    else:
        asking.click(asking.page.get_by_role("navigation").locator('a[href="/devices"]'))
        page = DevicesPage(asking.tab)
        asking.write(page.search, screen.key[2], by=by)
        asking.click(page.row(screen.key))
    drawer = asking.page.get_by_role("dialog")
    expect(drawer.locator("[role=img]").first).to_be_visible()
    return drawer


def truths(system: System) -> tuple[Screen, Screen]:
    """A screen that is dark, and one that failed most; what the vendor said of each over the day before the start."""
    began = incident_began(system.home)
    assert began is not None
    every = [screen for screen in screens(int(system.setting("DEMO_DEVICES")), began) if screen.key[0] == "cubicmedia"]
    dark = next(screen for screen in every if MALL in screen.name)
    return dark, max((each for each in every if each.told[-1][1] is Status.ONLINE), key=lambda each: len(each.told))


def assert_told(drawer: Locator, screen: Screen) -> None:
    """The last 24 hours are what the vendor said they were."""
    strip = str(drawer.locator("[role=img]").first.get_attribute("aria-label"))
    now = datetime.now(UTC).timestamp()
    ends = [at for at, _, _ in screen.told[1:]] + [now]
    dark = sum(end - at for (at, status, _), end in zip(screen.told, ends, strict=True) if status is Status.OFFLINE)
    outages = OUTAGES.search(strip)
    assert outages is not None, strip
    assert int(outages[1]) == sum(status is Status.OFFLINE for _, status, _ in screen.told), strip
    share = SHARE.search(strip)
    assert share is not None, strip
    assert float(share[1].replace(",", ".")) == pytest.approx(100 * (1 - dark / DAY), abs=1), strip


@pytest.mark.parametrize("way", WAYS)
def test_which_firmware_fails_most(asking: Asking, witness: Person, way: str) -> None:
    before = dark_by_version(witness)
    if way == "keyboard":
        asking.find(DARK[asking.language], "list")
    else:
        asking.click(asking.page.locator("main a[data-status=offline]").first)
    asking.choose(asking.page.get_by_role("button", name=VERSION[asking.language], exact=True), by=way)
    choices = asking.page.get_by_role("group", name=VERSION[asking.language]).locator("label")
    expect(choices.first).to_be_visible()
    shown = [tuple(each.locator("span").all_inner_texts()) for each in choices.all()]
    asking.answered(within_steps=MANY_TABS if way == "keyboard" else 2, within_ms=1000)
    told = {version: int(number) for version, number in shown}
    assert told in (before, dark_by_version(witness)), "one screen flaps"
    assert int(shown[0][1]) == max(told.values())


def dark_by_version(person: Person) -> Counter[str]:
    dark = person.devices(status="offline", work="none")
    return Counter(each["player_version"] for each in dark if each["player_version"])


@pytest.mark.parametrize("way", WAYS)
def test_a_list_of_dark_screens_is_taken_away(asking: Asking, incident: System, way: str, tmp_path: Path) -> None:
    if way == "keyboard":
        asking.find(DARK[asking.language], "list")
    else:
        asking.click(asking.page.locator("main a[data-status=offline]").first)
    expect(DevicesPage(asking.tab).rows.first).to_be_visible()
    with asking.page.expect_download() as download:
        asking.choose(asking.page.get_by_role("button", name="CSV"), by=way)
    file = tmp_path / "devices.csv"
    download.value.save_as(file)
    asking.answered(within_steps=MANY_TABS if way == "keyboard" else 2, within_ms=500)
    delimiter = {"en": ",", "ru": ";"}[asking.language]
    with file.open(encoding="utf-8-sig", newline="") as lines:
        cells = [set(row) for row in csv.reader(lines, delimiter=delimiter)][1:]
    vendors = vendors_of(incident).values()
    truth = {each: status for vendor in vendors for each, status in vendor.truth().items()}
    flapper = next(iter(vendors_of(incident)["addreality"].truth()))
    listed = {each for each in truth if any(each in row for row in cells)}
    assert listed - {flapper} == {each for each, status in truth.items() if status == "offline"} - {flapper}
    assert len(cells) == len(listed)


@pytest.fixture
def silences(witness: Person) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Those that stand; none is left."""

    def standing() -> list[dict[str, Any]]:
        return [each for each in witness.read("/api/v1/silences")["items"] if each["state"] != "expired"]

    yield standing
    for each in standing():
        witness.ask("DELETE", f"/api/v1/silences/{each['id']}").raise_for_status()


@pytest.mark.timeout(1000)
@pytest.mark.parametrize("way", WAYS)
def test_a_site_is_silenced_until_seven(
    asking: Asking, witness: Person, silences: Callable[[], list[dict[str, Any]]], way: str
) -> None:
    site = until(lambda: dark_site(witness), seconds=800, what="the alert of the mall fires")
    if way == "keyboard":
        asking.press("g")
        asking.press("a")
    else:
        asking.click(asking.page.get_by_role("navigation").locator('a[href="/alerts"]'))
    row = asking.page.locator("li[data-alert=SiteDark]")
    expect(row).to_contain_text(MALL)
    asking.choose(row.get_by_role("button", name=SILENCE[asking.language]), by=way)
    dialog = asking.page.get_by_role("dialog")
    ends_at = dialog.locator("input[name=silence-until]")
    asking.write(ends_at, "0700", by=way)
    if ends_at.input_value() != "07:00":  # a browser that counts to twelve
        asking.press("a")
    asking.write(dialog.locator("input[name=comment]"), "works", by=way)
    asking.press("Enter")
    expect(row).to_have_count(0)
    asking.answered(within_steps=MANY_TABS if way == "keyboard" else MOST_CLICKS_TO_SILENCE, within_ms=500)
    (silence,) = silences()
    ends = datetime.fromisoformat(silence["ends_at"]).astimezone()
    assert (ends.hour, ends.minute) == (7, 0)
    assert ends - datetime.now().astimezone() < timedelta(days=1)
    assert {(each["name"], each["value"]) for each in silence["matchers"]} >= {("site", site)}
    asking.acted("/api/v1/silences", within_ms=500, times=5)


@pytest.mark.parametrize("way", WAYS)
def test_an_account_of_a_vendor_is_added(asking: Asking, witness: Person, incident: System, way: str) -> None:
    vendor = vendors_of(incident)["cubicmedia"]
    name, macs = f"{way}-{asking.language}", vendor.some("online", 2)
    if way == "keyboard":
        asking.find("cubicmedia", "add cubicmedia")
    else:
        asking.click(asking.page.get_by_role("navigation").get_by_role("link").nth(2))
        card = asking.page.locator('[data-exporter="cubicmedia"]')
        asking.click(card.locator('a[href$="/sources/new"]'))
    form = asking.page.get_by_role("main")
    address = witness.sources("cubicmedia")[vendor.source]["config"]["api_url"]
    for field, text in (("name", name), ("api_url", address), ("macs", ", ".join(macs))):
        asking.write(form.locator(f"[name={field}]"), text, by=way)
    asking.choose(form.get_by_role("button", name=TRY[asking.language]), by=way)
    tried = asking.page.get_by_role("status", name=TRY[asking.language])
    expect(tried.get_by_role("listitem")).to_have_count(len(macs), timeout=30_000)
    asking.choose(form.get_by_role("button", name=ADD[asking.language]), by=way)
    expect(asking.page.locator(f'[data-source="{name}"]')).to_be_visible()
    assert asking.steps <= (MANY_TABS if way == "keyboard" else MOST_CLICKS_TO_ADD)
    asking.acted(f"{REGISTRY}/exporters/cubicmedia/sources/test", within_ms=10_000, times=1)
    truth = dict.fromkeys(macs, "online")
    until(lambda: witness.statuses(name) == truth, seconds=SEEN_WITHIN, what="its devices are listed")
    witness.delete(f"/exporters/cubicmedia/sources/{name}")
    witness.keep_series(name)


def dark_site(person: Person) -> str | None:
    """The site whose alert is firing."""
    alerts = person.read("/api/v1/alerts")["items"]
    return next(
        (each["labels"]["site"] for each in alerts if (each["name"], each["state"]) == ("SiteDark", "firing")), None
    )
