"""Each service is restarted by compose while people read and write: they wait a little, nothing fails."""

from functools import partial

import pytest
from vitrina_compose_testing.commands import wait_until
from vitrina_compose_testing.system import System, parts
from vitrina_e2e.load import Load

pytestmark = [pytest.mark.docker, pytest.mark.long, pytest.mark.timeout(1500)]

ROUNDS = 2
SERVICES = ("auth", "registry", "gateway", "orchestrator", "nats", "prometheus")
"""Restarted one after the other; the edge, which is the way to them, and the database are not."""


def test_a_rolling_restart_fails_no_request(system: System) -> None:
    with system.client() as client:
        authorization = client.headers["Authorization"]
        items = client.get("/api/v1/devices", params={"source": "demo-addreality"}).raise_for_status().json()["items"]
    load = Load(f"http://127.0.0.1:{system.port}", authorization, items[0]["device_id"])
    with load:
        wait_until(lambda: load.written, 20, "something is written")
        for name in ROUNDS * SERVICES:
            system.compose("restart", name, seconds=120)
            wait_until(partial(is_well, name), 120, f"{name} is well again")
            wait_until(partial(has_answered, load, load.answered + 10), 30, "requests are answered")
    print(f"{load.answered} answered, slowest {load.slowest:.1f} s, failed: {load.failed[:3]}")
    assert load.failed == []
    assert load.noted() == load.written


def has_answered(load: Load, count: int) -> bool:
    return load.answered > count


def is_well(name: str) -> bool:
    return bool(parts()[name]["State"]["Health"]["Status"] == "healthy")
