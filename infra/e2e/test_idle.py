"""The demo as anybody starts it: two thousand devices within a minute, and hardly any load afterwards."""

import contextlib
import time
from collections.abc import Callable

import psutil
import pytest
from vitrina_e2e.people import Person
from vitrina_e2e.system import System, vendors_of
from vitrina_e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(600)]
MOST_RESIDENT = 1536 * 2**20
MOST_OF_A_CORE = 0.25
MEASURED_SECONDS = 60
DEVICES = 2048
"""Of both vendors, and of the account that the incident is about."""


def test_two_thousand_devices_are_listed_within_a_minute_and_idle_small_and_quiet(
    make_system: Callable[..., System],
) -> None:
    system = make_system({})
    system.up()
    admin = Person(system.url, "admin", system.password)
    started = time.monotonic()
    truths = {vendor.source: vendor for vendor in vendors_of(system).values()}
    until(
        lambda: all(admin.statuses(source) == vendor.truth() for source, vendor in truths.items()),
        seconds=60,
        what="every device is listed with the simulators' statuses",
    )
    listed = time.monotonic() - started
    assert admin.overview()["totals"]["total"] == DEVICES
    admin.close()

    before = busy_seconds(system)
    time.sleep(MEASURED_SECONDS)  # what is measured is this time itself
    after = busy_seconds(system)
    share = sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items()) / MEASURED_SECONDS
    resident, proportional = memory(system)
    print(
        f"listed within {listed:.1f} s; idle: RSS {resident / 2**20:.0f} MiB, PSS {proportional / 2**20:.0f} MiB, "
        f"{share:.1%} of a core"
    )
    system.down()
    assert resident < MOST_RESIDENT
    assert share < MOST_OF_A_CORE


def busy_seconds(system: System) -> dict[int, float]:
    """Processor time of every process so far."""
    found = {}
    for process in system.processes():
        with contextlib.suppress(psutil.Error):
            found[process.pid] = sum(process.cpu_times()[:2])
    return found


def memory(system: System) -> tuple[int, int]:
    """Bytes of all processes together: resident, where shared pages count for each; and proportional, once."""
    resident = proportional = 0
    for process in system.processes():
        with contextlib.suppress(psutil.Error):
            details = process.memory_full_info()
            resident, proportional = resident + details.rss, proportional + details.pss
    return resident, proportional
