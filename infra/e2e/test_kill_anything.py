"""`kill -9` of any one process: it is back within ten seconds, and nobody is told anything wrong meanwhile.

All the while somebody asks for the list, the overview and the page five times a second, and a browser has the devices
open. An answer may be late or be an error, for ten seconds at most; it may never be wrong or empty.
"""

import itertools
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import httpx
import psutil
import pytest
from playwright.sync_api import expect
from vitrina_e2e.bus import BusListener
from vitrina_e2e.pages import DevicesPage, Tab
from vitrina_e2e.people import Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until, until_equal
from vitrina_e2e.watching import Watcher
from vitrina_embedded import processes

pytestmark = pytest.mark.e2e
WITHIN = 10
ALWAYS_TRIED = ("postgres", "nats", "prometheus", "gateway", "exporter of addreality")
"""The parts on which most depend; `make test` tries these and, by a seed, one of the others."""
OTHERS = (
    "alertmanager", "auth", "registry", "orchestrator", "caddy", "addreality-simulator", "cubicmedia-simulator",
    "exporter of cubicmedia", "checkpointer of postgres", "alerting",
)  # fmt: skip
SEED = 2


def victims() -> list[Any]:
    quick = {*ALWAYS_TRIED, random.Random(SEED).choice(OTHERS)}  # noqa: S311 - a choice to repeat
    return [pytest.param(name, marks=() if name in quick else pytest.mark.long) for name in (*ALWAYS_TRIED, *OTHERS)]


def test_every_program_of_the_supervisor_is_tried(system: System) -> None:
    assert set(system.programs) == {name for name in (*ALWAYS_TRIED, *OTHERS) if " of " not in name}
    assert set(system.programs) == set(system.supervisor.pids())


@pytest.mark.parametrize("victim", victims())
def test_what_is_killed_is_back_within_ten_seconds_and_no_answer_is_wrong_or_empty(
    victim: str,
    *,
    system: System,
    people: Callable[[str, str | None], Person],
    vendors: dict[str, Vendor],
    admin_tab: Tab,
) -> None:
    truth = {
        (vendor.source, device_id): status
        for vendor in vendors.values()
        for device_id, status in vendor.truth().items()
    }
    devices = DevicesPage(admin_tab)
    devices.open()
    admin_tab.mark()
    lists, overviews = people("admin", system.password), people("admin", system.password)
    with ExitStack() as watching:
        watchers: list[Watcher[Any]] = [
            watching.enter_context(Watcher(lambda: list_of(lists))),
            watching.enter_context(Watcher(lambda: overviews.overview()["totals"])),
            watching.enter_context(Watcher(lambda: page_of(system))),
        ]
        for watcher in watchers:
            until(lambda watcher=watcher: watcher.moments, seconds=WITHIN, what="the watchers watch")
        kill(system, victim)
        until(lambda: devices.rows.count() > 0 and not system.unhealthy(), seconds=WITHIN, what=f"{victim} is back")
        expect(admin_tab.page.get_by_role("navigation")).to_be_visible()
        people("admin", system.password).overview()  # people can sign in, and what they ask for is there

    counts = Counter(truth.values())
    totals = {**{status: counts[status] for status in ("online", "offline", "unknown")}, "total": len(truth)}
    listed, overviewed, pages = watchers
    assert {frozenset(seen.items()) for seen in listed.answers()} == {frozenset(truth.items())}
    assert {frozenset(seen.items()) for seen in overviewed.answers()} == {frozenset(totals.items())}
    assert set(pages.answers()) == {True}
    for watcher in watchers:
        assert watcher.longest_silence() <= WITHIN, watcher.errors()
    print(f"{victim}: silent for {max(watcher.longest_silence() for watcher in watchers):.1f} s at most")
    assert admin_tab.is_marked
    assert devices.rows.count() > 0


def list_of(person: Person) -> dict[tuple[str, str], str]:
    return {(device["source"], device["device_id"]): device["status"] for device in person.devices()}


def page_of(system: System) -> bool:
    """Whether the page's own document came, whole."""
    text = httpx.get(f"{system.url}/devices", timeout=15, trust_env=False).raise_for_status().text
    return "</html>" in text and "/assets/" in text


def kill(system: System, victim: str) -> None:
    """Kills it and waits until another process has taken its place."""
    find = finder(system, victim)
    killed = find()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    until(lambda: find() not in {None, killed}, seconds=WITHIN, what=f"{victim} runs again")


def finder(system: System, victim: str) -> Callable[[], int | None]:
    kind, of, owner = victim.partition(" of ")
    if not of:
        return lambda: system.supervisor.pids()[victim] or None
    if kind == "exporter":
        return lambda: pid_of(system.exporter_processes().get(owner))
    return lambda: next((each.pid for each in system.processes() if kind in " ".join(each.cmdline())), None)


def pid_of(process: psutil.Process | None) -> int | None:
    return process.pid if process is not None else None


@pytest.mark.long
def test_after_a_killed_supervisor_down_and_up_clean_up_and_resume(
    system: System, admin: Person, vendors: dict[str, Vendor]
) -> None:
    before = desired(admin)
    supervisor = system.supervisor_process()
    supervisor.kill()
    supervisor.wait(WITHIN)

    system.down()
    assert system.processes() == []
    system.up()

    assert desired(admin) == before
    up = dict.fromkeys(vendors, "up")
    until(lambda: system.exporter_targets() == up, seconds=20, what="every exporter is scraped again")
    for vendor in vendors.values():
        # Down for longer than a status is fresh, they were unknown in between.
        until_equal(
            lambda vendor=vendor: admin.statuses(vendor.source), vendor.truth(), seconds=15, what="devices are known"
        )
    assert exporter_count(system) == len(vendors)
    expect_unbroken_chains(system, vendors)


def expect_unbroken_chains(system: System, vendors: dict[str, Vendor]) -> None:
    """Every event about a device goes on where the one before ended: none is lost, none told twice."""
    bus = BusListener(system.endpoints["nats"])
    try:
        for vendor in vendors.values():
            for device_id, status in vendor.truth().items():
                chain = bus.chain((vendor.platform, vendor.source, device_id))
                assert chain[-1][1] == status
                assert all(previous != present for previous, present in chain)
                assert all(later[0] == earlier[1] for earlier, later in itertools.pairwise(chain))
    finally:
        bus.close()


def desired(admin: Person) -> Any:
    """All that admins have declared."""
    exporters = {name: (each["revision"], each["enabled"]) for name, each in admin.exporters().items()}
    sources = {name: {key: each["revision"] for key, each in admin.sources(name).items()} for name in exporters}
    users = [(user["username"], user["role"]) for user in admin.read("/api/auth/users")["items"]]
    return exporters, sources, users


def exporter_count(system: System) -> int:
    modules = {f"vitrina_{platform}" for platform in processes.PLATFORMS}
    return sum(bool(modules.intersection(process.cmdline()[-1:])) for process in system.processes())
