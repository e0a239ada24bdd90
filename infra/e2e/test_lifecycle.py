"""Exporters and sources come and go as admins say, with their processes, their targets and their devices."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from vitrina_e2e.pages import DevicesPage, ExportersPage, Tab
from vitrina_e2e.people import REGISTRY, Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until, until_equal
from vitrina_e2e.watching import Watcher

pytestmark = pytest.mark.e2e
ACTS_WITHIN = 10
TARGET_WITHIN = 15
"""Prometheus asks for its targets every five seconds and scrapes them every two."""
DEVICES_WITHIN = 20
SERIES_WITHIN = 60
"""While the exporter still tells of the source, a try fails and is repeated after ten, then twenty seconds."""


@pytest.fixture(autouse=True)
def _everything_runs_before_and_after(system: System, admin: Person, vendors: dict[str, Vendor]) -> Iterator[None]:
    await_all(system, admin, vendors)
    yield
    for name, exporter in admin.exporters().items():
        if not exporter["enabled"]:
            admin.change_exporter(name, enabled=True)
    await_all(system, admin, vendors)


def await_all(system: System, admin: Person, vendors: dict[str, Vendor]) -> None:
    up = dict.fromkeys(vendors, "up")
    until_equal(system.exporter_targets, up, seconds=TARGET_WITHIN, what="every exporter is scraped")
    for vendor in vendors.values():
        until_equal(
            lambda vendor=vendor: admin.statuses(vendor.source),
            vendor.truth(),
            seconds=DEVICES_WITHIN,
            what=f"all of {vendor.source} is known",
        )


def phase(admin: Person, exporter: str) -> str | None:
    observed = admin.exporters()[exporter]["observed"]
    return observed["phase"] if observed else None


def test_disabling_stops_the_exporter_and_its_target_and_enabling_starts_both(
    system: System, vendors: dict[str, Vendor], admin: Person, admin_tab: Tab
) -> None:
    vendor = vendors["addreality"]
    name = vendor.platform
    exporters = ExportersPage(admin_tab)
    exporters.open()

    exporters.press(name, "Disable")
    until(lambda: name not in system.exporter_processes(), seconds=ACTS_WITHIN, what="its process is gone")
    until(lambda: name not in system.exporter_targets(), seconds=TARGET_WITHIN, what="its target is gone")
    until_equal(lambda: phase(admin, name), "stopped", seconds=ACTS_WITHIN, what="it is said to be stopped")
    until_equal(
        lambda: {(device["status"], device["cause"]) for device in admin.devices(source=vendor.source)},
        {("unknown", "disabled")},
        seconds=ACTS_WITHIN,
        what="its devices are listed as unknown, since nobody asks",
    )
    assert len(admin.statuses(vendor.source)) == len(vendor.truth())
    expect(exporters.source(vendor.source)).to_contain_text("Switched off")
    assert "cubicmedia" in system.exporter_targets()

    exporters.press(name, "Enable")
    until(lambda: name in system.exporter_processes(), seconds=ACTS_WITHIN, what="its process is there")
    until_equal(lambda: system.exporter_targets().get(name), "up", seconds=TARGET_WITHIN, what="its target is up")
    until_equal(lambda: phase(admin, name), "running", seconds=ACTS_WITHIN, what="it is said to run")
    expect(exporters.source(vendor.source)).to_contain_text("Polling", timeout=ACTS_WITHIN * 1000)


def test_a_restart_replaces_the_process_and_no_device_changes(
    system: System, vendors: dict[str, Vendor], admin: Person, admin_tab: Tab
) -> None:
    vendor = vendors["cubicmedia"]
    truth = vendor.truth()
    before = system.exporter_processes()["cubicmedia"].pid
    exporters = ExportersPage(admin_tab)
    exporters.open()
    with Watcher(lambda: admin.statuses(vendor.source)) as watcher:
        exporters.press("cubicmedia", "Restart")
        until(lambda: new_process(system, "cubicmedia", before), seconds=ACTS_WITHIN, what="another process")
        until_equal(lambda: phase(admin, "cubicmedia"), "running", seconds=ACTS_WITHIN, what="it runs")
    assert all(statuses == truth for statuses in watcher.answers())
    assert watcher.errors() == {}


def test_an_exporter_killed_by_hand_comes_back_and_no_device_changes(
    system: System, vendors: dict[str, Vendor], admin: Person
) -> None:
    vendor = vendors["addreality"]
    truth = vendor.truth()
    process = system.exporter_processes()["addreality"]
    with Watcher(lambda: admin.statuses(vendor.source)) as watcher:
        process.kill()
        until(lambda: new_process(system, "addreality", process.pid), seconds=ACTS_WITHIN, what="it is back")
        until_equal(lambda: system.exporter_targets().get("addreality"), "up", seconds=TARGET_WITHIN, what="its target")
    assert all(statuses == truth for statuses in watcher.answers())
    assert watcher.errors() == {}


def new_process(system: System, exporter: str, old_pid: int) -> bool:
    process = system.exporter_processes().get(exporter)
    return process is not None and process.pid != old_pid


@pytest.mark.long
def test_deleting_removes_process_target_and_devices_and_it_can_be_made_again(
    system: System, vendors: dict[str, Vendor], admin: Person
) -> None:
    vendor = vendors["cubicmedia"]
    source = admin.sources("cubicmedia")[vendor.source]
    admin.delete("/exporters/cubicmedia")
    until(lambda: "cubicmedia" not in system.exporter_processes(), seconds=ACTS_WITHIN, what="its process is gone")
    until(lambda: "cubicmedia" not in system.exporter_targets(), seconds=TARGET_WITHIN, what="its target is gone")
    until_equal(lambda: admin.statuses(vendor.source), {}, seconds=ACTS_WITHIN, what="its devices are gone")
    assert "cubicmedia" not in admin.exporters()
    assert admin.ask("GET", f"{REGISTRY}/exporters/cubicmedia").status_code == 404
    assert not (system.home.path / "runtime" / "cubicmedia").exists()  # credentials lay there

    admin.create("/exporters", {"type": "cubicmedia"})
    admin.keep_series(source["name"])
    admin.create("/exporters/cubicmedia/sources", {key: source[key] for key in ("name", "config", "labels", "enabled")})
    until(lambda: "cubicmedia" in system.exporter_processes(), seconds=ACTS_WITHIN, what="its process is there")


def test_an_admin_adds_a_source_by_the_form_which_names_the_line_that_does_not_fit(
    system: System, vendors: dict[str, Vendor], admin: Person, admin_tab: Tab
) -> None:
    vendor = vendors["cubicmedia"]
    macs = [*vendor.some("online", 3), *vendor.some("offline", 1)]
    wanted = {mac: vendor.truth()[mac] for mac in macs}
    exporters = ExportersPage(admin_tab)
    exporters.open()

    form = exporters.add_source("cubicmedia")
    form.fill(name="branch", api_url=admin.sources("cubicmedia")[vendor.source]["config"]["api_url"])
    form.fill(macs="\n".join([macs[0], "kiosk by the door", *macs[1:]]))
    form.save()
    expect(form.faults).to_have_count(1)
    expect(form.faults).to_contain_text("Line 2")
    expect(form.faults).to_contain_text("kiosk by the door")
    assert "branch" not in admin.sources("cubicmedia")

    form.fill(macs="\n".join(macs))
    form.save()
    form.expect_saved()
    until_equal(lambda: admin.statuses("branch"), wanted, seconds=DEVICES_WITHIN, what="its devices are listed")
    exporters.source("branch").get_by_role("link", name="branch", exact=True).click()
    devices = DevicesPage(admin_tab)
    expect(devices.rows).to_have_count(len(macs))
    for mac, status in wanted.items():
        expect(devices.row(("cubicmedia", "branch", mac))).to_have_attribute("data-status", status)

    exporters.open()
    exporters.delete_source("branch")
    expect(exporters.source("branch")).to_have_count(0)
    until_equal(lambda: admin.statuses("branch"), {}, seconds=DEVICES_WITHIN, what="its devices are gone")

    assert samples_of(system, "branch")
    admin.remove_series("branch")
    until(lambda: admin.removals("branch") == ["done"], seconds=SERIES_WITHIN, what="its series are confirmed gone")
    assert samples_of(system, "branch") == []
    assert samples_of(system, vendor.source)


def samples_of(system: System, source: str) -> Any:
    query = f'count(last_over_time({{source="{source}"}}[1d]))'
    return system.ask_prometheus("query", query=query)["result"]


def test_a_secret_typed_once_is_never_shown_again(
    admin: Person, admin_tab: Tab, system: System, vendors: dict[str, Vendor]
) -> None:
    token = (system.home.secrets / "addreality-simulator-token").read_text().strip()
    vendor = vendors["addreality"]
    assert admin.sources("addreality")[vendor.source]["config"]["api_token"].keys() == {
        "set",
        "set_at",
        "set_by",
        "expires_on",
    }
    exporters = ExportersPage(admin_tab)
    exporters.open()
    exporters.source(vendor.source).get_by_role("link", name="Edit source").click()
    expect(admin_tab.page.locator("input[name=api_token]")).to_have_value("")
    assert token not in admin_tab.page.content()
    for log in system.home.logs.iterdir():
        assert token not in log.read_text(errors="replace"), log.name
