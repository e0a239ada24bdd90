"""A backup made while everything runs is an installation: restored elsewhere, nothing of it is lost."""

import secrets
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from vitrina_e2e.command_line import CommandLine
from vitrina_e2e.people import Person
from vitrina_e2e.system import System
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until_equal
from vitrina_embedded.home import Home

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
BARE_MACHINE_SECONDS = 300


@pytest.fixture
def passphrase(tmp_path: Path) -> list[str]:
    """The option that names it."""
    (tmp_path / "passphrase").write_text(f"{secrets.token_urlsafe(18)}\n")
    return ["--passphrase-file", str(tmp_path / "passphrase")]


@pytest.fixture
def at(tmp_path: Path) -> Callable[[Home], CommandLine]:
    """The command line of an installation."""
    return lambda home: CommandLine("http://localhost", tmp_path, {"VITRINA_HOME": str(home.path)})


def test_it_is_encrypted_whole_and_never_put_over_what_is_there(
    system: System, at: Callable[[Home], CommandLine], passphrase: list[str], tmp_path: Path
) -> None:
    here, file = at(system.home), tmp_path / "backup"
    here.done("backup", str(file), *passphrase)
    assert file.stat().st_mode & 0o077 == 0
    content = file.read_bytes()
    for path in system.home.secrets.iterdir():
        assert path.read_bytes().strip() not in content
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
    assert system.unhealthy() == []

    assert "whole" in here.run("restore", str(file), "--check", *passphrase).stderr
    assert here.run("backup", str(file), *passphrase).returncode == 6
    running = here.run("restore", str(file), *passphrase)
    assert running.returncode == 1
    assert "make down" in running.stderr

    home = Home(tmp_path / "home")
    there = at(home)
    there.done("restore", str(file), *passphrase)
    assert {path.name: path.read_bytes() for path in home.secrets.iterdir()} == {
        path.name: path.read_bytes() for path in system.home.secrets.iterdir()
    }
    again = there.run("restore", str(file), *passphrase)
    assert again.returncode == 1
    assert "--replace" in again.stderr
    there.done("restore", str(file), "--replace", *passphrase)
    assert len(list(home.path.glob("before-restore-*/postgres/PG_VERSION"))) == 1
    (tmp_path / "passphrase").write_text("another passphrase\n")
    assert "The passphrase is not the one" in there.run("restore", str(file), "--replace", *passphrase).stderr


@pytest.mark.long
def test_restored_elsewhere_logins_tokens_sources_facts_and_the_past_work(
    *,
    system: System,
    admin: Person,
    vendors: dict[str, Vendor],
    at: Callable[[Home], CommandLine],
    passphrase: list[str],
    make_system: Callable[..., System],
    tmp_path: Path,
) -> None:
    name, password = f"before-{secrets.token_hex(4)}", secrets.token_urlsafe(18)
    user = {"username": name, "password": password, "role": "manager", "sources": ["demo-cubicmedia"]}
    assert admin.ask("POST", "/api/auth/users", json=user).status_code == 201
    device_id = next(iter(vendors["addreality"].truth()))
    path = f"/api/v1/devices/addreality/demo-addreality/{device_id}"
    facts = f"/api/registry/v1/facts/addreality/demo-addreality/{device_id}"
    assert admin.ask("PUT", facts, json={"site": "Shop 7"}).is_success
    until_equal(lambda: admin.read(path)["site"], "Shop 7", seconds=20, what="the fact is shown")
    events = admin.read(f"{path}/events")

    started = time.monotonic()
    file = tmp_path / "backup"
    at(system.home).done("backup", str(file), *passphrase, "--history")
    other = make_system({**system.settings, "DEMO": "0"})  # it asks the vendors of the first
    at(other.home).done("restore", str(file), *passphrase)
    other.up()
    restored = Person(other.url, "admin", system.password)
    for vendor in vendors.values():
        until_equal(lambda vendor=vendor: restored.statuses(vendor.source), vendor.truth(), seconds=60, what="devices")
    print(f"backed up, restored and complete after {time.monotonic() - started:.1f} s")
    assert time.monotonic() - started < BARE_MACHINE_SECONDS

    colleague = Person(other.url, name, password)
    assert {device["source"] for device in colleague.devices()} == {"demo-cubicmedia"}
    until_equal(lambda: restored.read(path)["site"], "Shop 7", seconds=20, what="the fact is there")
    assert restored.read(f"{path}/events") == events
    until_equal(
        lambda: {source["up"] for source in restored.overview()["sources"]}, {True}, seconds=60, what="tokens work"
    )
    for person in (colleague, restored):
        person.close()
    assert admin.ask("DELETE", facts).is_success
    assert admin.ask("DELETE", f"/api/auth/users/{name}", headers={"If-Match": "*"}).is_success
