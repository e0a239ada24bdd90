"""The questions that people come with, answered by keyboard and by mouse, and compared with what the vendors know."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from vitrina_e2e.pages import LOCALES, WORDS, DevicesPage, Tab
from vitrina_e2e.system import FirstMinute, System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.web_pages import device_path

pytestmark = pytest.mark.e2e
LANGUAGES = ("en", "ru")
WORDS_FOR_DARK = {"en": "dark", "ru": "не в сети"}
FIRST_LINE = {"en": "Reported offline", "ru": "Сообщил вендор"}


@contextmanager
def within(seconds: float, what: str) -> Iterator[None]:
    """The system's part of an answer; a person's part is reading and typing."""
    started = time.monotonic()
    yield
    took = time.monotonic() - started
    print(f"{what}: {took * 1000:.0f} ms")
    assert took < seconds, f"{what} took {took:.2f} s"


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def signed_in(language: str, browser: Browser, running: tuple[System, FirstMinute]) -> Iterator[Tab]:
    """One for all questions of a language: people sign in once a day."""
    system, _ = running
    context = browser.new_context(locale=LOCALES[language])
    tab = Tab(context.new_page(), system.url)
    tab.sign_in("admin", system.password)
    yield tab
    context.close()


@pytest.fixture
def reader(signed_in: Tab) -> Tab:
    """At the overview, with a question."""
    signed_in.open("/overview")
    expect(signed_in.page.locator("main a[data-status=offline]").first).to_be_visible()
    return signed_in


def truths(vendors: dict[str, Vendor]) -> dict[tuple[str, str, str], str]:
    return {
        (vendor.platform, vendor.source, device_id): status
        for vendor in vendors.values()
        for device_id, status in vendor.truth().items()
    }


def open_palette(page: Page) -> None:
    page.keyboard.press("Control+KeyK")
    expect(page.get_by_role("combobox")).to_be_focused()


def shown_keys(page: Page) -> set[tuple[str, ...]]:
    return {tuple(str(row.get_attribute("data-device")).split("/", 2)) for row in page.locator("tr[data-device]").all()}


def test_how_many_are_dark_and_how_old_that_is_stands_on_every_page(
    reader: Tab, vendors: dict[str, Vendor], language: str
) -> None:
    dark = list(truths(vendors).values()).count("offline")
    strip = reader.page.locator("section").first
    expect(strip.get_by_role("link").first).to_have_text(re.compile(rf"^{dark}\b"))
    expect(strip).to_contain_text({"en": "as of", "ru": "на "}[language])


def test_which_screens_of_a_city_are_dark_and_why_by_keyboard(
    reader: Tab, vendors: dict[str, Vendor], language: str
) -> None:
    vendor = vendors["addreality"]
    city = vendor.name_of(vendor.some("offline")[0]).split(",", maxsplit=1)[0]
    expected = {key for key, status in truths(vendors).items() if status == "offline" and city in names(vendors)[key]}
    page = reader.page
    open_palette(page)
    page.keyboard.type(f"{city} {WORDS_FOR_DARK[language]}")
    with within(2, "the list of a city's dark screens"):
        page.keyboard.press("Enter")
        expect(DevicesPage(reader).rows).to_have_count(len(expected))
    assert shown_keys(page) == expected
    assert set(DevicesPage(reader).statuses()) == {"offline"}
    causes = page.locator("td[data-column=cause]").all_inner_texts()
    assert set(causes) == {FIRST_LINE[language]}


def test_which_screens_are_dark_by_mouse(reader: Tab, vendors: dict[str, Vendor]) -> None:
    vendor = vendors["cubicmedia"]
    expected = {(vendor.platform, vendor.source, each) for each in vendor.some("offline", 1000)}
    page = reader.page
    page.locator("main").get_by_role("row").filter(has_text=vendor.source).locator("a[data-status=offline]").click()
    expect(DevicesPage(reader).total).to_contain_text(str(len(expected)))
    expect(DevicesPage(reader).rows.first).to_have_attribute("data-status", "offline")
    assert shown_keys(page) <= expected


def test_is_it_the_screen_the_vendor_or_us(reader: Tab, vendors: dict[str, Vendor]) -> None:
    vendor = vendors["addreality"]
    (device_id,) = vendor.some("offline")
    page = reader.page
    open_palette(page)
    page.keyboard.type(device_id)
    option = page.locator(f'[data-entry="device {vendor.platform}/{vendor.source}/{device_id}"]')
    expect(option).to_be_visible()
    with within(2, "why a screen is dark"):
        option.click()
        chain = page.get_by_role("dialog").locator("[data-evidence]")
        expect(chain).to_have_count(4)
    assert [each.get_attribute("data-evidence") for each in chain.all()] == [
        "prometheus_answers", "exporter_scraped", "source_answers", "reported_offline",
    ]  # fmt: skip


def test_what_an_exporter_wrote_last_by_mouse(reader: Tab, language: str) -> None:
    page = reader.page
    page.get_by_role("navigation").get_by_role("link").nth(2).click()
    page.locator('[data-exporter="cubicmedia"] h2 a').click()
    with within(3, "an exporter's log"):
        page.get_by_role("link", name={"en": "Log", "ru": "Журнал"}[language], exact=True).click()
        expect(page.get_by_role("log")).to_contain_text("starting")
    page.locator("input[name=log-search]").fill("nothing says this")
    expect(page.get_by_role("log")).not_to_contain_text("starting")


def test_how_a_screen_was_over_the_day(reader: Tab, vendors: dict[str, Vendor], language: str) -> None:
    vendor = vendors["cubicmedia"]
    (device_id,) = vendor.some("online")
    with within(3, "a screen's day"):
        reader.open(device_path((vendor.platform, vendor.source, device_id)))
        strip = reader.page.locator("main [role=img]").first
        expect(strip).to_have_attribute("aria-label", re.compile({"en": r"^online \d", "ru": r"^в сети \d"}[language]))
    expect(strip.locator("[data-status]").last).to_have_attribute("data-status", "online")
    expect(reader.heading).to_have_text(vendor.name_of(device_id))


def test_a_list_for_the_contractor_is_all_of_the_filter(
    reader: Tab, vendors: dict[str, Vendor], language: str, tmp_path: Path
) -> None:
    dark = {key[2] for key, status in truths(vendors).items() if status == "offline"}
    DevicesPage(reader).open("?status=offline")
    with reader.page.expect_download() as download:
        reader.page.get_by_role("button", name="CSV").click()
    file = tmp_path / "devices.csv"
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8-sig")
    delimiter = {"en": ",", "ru": ";"}[language]
    rows = [line.split(delimiter) for line in text.splitlines()[1:]]
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert len(rows) == len(dark)
    assert all(any(each in dark for each in row) for row in rows)


def test_a_colleague_sees_by_the_address_what_i_see(
    reader: Tab, new_tab: Callable[..., Tab], system: System, language: str
) -> None:
    page = reader.page
    DevicesPage(reader).open("?sort=-name&columns=status,name,player_version&status=online&platform=addreality")
    mine = [row.get_attribute("data-device") for row in page.locator("tr[data-device]").all()]
    other = new_tab(locale=LOCALES[language])
    other.sign_in("admin", system.password, at=page.url.removeprefix(system.url))
    expect(DevicesPage(other).rows.first).to_have_attribute("data-device", str(mine[0]))
    assert other.page.locator("th").count() == page.locator("th").count() == 4, "the box to choose a row, and three"
    expect(other.page.locator("th").nth(1)).to_contain_text({"en": "Status", "ru": "Статус"}[language])


def test_a_russian_layout_reaches_the_same_keys(reader: Tab, language: str) -> None:
    """`g` and `d` where they are on the keyboard: п and в."""
    page = reader.page
    for code, key in (("KeyG", "п"), ("KeyD", "в")):
        page.evaluate(
            "([code, key]) => document.body.dispatchEvent(new KeyboardEvent('keydown', {code, key, bubbles: true}))",
            [code, key],
        )
    expect(reader.heading).to_have_text(WORDS[language]["devices"])


def names(vendors: dict[str, Vendor]) -> dict[tuple[str, str, str], str]:
    return {
        (vendor.platform, vendor.source, device_id): name
        for vendor in vendors.values()
        for device_id, name in vendor.names().items()
    }
