"""Pages of exporters: a failing vendor is named with the reason, its log tells it as it comes; all are a table, too."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request, expect
from vitrina_e2e.pages import ExportersPage, Tab
from vitrina_e2e.people import Person
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until_equal

pytestmark = pytest.mark.e2e
SECONDS = 30_000
"""In milliseconds: a poll, a report of the exporter, a request."""
SENTENCES = {"en": "The vendor has an error of its own", "ru": "У вендора внутренняя ошибка"}  # noqa: RUF001 - Russian


@pytest.fixture
def vendor(vendors: dict[str, Vendor], admin: Person) -> Iterator[Vendor]:
    """Well again at the end."""
    vendor = vendors["addreality"]
    yield vendor
    vendor.heal()
    until_equal(lambda: admin.source_overview(vendor.source)["up"], expected=True, seconds=60, what="healed")


def test_it_names_the_failing_vendor_and_its_log_is_followed_held_searched_and_saved(
    admin_tab: Tab, vendor: Vendor, tmp_path: Path
) -> None:
    page = admin_tab.page
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - Playwright wraps no builtin
    admin_tab.open("/exporters/addreality?tab=logs")
    log = page.get_by_role("log")
    expect(log).to_contain_text("starting")
    with vendor.broken("http_500"):
        expect(log).to_contain_text("source_failing", timeout=SECONDS)
        page.get_by_role("link", name="Health", exact=True).click()
        health = page.locator(f'[data-source-health="{vendor.source}"]')
        expect(health).to_contain_text(SENTENCES["en"], timeout=SECONDS)
        expect(health).to_contain_text("Nothing to do here")
        admin_tab.choose_language("ru")
        expect(health).to_contain_text(SENTENCES["ru"])
        admin_tab.choose_language("en")
        page.get_by_role("link", name="Log", exact=True).click()
        expect(log).to_contain_text("source_failing")
        follow = page.get_by_role("switch", name="Follow")
        follow.uncheck()
        before = log.inner_text()
    more = page.get_by_role("button", name=re.compile(r"new line"))
    expect(more).to_be_visible(timeout=2 * SECONDS)
    assert log.inner_text() == before, "held still"
    more.click()
    expect(log).to_contain_text("source_recovered")
    expect(follow).to_be_checked()

    page.locator("input[name=log-search]").fill("source_failing")
    expect(log).not_to_contain_text("source_recovered")
    page.locator("select[name=log-level]").select_option("error")
    expect(log).to_contain_text("No line fits this level and search.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    file = tmp_path / "log"
    download.value.save_as(file)
    assert "source_recovered" in file.read_text(encoding="utf-8"), "all lines, not the shown ones"
    logs = [urlsplit(each.url).path for each in asked if "/logs" in each.url]
    assert set(logs) == {"/api/registry/v1/exporters/addreality/logs/stream"}


def test_exporters_are_a_table_too_with_the_same_acts(admin_tab: Tab, vendors: dict[str, Vendor]) -> None:
    exporters = ExportersPage(admin_tab)
    exporters.open()
    shown = exporters.names
    admin_tab.page.get_by_role("link", name="Table", exact=True).click()
    expect(admin_tab.page).to_have_url(re.compile(r"as=table$"))
    rows = admin_tab.page.locator("tr[data-exporter]")
    expect(rows).to_have_count(len(shown))
    assert exporters.names == shown
    for vendor in vendors.values():
        row = exporters.card(vendor.platform)
        expect(row.get_by_role("cell").nth(3)).to_have_text(str(len(vendor.truth())))
        expect(row.get_by_role("button", name="Restart")).to_be_enabled()
