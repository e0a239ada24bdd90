"""Users, rights and traces of what was done, as the people concerned see them in a browser."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from vitrina_e2e.pages import DevicesPage, Tab
from vitrina_e2e.people import REGISTRY, Person
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.web_pages import device_path, web_pages

pytestmark = pytest.mark.e2e
ADMINS_PAGES = {
    "Users": "/users", "Programs": "/clients", "Audit": "/audit", "Storage": "/storage",
    "Notifications": "/notifications",
}  # fmt: skip


def test_an_admin_lets_a_manager_in_who_sees_the_granted_part_only(
    admin_tab: Tab, new_tab: Callable[..., Tab], admin: Person, vendors: dict[str, Vendor]
) -> None:
    own, foreign = vendors["addreality"], vendors["cubicmedia"]
    name = f"anna-{secrets.token_hex(3)}"
    first = create_user(admin_tab, name, own.source)

    manager = new_tab()
    manager.open("/devices")
    manager.give_credentials(name, first)
    choose_password(manager, first, secrets.token_urlsafe(18))
    devices = DevicesPage(manager)
    expect(devices.total).to_have_text(f"{len(own.truth())} devices")
    expect_own_pages_only(manager, own, foreign)

    admin_tab.open(f"/audit?kind=people&who={name}")
    expect(admin_tab.page.get_by_role("row").filter(has_text="User created")).to_contain_text("admin")
    delete_user(admin_tab, name)
    assert name not in {user["username"] for user in admin.read("/api/auth/users")["items"]}


def create_user(tab: Tab, name: str, source: str) -> str:
    """By the page; the password that it shows."""
    tab.open("/users")
    tab.page.get_by_role("button", name="New user").click()
    dialog = tab.page.get_by_role("dialog")
    dialog.locator("input[name=new-username]").fill(name)
    dialog.get_by_role("checkbox", name=source).check()
    password = dialog.locator("input[name=new-password]").input_value()
    dialog.get_by_role("button", name="New user").click()
    expect(tab.page.locator(f'tr[data-user="{name}"]')).to_contain_text(source)
    return password


def choose_password(tab: Tab, old: str, new: str) -> None:
    """The first sign-in asks for nothing else."""
    expect(tab.heading).to_have_text("Choose your own password")
    tab.page.locator("input[name=current]").fill(old)
    tab.page.locator("input[name=new]").fill(new)
    tab.page.get_by_role("button", name="Change the password").click()
    expect(tab.heading).to_have_text("Devices")


def expect_own_pages_only(tab: Tab, own: Vendor, foreign: Vendor) -> None:
    for page in web_pages((own.platform, own.source, own.some("offline")[0])):
        if page.for_admins:
            continue
        page.open(tab)
        expect(tab.page.locator("body")).not_to_contain_text(foreign.source)
    navigation = tab.page.get_by_role("navigation", name="Pages")
    for word, path in ADMINS_PAGES.items():
        expect(navigation.get_by_role("link", name=word)).to_have_count(0)
        tab.open(path)
        expect(tab.page.get_by_role("heading", name="You may not do this")).to_be_visible()
    tab.open(f"/exporters/{own.platform}")
    expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
    expect(tab.page.get_by_role("button", name="Restart")).to_have_count(0)
    expect_not_found(tab, device_path((foreign.platform, foreign.source, foreign.some("online")[0])))
    expect_not_found(tab, device_path((foreign.platform, foreign.source, "00:00:00:00:00:00")))


def expect_not_found(tab: Tab, path: str) -> None:
    tab.open(path)
    expect(tab.page.get_by_role("heading", name="Not found, or not yours")).to_be_visible()
    expect(tab.page.get_by_role("main")).to_have_text(
        "Not found, or not yoursThere is no such device, or it belongs to a source that was not granted to you."
        "To the devices"
    )


def delete_user(tab: Tab, name: str) -> None:
    tab.open("/users")
    tab.page.get_by_role("button", name=f"Delete {name}").click()
    dialog = tab.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Delete the user")).to_be_disabled()
    dialog.get_by_role("textbox").fill(name)
    dialog.get_by_role("button", name="Delete the user").click()
    expect(tab.page.locator(f'tr[data-user="{name}"]')).to_have_count(0)


def test_a_token_for_a_program_is_shown_once_reads_and_ends(
    admin_tab: Tab, people: Callable[[str, str | None], Person]
) -> None:
    name = f"grafana-{secrets.token_hex(3)}"
    page = admin_tab.page
    admin_tab.open("/settings")
    page.locator("input[name=token-name]").fill(name)
    page.get_by_role("button", name="Create", exact=True).click()
    value = page.locator("[data-secret]").inner_text()

    program = people("nobody", None)
    bearer = {"Authorization": f"Bearer {value}"}
    assert program.ask("GET", "/api/auth/me", headers=bearer).status_code in {200, 401}
    page.reload()
    expect(page.get_by_role("listitem").filter(has_text=name)).to_be_visible()
    expect(page.locator("[data-secret]")).to_have_count(0)
    page.get_by_role("button", name=f"Delete token {name}").click()
    expect(page.get_by_role("listitem").filter(has_text=name)).to_have_count(0)


def test_a_source_is_tried_changed_and_brought_back(admin_tab: Tab, vendors: dict[str, Vendor]) -> None:
    vendor = vendors["addreality"]
    page = admin_tab.page
    admin_tab.open(f"/exporters/{vendor.platform}/sources/{vendor.source}")
    page.get_by_role("button", name="Test the connection").click()
    result = page.get_by_role("status", name="Test the connection")
    expect(result).to_contain_text(f"{len(vendor.truth())} devices found", timeout=20_000)

    before = page.locator("input[name=request_budget]").input_value()
    page.locator("input[name=request_budget]").fill("7")
    page.get_by_role("button", name="Save").click()
    expect(admin_tab.heading).to_have_text("Exporters")
    admin_tab.open(f"/exporters/{vendor.platform}?tab=history")
    revisions = page.locator("[data-revision]")
    expect(revisions.first).to_contain_text("request_budget")
    count = revisions.count()
    revisions.nth(1).get_by_role("button", name="Revert to this").click()
    expect(revisions).to_have_count(count + 1)
    expect(revisions.first).to_contain_text("Source reverted")
    admin_tab.open(f"/exporters/{vendor.platform}/sources/{vendor.source}")
    expect(page.locator("input[name=request_budget]")).to_have_value(before)


def test_the_audit_is_checked_and_saved_as_lines_that_are_a_chain(
    admin_tab: Tab, admin: Person, tmp_path: Path
) -> None:
    page = admin_tab.page
    for kind, base in (("people", "/api/auth"), ("configuration", REGISTRY)):
        admin_tab.open(f"/audit?kind={kind}")
        page.get_by_role("button", name="Check the chain").click()
        verdict = page.locator("[data-holds=true]")
        expect(verdict).to_contain_text("none changed or missing")
        found = admin.read(f"{base}/audit/verification")
        assert found["holds"]
        with page.expect_download() as download:
            page.get_by_role("button", name="JSON lines").click()
        download.value.save_as(tmp_path / kind)
        hashes = [json.loads(line)["hash"] for line in (tmp_path / kind).read_text("utf-8").splitlines()]
        assert verdict.locator("code").inner_text() in hashes
        assert len(hashes) >= found["entries"]
