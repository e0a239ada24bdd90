"""Each service is restarted, one after the other, while people read and write: they wait a little, nothing fails."""

from collections.abc import Callable

import pytest
from vitrina_e2e.load import Load
from vitrina_e2e.people import Person
from vitrina_e2e.system import System
from vitrina_e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(600)]

ROUNDS = 3
SERVICES = ("auth", "registry", "gateway", "orchestrator")


def test_a_rolling_restart_fails_no_request(make_system: Callable[[dict[str, str]], System]) -> None:
    system = make_system({"POLL_INTERVAL": "2", "SCRAPE_INTERVAL": "2", "DEMO_DEVICES": "50", "DEMO_INCIDENT": "0"})
    system.up()
    admin = Person(system.url, "admin", system.password)
    device = until(lambda: admin.devices(source="demo-addreality"), seconds=60, what="devices")[0]["device_id"]
    load = Load(system.url, admin.authorization()["Authorization"], device)
    with load:
        until(lambda: load.written, seconds=20, what="something is written")
        for name in ROUNDS * SERVICES:
            _restart(system, name)
            _is_answered(load)
    print(f"{load.answered} answered, slowest {load.slowest:.1f} s, failed: {load.failed[:3]}")
    assert load.failed == []
    assert load.noted() == load.written
    admin.close()


def _restart(system: System, name: str) -> None:
    system.supervisor.stop_one(name)
    system.supervisor.start_again(name)
    until(lambda: system.unhealthy() == [], seconds=60, what=f"{name} is well again")


def _is_answered(load: Load) -> None:
    enough = load.answered + 10
    until(lambda: load.answered > enough, seconds=30, what="requests are answered")
