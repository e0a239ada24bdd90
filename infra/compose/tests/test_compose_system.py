"""The system as containers, end to end: what `docker compose up -d --wait` gives, and that it stays."""

import json
import os
import sys
import time

import pytest
from vitrina_compose_testing.commands import ROOT, run, wait_until
from vitrina_compose_testing.system import (
    DEVICES,
    System,
    exporter_containers,
    inspect,
    parts,
    process_status,
)
from vitrina_orchestrator.testing.private_engine import PrivateEngine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(2400)]

EXPORTERS = {"addreality", "cubicmedia"}
_CONNECT = """
import json, socket, sys
def connects(place):
    try:
        socket.create_connection(place, 1).close()
    except OSError:
        return False
    return True
print(json.dumps([name for name, host, port in json.loads(sys.argv[1]) if connects((host, port))]))
"""

ONE_SHOTS = {"setup", "database", "auth-migrate", "registry-migrate", "demo"}


def test_every_type_has_exactly_one_container_with_its_label(system: System) -> None:
    assert set(exporter_containers()) == EXPORTERS
    running = dict.fromkeys(EXPORTERS, "running")
    wait_until(lambda: phases(system) == running, 30, "the registry says that each is running")


def phases(system: System) -> dict[str, str | None]:
    with system.client() as client:
        items = client.get("/api/registry/v1/exporters").json()["items"]
    return {item["name"]: (item["observed"] or {}).get("phase") for item in items}


def test_a_person_sees_the_devices_of_both_vendors_in_a_browser(system: System) -> None:
    seen = json.loads(
        run(
            *(sys.executable, "-m", "vitrina_compose_testing.browser", f"http://127.0.0.1:{system.port}"),
            environment={**os.environ, "PYTHONPATH": str(ROOT / "infra" / "compose")},
            told=f"{system.password}\n",
        )
    )
    assert seen["total"] == f"{2 * DEVICES} devices"
    assert set(seen["statuses"]) == {"online", "offline"}
    assert seen["faults"] == []


def test_a_person_is_known_by_the_own_address_and_not_by_that_of_the_edge(system: System) -> None:
    with system.client() as client:
        sessions = client.get("/api/auth/me/sessions").raise_for_status().json()["items"]
    of_the_edge = {network["IPAddress"] for network in parts()["edge"]["NetworkSettings"]["Networks"].values()}
    assert {session["address"] for session in sessions}.isdisjoint(of_the_edge)


def test_no_container_may_more_than_it_needs(system: System) -> None:
    services = {name: shown["Id"] for name, shown in parts().items() if name not in ONE_SHOTS}
    running = {**services, **exporter_containers()}
    for name, container in running.items():
        [shown] = inspect(container)
        host, status = shown["HostConfig"], process_status(container)
        assert host["ReadonlyRootfs"], name
        assert host["Memory"] > 0, name
        assert host["PidsLimit"] > 0, name
        assert not host["Privileged"], name
        assert int(status["CapEff"], 16) == 0, name
        assert status["NoNewPrivs"] == "1", name
        assert status["Uid"].startswith("0\t") == (name == "orchestrator"), name
        socket_mounted = any("docker.sock" in mount["Destination"] for mount in shown["Mounts"])
        assert socket_mounted == (name == "orchestrator"), name


def test_only_the_edge_is_reachable_from_outside(system: System) -> None:
    published = {name for name, shown in parts().items() if any(shown["NetworkSettings"]["Ports"].values())}
    assert published == {"edge"}
    for container in exporter_containers().values():
        [shown] = inspect(container)
        assert not any(shown["NetworkSettings"]["Ports"].values())


def test_no_secret_is_shown_by_the_engine_or_in_a_log(system: System) -> None:
    secrets = system.secrets()
    containers = {**{name: shown["Id"] for name, shown in parts().items()}, **exporter_containers()}
    for name, container in containers.items():
        shown = json.dumps(inspect(container)) + run("docker", "logs", container)
        # The first password is for the person who sets the system up.
        hidden = {key: value for key, value in secrets.items() if (name, key) != ("setup", "admin-password")}
        assert [key for key, value in hidden.items() if value in shown] == [], name


@pytest.mark.long
def test_each_part_is_given_its_own_secrets_alone(system: System) -> None:
    secrets = system.secrets()
    script = "cat /run/secrets/vitrina/* 2>/dev/null || true"
    readable = {
        name: {key for key, value in secrets.items() if value in run("docker", "exec", name_id, "sh", "-c", script)}
        for name, name_id in ((name, shown["Id"]) for name, shown in parts().items() if name not in ONE_SHOTS)
    }
    assert readable["gateway"] == {"nats-gateway-password", "gateway-calls-registry", "alertmanager-calls-gateway"}
    assert readable["prometheus"] == {"calls-orchestrator"}
    assert readable["alertmanager"] == {"alertmanager-calls-gateway"}
    assert readable["edge"] == readable["cubicmedia-simulator"] == set()
    assert [name for name, known in readable.items() if "registry-secret-key" in known] == ["registry"]


def test_a_source_added_shows_its_devices(system: System) -> None:
    simulator = parts()["cubicmedia-simulator"]
    address = next(network["IPAddress"] for network in simulator["NetworkSettings"]["Networks"].values())
    asking = f"import urllib.request as r; print(r.urlopen('http://{address}:9000/control/macs').read().decode())"
    macs = json.loads(run("docker", "exec", simulator["Id"], "python", "-c", asking))[:3]
    config = {"api_url": f"http://{address}:9000/api/v0.1/players/status-check?mac=", "macs": macs}
    path = "/api/registry/v1/exporters/cubicmedia/sources"
    before = exporter_containers()["cubicmedia"]
    with system.client() as client:
        client.post(path, json={"name": "lobby", "config": config, "labels": {}, "enabled": True}).raise_for_status()
        wait_until(
            lambda: client.get("/api/v1/devices", params={"source": "lobby"}).json()["total"] == len(macs),
            30,
            "the devices of the new source",
        )
        assert exporter_containers()["cubicmedia"] == before, "a new source needs no new container"
        client.delete(f"{path}/lobby").raise_for_status()
    wait_until(lambda: system.known_devices() == 2 * DEVICES, 30, "the devices of the other sources alone")


@pytest.mark.parametrize("command", ["rm --force", "kill", "stop --time=1"])
def test_a_container_that_somebody_ends_by_hand_returns(system: System, command: str) -> None:
    before = exporter_containers()["addreality"]
    started = inspect(before)[0]["State"]["StartedAt"]
    run("docker", *command.split(), before)

    def runs_again() -> bool:
        container = exporter_containers().get("addreality")
        return container is not None and inspect(container)[0]["State"]["StartedAt"] != started

    wait_until(runs_again, 10, "addreality runs again")
    wait_until(lambda: system.known_devices() == 2 * DEVICES, 60, "its devices")


def test_an_exporter_reaches_its_vendor_and_nothing_of_vitrina_but_what_scrapes_it(
    system: System, engine: PrivateEngine
) -> None:
    if not engine.firewall:
        pytest.skip("another engine answers here, whose firewall rules this one must not touch")
    shown = parts()
    places = [
        (f"{name}:{port}", network["IPAddress"], port)
        for name, port in (
            ("postgres", 5432), ("nats", 4222), ("alertmanager", 9093), ("auth", 8000), ("auth", 8001),
            ("registry", 8000), ("registry", 8001), ("gateway", 8000), ("gateway", 8001), ("edge", 8080),
            ("orchestrator", 8001), ("prometheus", 9090), ("addreality-simulator", 9000),
        )
        for network in shown[name]["NetworkSettings"]["Networks"].values()
    ]  # fmt: skip
    container = exporter_containers()["addreality"]
    reached = json.loads(run("docker", "exec", container, "python", "-c", _CONNECT, json.dumps(places), seconds=90))
    assert "addreality-simulator:9000" in reached
    assert set(reached) <= {"addreality-simulator:9000", "orchestrator:8001"}


def test_a_disabled_exporter_has_no_container_until_it_is_enabled(system: System) -> None:
    with system.client() as client:
        client.patch("/api/registry/v1/exporters/cubicmedia", json={"enabled": False}).raise_for_status()
        wait_until(lambda: set(exporter_containers()) == {"addreality"}, 20, "no container of cubicmedia")
        client.patch("/api/registry/v1/exporters/cubicmedia", json={"enabled": True}).raise_for_status()
        wait_until(lambda: set(exporter_containers()) == EXPORTERS, 20, "a container of cubicmedia")
    wait_until(lambda: system.known_devices() == 2 * DEVICES, 60, "its devices")


@pytest.mark.long
def test_a_second_up_changes_nothing(system: System) -> None:
    before = {name: shown["Id"] for name, shown in parts().items()}
    exporters = exporter_containers()
    system.up()
    assert {name: shown["Id"] for name, shown in parts().items()} == before
    assert exporter_containers() == exporters
    assert system.known_devices() == 2 * DEVICES


@pytest.mark.long
def test_everything_returns_after_a_restart_of_the_engine(system: System, engine: PrivateEngine) -> None:
    engine.restart()
    wait_until(lambda: set(exporter_containers()) == EXPORTERS, 60, "a container of each type")
    wait_until(lambda: system.known_devices() == 2 * DEVICES, 90, "every device with a status")


@pytest.mark.parametrize("live_restore", [False, pytest.param(True, marks=pytest.mark.long)])
def test_everything_returns_after_a_crash_of_the_engine(
    live_restore: bool,  # noqa: FBT001 - a parameter of the table
    system: System,
    engine: PrivateEngine,
) -> None:
    engine.set_live_restore(live_restore=live_restore)
    wait_until(lambda: set(exporter_containers()) == EXPORTERS, 60, "a container of each type")
    engine.kill()
    engine.start()
    began = time.monotonic()
    if live_restore:
        run("docker", "rm", "--force", exporter_containers()["addreality"])
    wait_until(lambda: set(exporter_containers()) == EXPORTERS, 30, "a container of each type")
    print(f"engine killed, live-restore {live_restore}: back {time.monotonic() - began:.1f} s after it answers")
    wait_until(lambda: system.known_devices() == 2 * DEVICES, 90, "every device with a status")
