"""Whom alerts reach, as an admin sets it in a browser and as those are told who are set."""

import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect
from vitrina_e2e.command_line import CommandLine
from vitrina_e2e.pages import Tab
from vitrina_e2e.people import REGISTRY, WHATEVER, Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until
from vitrina_embedded.testing.mailbox import Mailbox
from vitrina_embedded.testing.receiver import Receiver

pytestmark = pytest.mark.e2e
NOTIFICATIONS = f"{REGISTRY}/notifications"


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    server = Mailbox()
    yield server
    server.close()


@pytest.fixture
def nobody_told(admin: Person) -> Iterator[None]:
    """Afterwards, as before."""
    yield
    set_delivery(admin, {"receivers": [], "routes": []})


def set_delivery(admin: Person, document: dict[str, Any]) -> None:
    admin.ask("PUT", NOTIFICATIONS, json=document, headers=WHATEVER).raise_for_status()
    until(lambda: admin.read(NOTIFICATIONS)["state"] == "in_effect", seconds=30, what="it is in effect")


@pytest.mark.usefixtures("nobody_told")
def test_an_admin_sets_who_is_told_in_a_browser_and_sees_the_test_arrive(admin_tab: Tab, hooks: Receiver) -> None:
    page = admin_tab.page
    admin_tab.open("/notifications")
    page.get_by_role("button", name="Add receiver").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[name=receiver-name]").fill("duty")
    dialog.locator("select[name=way]").select_option("webhook")
    dialog.locator("input[name=url]").fill("ftp://example.com")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("http://")
    dialog.locator("input[name=url]").fill(f"http://{hooks.address}/duty")
    dialog.get_by_role("button", name="Save").click()
    row = page.locator("li[data-receiver=duty]")
    expect(row).to_contain_text("webhook")
    page.get_by_role("button", name="Add route").click()
    dialog.get_by_role("checkbox", name="Critical").check()
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("li[data-route='0']")).to_contain_text("Critical")
    expect(page.locator("[data-delivery=in_effect]")).to_be_visible(timeout=30_000)
    row.get_by_role("button", name="Send a test").click()
    expect(row).to_contain_text("was delivered", timeout=30_000)
    assert hooks.told("/duty")


def test_a_maintenance_window_counts_what_it_fits_and_becomes_a_silence(
    admin_tab: Tab, admin: Person, vendors: dict[str, Vendor]
) -> None:
    vendor = vendors["cubicmedia"]
    page = admin_tab.page
    admin_tab.open("/alerts?show=windows")
    page.get_by_role("button", name="New window").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[name=window-name]").fill("nightly")
    dialog.locator("textarea[name=matchers]").fill(f"source={vendor.source}")
    expect(dialog.get_by_role("status")).to_contain_text(f"{len(vendor.truth())} screens")
    dialog.locator("input[name=comment]").fill("Players update")
    dialog.get_by_role("button", name="Save").click()
    row = page.locator("li[data-window=nightly]")
    expect(row).to_contain_text("Players update")

    def standing() -> list[str]:
        silences = admin.read("/api/v1/silences")["items"]
        return [each["state"] for each in silences if each["created_by"] == "window:nightly"]

    until(lambda: standing() in (["pending"], ["active"]), seconds=60, what="its next time is a silence")
    row.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    until(lambda: standing() == ["expired"] or standing() == [], seconds=60, what="it has ended with the window")


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("nobody_told")
def test_a_mail_and_a_call_tell_the_beginning_and_the_end_once_over_a_death_of_alertmanager(
    system: System, vitrina: CommandLine, mailbox: Mailbox, hooks: Receiver
) -> None:
    mail = {"server": mailbox.address, "from": "v@test.example", "to": ["n@test.example"], "require_tls": False}
    hook = {"url": f"http://{hooks.address}/hook"}
    receivers = [{"name": "mail", "language": "ru", "email": mail}, {"name": "hook", "webhook": hook}]
    routes = [{"receiver": "mail", "severities": ["critical"]}, {"receiver": "hook"}]
    vitrina.done("notifications", "set", "-", given=json.dumps({"receivers": receivers, "routes": routes}))
    tested = vitrina.run("notifications", "test", "mail")
    assert (tested.returncode, tested.stderr) == (0, "Delivered.\n")
    assert vitrina.read("notifications", "show")["state"] == "in_effect"
    labels = {"alertname": "Rehearsal", "severity": "critical", "scope": "source", "platform": "rehearsal"}

    def tell(lasts: timedelta) -> None:
        texts = {"summary_ru": "Учения", "summary_en": "Rehearsal", "description_ru": "", "link": ""}
        alert = {"labels": labels, "annotations": texts, "endsAt": (datetime.now(UTC) + lasts).isoformat()}
        url = f"{system.endpoints['alertmanager']}/api/v2/alerts"
        httpx.post(url, json=[alert], trust_env=False).raise_for_status()

    def subjects() -> list[str]:
        return [str(each["Subject"]) for each in mailbox.mails if "Учения" in str(each["Subject"])]

    def called() -> list[list[str]]:
        return [each.names(each.status) for each in hooks.told("/hook")]

    tell(timedelta(minutes=20))
    until(lambda: len(subjects()) == 1 and ["Rehearsal"] in called(), seconds=90, what="the beginning is told")
    kept = system.home.folder("alertmanager") / "nflog"
    written = datetime.now(UTC).timestamp()
    until(lambda: kept.exists() and kept.stat().st_mtime > written, seconds=30, what="what was sent is kept")
    os.kill(system.supervisor.pids()["alertmanager"], signal.SIGKILL)
    until(lambda: system.unhealthy() == [], seconds=60, what="Alertmanager is back")
    tell(timedelta(minutes=20))
    tell(timedelta(0))
    until(lambda: len(subjects()) == 2, seconds=200, what="the end is told")
    assert subjects() == ["Vitrina: Тревога: Учения", "Vitrina: Восстановлено: Учения"]
    assert called().count(["Rehearsal"]) == 2
