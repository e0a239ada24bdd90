"""Two sources share one vendor account: each screen is one source's, and what nobody selects is told to admins."""

import secrets
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect
from vitrina_e2e.pages import Tab
from vitrina_e2e.people import REGISTRY, WHATEVER, Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until_equal

pytestmark = [pytest.mark.e2e, pytest.mark.long]
SHOWN_WITHIN = 30
"""Seconds from a save to the list: configuration, poll, scrape, tick; what is gone needs two complete answers."""


@pytest.fixture
def vendor(vendors: dict[str, Vendor], admin: Person) -> Iterator[Vendor]:
    """The demo's account, which has one source with all of it before and after."""
    vendor = vendors["addreality"]
    whole = admin.sources(vendor.platform)[vendor.source]["config"]
    yield vendor
    if "annex" in admin.sources(vendor.platform):
        admin.delete(f"/exporters/{vendor.platform}/sources/annex")
        admin.keep_series("annex")
    admin.change_source(vendor.platform, vendor.source, config=whole)
    truth = vendor.truth()
    until_equal(lambda: admin.statuses(vendor.source), truth, seconds=SHOWN_WITHIN, what="the source has all again")


def test_an_account_is_shared_out(
    system: System, vendor: Vendor, admin: Person, admin_tab: Tab, people: Callable[[str, str | None], Person]
) -> None:
    every = set(vendor.truth())
    few = set(sorted(every)[:3])
    config = admin.sources(vendor.platform)[vendor.source]["config"]
    admin.change_source(vendor.platform, vendor.source, config={**config, "device_ids": sorted(few)})
    until_equal(lambda: set(admin.statuses(vendor.source)), few, seconds=SHOWN_WITHIN, what="only those are left")
    admin_tab.open(f"/exporters/{vendor.platform}")
    expect(admin_tab.page.locator(f"[data-unmatched='{len(every) - 3}']")).to_be_visible(timeout=SHOWN_WITHIN * 1000)

    token = (system.home.secrets / "addreality-simulator-token").read_text().strip()
    annex = {"name": "annex", "config": {"api_url": config["api_url"], "api_token": token}}
    refused = admin.ask("POST", f"{REGISTRY}/exporters/{vendor.platform}/sources", json=annex)
    assert (refused.status_code, vendor.source in refused.json()["errors"][0]["message"]) == (422, True)
    annex["config"] |= {"other_devices": True}
    admin.create(f"/exporters/{vendor.platform}/sources", annex)
    until_equal(lambda: set(admin.statuses("annex")), every - few, seconds=SHOWN_WITHIN, what="the rest is there")
    assert set(admin.statuses(vendor.source)) == few
    expect(admin_tab.page.locator("[data-unmatched]")).to_have_count(0, timeout=SHOWN_WITHIN * 1000)

    name, password = f"manager-{secrets.token_hex(4)}", secrets.token_urlsafe(18)
    body = {"username": name, "password": password, "role": "manager", "sources": ["annex"]}
    admin.ask("POST", "/api/auth/users", json=body).raise_for_status()
    assert {device["device_id"] for device in people(name, password).devices()} == every - few
    admin.ask("DELETE", f"/api/auth/users/{name}", headers=WHATEVER).raise_for_status()
