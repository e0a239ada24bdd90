"""`make down` leaves nothing running, `make up` goes on where it was; what is in the way is said in one sentence."""

import secrets
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from vitrina_e2e.pages import DevicesPage, ExportersPage, Tab
from vitrina_e2e.people import WHATEVER, Person
from vitrina_e2e.system import FirstMinute, System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until_equal
from vitrina_embedded.home import Home
from vitrina_embedded.ports import LOOPBACK, is_free

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
QUICK_SECONDS = 15
"""Of a machine that runs other tests, too: `make bench` demands eight of a quiet one."""


@pytest.fixture
def colleague(admin: Person) -> Iterator[tuple[str, str]]:
    """Name and password of a manager of one source."""
    name, password = f"colleague-{secrets.token_hex(4)}", secrets.token_urlsafe(18)
    body = {"username": name, "password": password, "role": "manager", "sources": ["demo-cubicmedia"]}
    assert admin.ask("POST", "/api/auth/users", json=body).status_code == 201
    yield name, password
    assert admin.ask("DELETE", f"/api/auth/users/{name}", headers=WHATEVER).is_success


def test_down_leaves_no_process_and_up_shows_the_same_sources_users_and_devices(
    colleague: tuple[str, str],
    *,
    system: System,
    first_minute: FirstMinute,
    admin: Person,
    vendors: dict[str, Vendor],
    tab: Tab,
) -> None:
    exporters, sources = admin.exporters(), {name: admin.sources(name) for name in vendors}
    down = system.down()
    assert system.processes() == []
    assert is_free(LOOPBACK, system.port)

    up = system.up()
    print(f"down {down.seconds:.1f} s, up again {up.seconds:.1f} s, the first time {first_minute.start_seconds:.1f} s")
    assert up.seconds < max(QUICK_SECONDS, first_minute.start_seconds)
    assert system.password not in up.said  # it may have been changed
    assert without_observed(admin.exporters()) == without_observed(exporters)
    for name, before in sources.items():
        assert without_observed(admin.sources(name)) == without_observed(before)
    for vendor in vendors.values():
        until_equal(lambda vendor=vendor: admin.statuses(vendor.source), vendor.truth(), seconds=20, what="devices")

    tab.sign_in(*colleague, at="/devices")
    expect(DevicesPage(tab).total).to_have_text(f"{len(vendors['cubicmedia'].truth())} devices")
    exporters_page = ExportersPage(tab)
    exporters_page.open()
    expect(exporters_page.source("demo-cubicmedia")).to_be_visible()


def without_observed(listed: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    return {name: {key: each[key] for key in each if key != "observed"} for name, each in listed.items()}


def test_up_while_it_runs_changes_nothing_and_says_where_it_is(system: System) -> None:
    before = system.supervisor.pids()
    ran = system.up()
    assert f"running already: {system.url}" in ran.said
    assert system.supervisor.pids() == before


@pytest.fixture
def late_comer(tmp_path: Path) -> Callable[[int], System]:
    return lambda port: System(Home(tmp_path / "home"), port, secrets.token_urlsafe(18))


def test_a_taken_port_is_one_sentence_with_a_way_out_and_nothing_is_left_running(
    late_comer: Callable[[int], System],
) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        other = late_comer(port)
        ran = other.run("up")
        assert ran.status == 1
        sentence = ran.said.strip().splitlines()[-1]
        assert sentence.startswith(f"Port {port} is taken")
        assert "VITRINA_PORT=" in sentence
        assert "Traceback" not in ran.said
        assert other.processes() == []
    other.wipe()


def test_a_second_system_on_the_same_port_is_told_who_has_it_and_the_first_stays(
    system: System, admin: Person, late_comer: Callable[[int], System]
) -> None:
    other = late_comer(system.port)
    ran = other.run("up")
    assert ran.status == 1
    assert f"Port {system.port} is taken by caddy" in ran.said
    assert other.processes() == []
    assert system.unhealthy() == []
    assert admin.overview()["totals"]["total"] > 0
    other.wipe()
