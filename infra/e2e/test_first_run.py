"""The first minutes of a newcomer: a hint through the demo's incident; without a demo, a list of what is to be done."""

import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect
from vitrina_e2e.pages import Tab
from vitrina_e2e.people import Person
from vitrina_e2e.system import System, vendors_of

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(300)]


def signed_in(browser: Browser, system: System, at: str) -> Tab:
    tab = Tab(browser.new_context(locale="en-US").new_page(), system.url)
    tab.sign_in("admin", system.password, at=at)
    return tab


@pytest.fixture(scope="module")
def bare(make_system: Callable[..., System]) -> Iterator[System]:
    """Without sources; vendors run elsewhere."""
    system = make_system({"DEMO": "0", "POLL_INTERVAL": "2", "SCRAPE_INTERVAL": "2"})
    system.up()
    yield system
    system.down()


def test_steps_are_ticked_from_how_things_are(bare: System, system: System, browser: Browser) -> None:
    tab = signed_in(browser, bare, "/overview")
    page = tab.page
    steps = page.locator("[data-step]")
    done = page.locator("[data-step][data-done]")
    expect(steps).to_have_count(5)
    expect(done).to_have_count(1)
    page.get_by_role("link", name="Choose an exporter").click()
    expect(tab.heading).to_have_text("Exporters")

    admin = Person(bare.url, "admin", bare.password)
    vendor = vendors_of(system)["cubicmedia"]
    config = {"api_url": f"{vendor.url}/api/v0.1/players/status-check?mac=", "macs": list(vendor.truth())[:5]}
    source = {"name": "shop", "config": config, "enabled": True}
    path = "/api/registry/v1/exporters/cubicmedia/sources"
    assert admin.ask("POST", path, json=source).status_code == 201
    tab.open("/overview")
    expect(page.locator("[data-step=devices][data-done]")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-step=account][data-done]")).to_be_visible()

    manager = {"username": "anna", "password": secrets.token_urlsafe(18), "role": "manager", "sources": ["shop"]}
    assert admin.ask("POST", "/api/auth/users", json=manager).status_code == 201
    admin.close()
    page.reload()
    expect(page.locator("[data-step=manager][data-done]")).to_be_visible()
    expect(done).to_have_count(4)
    page.get_by_role("button", name="Hide the first steps").click()
    expect(steps).to_have_count(0)
    page.reload()
    expect(page.locator("main a[data-status]").first).to_be_visible()
    expect(steps).to_have_count(0)

    colleague = Tab(browser.new_context(locale="en-US").new_page(), bare.url)
    colleague.sign_in("anna", manager["password"], at="/overview")
    expect(colleague.page.locator("main a[data-status]").first).to_be_visible()
    expect(colleague.page.locator("[data-step]")).to_have_count(0)
