"""`make up` where an engine answers: each exporter its own container, whatever hands, crashes and bad versions do.

The engine is the tests' own, so that it may be killed.
"""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from vitrina_e2e.containers import Containers
from vitrina_e2e.pages import DevicesPage, Tab
from vitrina_e2e.people import REGISTRY, WHATEVER, Person
from vitrina_e2e.system import FirstMinute, Ran, System, vendors_of
from vitrina_e2e.vendors import Vendor
from vitrina_e2e.waiting import until, until_equal
from vitrina_embedded import machine_image
from vitrina_embedded.secret_files import read_secret
from vitrina_orchestrator.testing.private_engine import PrivateEngine, private_engine, skip_where_impossible

pytestmark = [pytest.mark.e2e, pytest.mark.docker]
EXPORTERS = {"addreality", "cubicmedia"}
WITHIN = 10
SCRAPED_WITHIN = 20
QUICK = {
    "RUNTIME": "auto",
    "POLL_INTERVAL": "2",
    "SCRAPE_INTERVAL": "2",
    "FRESH_SECONDS": "60",
    "DEMO_DEVICES": "50",
    "DEMO_FLIPS_PER_MINUTE": "0",
    "DEMO_INCIDENT": "0",
}
PYTHON = str(machine_image.PYTHON)
HOG_COMMAND = (PYTHON, "-c", "import time; kept = bytearray(400 * 2**20); time.sleep(60)")


@pytest.fixture(scope="module")
def engine() -> Iterator[PrivateEngine]:
    skip_where_impossible()
    with private_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def started(engine: PrivateEngine, make_system: Callable[..., System]) -> Iterator[tuple[System, Ran]]:
    system = make_system({**QUICK, "DOCKER_HOST": engine.host})
    yield system, system.up()
    system.down()
    system.wipe()


@pytest.fixture(scope="module")
def running(started: tuple[System, Ran]) -> tuple[System, FirstMinute]:
    """What the people, vendors and tabs of these tests belong to."""
    system, ran = started
    return system, FirstMinute(ran.seconds, 0)


@pytest.fixture(scope="module")
def containers(engine: PrivateEngine, started: tuple[System, Ran]) -> Containers:
    return Containers(engine, started[0].home)


@pytest.fixture(autouse=True)
def _all_is_well_before(system: System, containers: Containers, admin: Person) -> None:
    await_all(system, containers, admin)


def await_all(system: System, containers: Containers, admin: Person) -> None:
    until(lambda: containers.running().keys() == EXPORTERS, seconds=WITHIN, what="one container of each type")
    up = dict.fromkeys(EXPORTERS, "up")
    until_equal(system.exporter_targets, up, seconds=SCRAPED_WITHIN, what="every exporter is scraped")
    until(lambda: phases(admin) == {"running"}, seconds=WITHIN, what="every exporter is said to be running")


def phases(admin: Person) -> set[str | None]:
    return {(exporter["observed"] or {}).get("phase") for exporter in admin.exporters().values()}


def reason(admin: Person, exporter: str) -> str:
    return str((admin.exporters()[exporter]["observed"] or {}).get("reason"))


def test_make_up_says_that_exporters_are_containers_and_why(started: tuple[System, Ran]) -> None:
    system, ran = started
    assert "Exporters containers (Docker Engine" in ran.said
    assert system.endpoints["exporters"]["runtime"] == "docker"
    assert system.exporter_processes() == {}


def test_each_enabled_type_has_one_container_with_the_vendors_devices(
    containers: Containers, vendors: dict[str, Vendor], admin: Person
) -> None:
    assert containers.running().keys() == vendors.keys() == EXPORTERS
    for exporter, container in containers.running().items():
        labels = containers.inspect(container)["Config"]["Labels"]
        assert (labels["vitrina.exporter"], labels["vitrina.shard"]) == (exporter, "0")
    for vendor in vendors.values():
        until_equal(lambda v=vendor: admin.statuses(v.source), vendor.truth(), seconds=WITHIN, what="devices")


def test_a_person_sees_their_devices_in_a_browser(admin_tab: Tab, vendors: dict[str, Vendor]) -> None:
    devices = DevicesPage(admin_tab)
    devices.open()
    for vendor in vendors.values():
        for status in ("online", "offline"):
            (device_id,) = vendor.some(status)
            devices.search.fill(device_id)
            row = devices.row((vendor.platform, vendor.source, device_id))
            expect(row).to_have_attribute("data-status", status)


def test_a_container_may_nothing_that_it_does_not_need(containers: Containers) -> None:
    for container in containers.running().values():
        host, status = containers.inspect(container)["HostConfig"], containers.process_status(container)
        assert status["Uid"].split() == ["65532"] * 4
        assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
        assert status["NoNewPrivs"] == "1"
        assert host["ReadonlyRootfs"]
        assert (host["Memory"], host["NanoCpus"], host["PidsLimit"]) == (256 * 2**20, 10**9, 128)
        assert not any((host["Privileged"], host["Binds"], host["PortBindings"]))
        with pytest.raises(AssertionError, match="Read-only file system"):
            containers.python(container, "open('/written', 'w')")


def test_the_engine_shows_no_secret(system: System, containers: Containers) -> None:
    secrets = {path.name: read_secret(path) for path in system.home.secrets.iterdir()}
    shown = containers.docker("volume", "inspect", *containers.docker("volume", "ls", "--quiet").split())
    for container in containers.running().values():
        shown += json.dumps(containers.inspect(container)) + containers.docker("logs", container)
    assert [name for name, secret in secrets.items() if secret in shown] == []


def test_a_source_added_needs_no_other_container(
    containers: Containers, admin: Person, vendors: dict[str, Vendor]
) -> None:
    vendor = vendors["cubicmedia"]
    before = containers.running()
    macs = [*vendor.some("online", 2), *vendor.some("offline", 1)]
    config = {**admin.sources("cubicmedia")[vendor.source]["config"], "macs": macs}
    admin.create("/exporters/cubicmedia/sources", {"name": "lobby", "config": config, "enabled": True})
    wanted = {mac: vendor.truth()[mac] for mac in macs}
    until_equal(lambda: admin.statuses("lobby"), wanted, seconds=SCRAPED_WITHIN, what="the new source's devices")
    assert containers.running() == before
    admin.delete("/exporters/cubicmedia/sources/lobby")


def test_a_source_is_tried_from_a_container_that_nothing_is_left_of(
    containers: Containers, admin: Person, vendors: dict[str, Vendor]
) -> None:
    vendor, before = vendors["cubicmedia"], set(containers.left())
    saved = admin.sources("cubicmedia")[vendor.source]["config"]

    def tried(config: dict[str, Any]) -> dict[str, Any]:
        answer = admin.ask("POST", f"{REGISTRY}/exporters/cubicmedia/sources/test", json={"config": config})
        assert answer.is_success, answer.text
        return dict(answer.json())

    with ThreadPoolExecutor(3) as people:
        for answer in people.map(tried, [saved] * 3):
            assert (answer["ok"], answer["devices"]) == (True, len(vendor.truth()))
    assert not tried({**saved, "api_url": saved["api_url"].replace("/api/", "/nowhere/")})["ok"]
    until(lambda: set(containers.left()) <= before, seconds=WITHIN, what="nothing more is there than before")


@pytest.mark.parametrize("by_hand", ["rm --force", "kill", "stop --time=1", "pause"])
def test_what_somebody_ends_by_hand_returns(by_hand: str, containers: Containers) -> None:
    container = containers.running()["addreality"]
    started_at = containers.started_at(container)
    began = time.monotonic()
    containers.docker(*by_hand.split(), container)

    def is_back() -> bool:
        now = containers.running().get("addreality")
        return now is not None and (by_hand == "pause" or containers.started_at(now) != started_at)

    until(is_back, seconds=WITHIN, what="addreality runs again")
    print(f"docker {by_hand}: back after {time.monotonic() - began:.1f} s")


def test_an_exporter_that_was_ended_for_its_memory_returns(containers: Containers) -> None:
    container = containers.running()["addreality"]
    before = containers.inspect(container)["State"]
    children = Path(f"/proc/{before['Pid']}/task/{before['Pid']}/children").read_text("ascii").split()
    for process in children:  # whoever takes the memory, the exporter is the one to go
        Path(f"/proc/{process}/oom_score_adj").write_text("1000", "ascii")
    began = time.monotonic()
    containers.docker("exec", "--detach", container, *HOG_COMMAND)
    until(
        lambda: "addreality" in containers.running() and containers.started_at(container) != before["StartedAt"],
        seconds=WITHIN,
        what="addreality runs again",
    )
    print(f"out of memory: back after {time.monotonic() - began:.1f} s")


@pytest.mark.parametrize("live_restore", [False, pytest.param(True, marks=pytest.mark.long)])
def test_after_a_crash_of_the_engine_all_is_back_within_ten_seconds(
    live_restore: bool,  # noqa: FBT001 - a parameter of the table
    engine: PrivateEngine,
    system: System,
    containers: Containers,
    admin: Person,
) -> None:
    engine.set_live_restore(live_restore=live_restore)
    await_all(system, containers, admin)
    engine.kill()
    engine.start()
    began = time.monotonic()
    until(lambda: containers.running().keys() == EXPORTERS, seconds=WITHIN, what="one container of each type")
    print(f"engine killed, live-restore {live_restore}: back {time.monotonic() - began:.1f} s after it answers")


def test_disabled_deleted_and_made_again_as_admins_say(
    containers: Containers, admin: Person, vendors: dict[str, Vendor]
) -> None:
    foreign = containers.docker(
        *("run", "--detach", "--label", "vitrina.exporter=cubicmedia", "--network", "none", "--entrypoint"),
        *(PYTHON, containers.image("cubicmedia"), "-c", "import time; time.sleep(600)"),
    )
    admin.change_exporter("cubicmedia", enabled=False)
    until(lambda: containers.running().keys() == {"addreality"}, seconds=WITHIN, what="no container of cubicmedia")
    admin.change_exporter("cubicmedia", enabled=True)
    until(lambda: containers.running().keys() == EXPORTERS, seconds=WITHIN, what="a container of cubicmedia")

    source = admin.sources("cubicmedia")[vendors["cubicmedia"].source]
    admin.delete("/exporters/cubicmedia")
    until(
        lambda: not any("cubicmedia" in each for each in containers.left()),
        seconds=WITHIN,
        what="nothing of cubicmedia is left",
    )
    admin.create("/exporters", {"type": "cubicmedia"})
    admin.keep_series(source["name"])
    admin.create("/exporters/cubicmedia/sources", {key: source[key] for key in ("name", "config", "labels", "enabled")})
    until(lambda: containers.running().keys() == EXPORTERS, seconds=WITHIN, what="a container of cubicmedia")
    assert containers.inspect(foreign)["State"]["Running"], "a container of somebody else was touched"
    containers.docker("rm", "--force", foreign)


def test_a_bad_image_leaves_the_old_container_serving_and_the_status_says_why(
    containers: Containers, admin: Person, vendors: dict[str, Vendor]
) -> None:
    before, image = containers.running(), containers.image("addreality")
    containers.docker("tag", image, "kept:1")
    spoilt = containers.docker("create", "--entrypoint", PYTHON, image, "-c", "raise SystemExit('no good')")
    containers.docker("commit", spoilt, image)
    until(lambda: "the former one stays" in reason(admin, "addreality"), seconds=20, what="the reason in words")
    assert "no good" in reason(admin, "addreality")
    assert containers.running() == before
    assert admin.statuses(vendors["addreality"].source) == vendors["addreality"].truth()
    containers.docker("tag", "kept:1", image)
    containers.docker("rm", spoilt)
    containers.docker("rmi", "kept:1")


def test_no_hostile_wish_by_the_api_makes_or_changes_a_container(containers: Containers, admin: Person) -> None:
    before = containers.running()
    made = {container: containers.inspect(container)["HostConfig"] for container in before.values()}
    accepted = [
        (method, path, body)
        for method, path, body in hostile_wishes()
        if admin.ask(method, f"{REGISTRY}{path}", json=body, headers=WHATEVER).is_success
    ]
    assert accepted == []
    assert containers.running() == before
    assert {container: containers.inspect(container)["HostConfig"] for container in before.values()} == made
    assert admin.exporters().keys() == EXPORTERS


def hostile_wishes() -> list[tuple[str, str, dict[str, Any]]]:
    """Sixty ways to ask for a container that could do harm."""
    fields: list[dict[str, Any]] = [
        {"image": "evil/root:latest"}, {"image": "vitrina/exporter-cubicmedia@sha256:00"}, {"command": ["sh"]},
        {"entrypoint": ["sh", "-c", "id"]}, {"args": ["--config=/etc/shadow"]}, {"user": "0:0"}, {"privileged": True},
        {"cap_add": ["SYS_ADMIN"]}, {"binds": ["/:/host"]}, {"volumes": ["/var/run/docker.sock:/s"]},
        {"mounts": [{"Type": "bind", "Source": "/", "Target": "/host"}]}, {"network_mode": "host"}, {"pid": "host"},
        {"ipc": "host"}, {"devices": ["/dev/mem"]}, {"security_opt": ["seccomp=unconfined"]}, {"ports": ["22:9000"]},
        {"environment": {"LD_PRELOAD": "/var/lib/vitrina/x.so"}}, {"labels": {"com.docker.compose.project": "vitrina"}},
        {"HostConfig": {"Privileged": True}}, {"module": "os"}, {"port": 2375}, {"metrics_path": "/../../etc/shadow"},
        {"runtime": "process"},
    ]  # fmt: skip
    names = [
        "../../etc", "a/b", "cubicmedia.next", "cubicmedia.writer", "-rm", "a b", "A", "x" * 200, "a\u0000b",
        "vitrina-x:latest", "$(id)", "a;reboot", "..", "é", "a\nb", "cubicmedia.1",
    ]  # fmt: skip
    wishes = [("POST", "/exporters", {"type": "cubicmedia", **field}) for field in fields]
    wishes += [("PATCH", "/exporters/cubicmedia", {"enabled": True, **field}) for field in fields[:14]]
    wishes += [("POST", "/exporters", {"type": name}) for name in names[:8]]
    wishes += [("POST", "/exporters", {"type": "cubicmedia", "name": name}) for name in names]
    assert len(wishes) >= 60
    return wishes


@pytest.mark.long
def test_a_home_follows_the_runtime_of_each_start(system: System, containers: Containers) -> None:
    """The last of these tests: what they share is started anew."""
    system.down()
    assert containers.running() == {}
    assert containers.left() != []
    as_processes = System(system.home, system.port, system.password, {**system.settings, "RUNTIME": "process"})
    assert "Exporters processes (VITRINA_RUNTIME says so)" in as_processes.up().said
    assert containers.left() == []
    until(lambda: system.exporter_processes().keys() == EXPORTERS, seconds=WITHIN, what="a process of each type")
    until(
        lambda: all(vendor.requests() > 0 for vendor in vendors_of(system).values()),
        seconds=WITHIN,
        what="each asks its vendor where that listens now",
    )
    system.down()
    system.up()
    assert system.exporter_processes() == {}
