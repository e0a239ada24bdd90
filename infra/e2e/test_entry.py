"""How people come in, by a link and with a code, and how they are put out: as they see it in a browser."""

import re
import secrets
import time
from collections.abc import Callable

import httpx
import pyotp
import pytest
from playwright.sync_api import expect
from vitrina_e2e.pages import Tab
from vitrina_e2e.people import Person
from vitrina_e2e.system import System

pytestmark = pytest.mark.e2e


def test_somebody_invited_by_a_link_chooses_a_password_and_signs_in_with_a_code(
    admin_tab: Tab, new_tab: Callable[..., Tab], admin: Person
) -> None:
    name, password = f"ina-{secrets.token_hex(3)}", secrets.token_urlsafe(18)
    link = invite(admin_tab, name)

    guest = new_tab()
    guest.page.goto(link)
    guest.page.locator("input[name=new]").fill(password)
    guest.page.get_by_role("button", name="Choose this password").click()
    expect(guest.page.get_by_role("navigation", name="Pages")).to_be_visible()
    assert "#" not in guest.page.url

    secret = set_up_code(guest, password)
    again = new_tab()
    again.open("/overview")
    again.give_credentials(name, password)
    code = again.page.locator("input[name=code]")
    code.fill("000000")
    again.page.locator("button[type=submit]").click()
    expect(again.page.get_by_role("alert")).to_contain_text("code is wrong")
    code.fill(pyotp.TOTP(secret).at(int(time.time()) + 30))  # the present one was used up by the set-up
    again.page.locator("button[type=submit]").click()
    expect(again.heading).to_have_text("Overview")

    used_up = new_tab()
    used_up.page.goto(link)
    used_up.page.locator("input[name=new]").fill(password)
    used_up.page.get_by_role("button", name="Choose this password").click()
    expect(used_up.page.get_by_role("alert")).to_be_visible()
    admin.ask("DELETE", f"/api/auth/users/{name}").raise_for_status()


def invite(tab: Tab, name: str) -> str:
    """By the page; the link that it shows."""
    tab.open("/users")
    tab.page.get_by_role("button", name="New user").click()
    dialog = tab.page.get_by_role("dialog")
    dialog.locator("input[name=new-username]").fill(name)
    dialog.get_by_role("switch", name="Invite by a link").check()
    dialog.get_by_role("button", name="New user").click()
    expect(tab.page.locator(f'tr[data-user="{name}"]')).to_contain_text("Invited")
    tab.page.get_by_role("button", name=f"Invite {name}").click()
    tab.page.get_by_role("button", name="Make a link").click()
    return tab.page.locator("[data-secret]").inner_text()


def set_up_code(tab: Tab, password: str) -> str:
    """By the page; the secret of the authenticator app."""
    tab.open("/settings")
    tab.page.get_by_role("region", name="Second factor").get_by_role("button", name="Set up").click()
    dialog = tab.page.get_by_role("dialog")
    dialog.locator("input[name=current]").fill(password)
    dialog.get_by_role("button", name="Go on").click()
    secret = dialog.locator("[data-secret]").inner_text()
    dialog.locator("input[name=first-code]").fill(pyotp.TOTP(secret).now())
    dialog.get_by_role("button", name="Confirm").click()
    expect(dialog.locator("[data-secret]")).to_have_text(re.compile(r"(\S+ ){9}\S+"))
    dialog.get_by_role("button", name="I have kept them").click()
    expect(tab.page.get_by_role("button", name="Remove the second factor")).to_be_visible()
    return secret


def test_a_program_gets_an_id_and_a_secret_that_work_until_it_is_deleted(admin_tab: Tab, system: System) -> None:
    name, page = f"crm-{secrets.token_hex(3)}", admin_tab.page
    admin_tab.open("/clients")
    page.get_by_role("button", name="New program").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[name=client-name]").fill(name)
    dialog.get_by_role("button", name="New program").click()
    secret = dialog.locator("[data-secret]").inner_text()
    dialog.get_by_role("button", name="Close").last.click()
    row = page.get_by_role("row").filter(has_text=name)
    form = {
        "grant_type": "client_credentials",
        "client_id": str(row.get_attribute("data-client")),
        "client_secret": secret,
    }
    with httpx.Client(base_url=system.url, trust_env=False) as client:
        answer = client.post("/api/auth/token", data=form).raise_for_status()
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert client.get("/api/v1/overview", headers=bearer).status_code == 200
        page.get_by_role("button", name=f"Delete {name}").click()
        expect(row).to_have_count(0)
        assert client.post("/api/auth/token", data=form).status_code == 401


@pytest.mark.parametrize("change", [{"disabled": True}, {"sources": []}], ids=["disabled", "demoted"])
def test_whoever_loses_rights_loses_the_open_stream_within_five_seconds(
    admin: Person, system: System, people: Callable[[str, str | None], Person], change: dict[str, object]
) -> None:
    name, password = f"max-{secrets.token_hex(3)}", secrets.token_urlsafe(18)
    user = {"username": name, "password": password, "role": "admin"}
    admin.ask("POST", "/api/auth/users", json=user).raise_for_status()
    headers = dict(people(name, password).authorization())
    change = {"role": "manager", **change} if "sources" in change else change
    with (
        httpx.Client(base_url=system.url, timeout=20, trust_env=False) as client,
        client.stream("GET", "/api/v1/stream", headers=headers) as stream,
    ):
        lines = stream.iter_lines()
        next(lines)
        admin.ask("PATCH", f"/api/auth/users/{name}", json=change).raise_for_status()
        changed = time.monotonic()
        for _ in lines:
            assert time.monotonic() - changed < 5
        assert client.get("/api/v1/overview", headers=headers).status_code == 401
    admin.ask("DELETE", f"/api/auth/users/{name}").raise_for_status()
