"""A large budget is used: 20,000 players of a vendor that takes 50 ms to answer, by an exporter on one core."""

import os
import time
from pathlib import Path

import pytest
from vitrina_sdk.testing.running import RunningExporter, RunningSimulator, eventually

DEVICES = 20_000
BUDGET = 950
SECONDS = 30.0


@pytest.mark.long
def test_twenty_thousand_players_are_asked_about_in_thirty_seconds_on_one_core(tmp_path: Path) -> None:
    simulator = RunningSimulator("vitrina_cubicmedia", DEVICES)
    exporter = RunningExporter("vitrina_cubicmedia", "cubicmedia", tmp_path)
    try:
        simulator.fault("latency", seconds=0.05)
        macs = simulator.control("GET", "macs")
        source = {"api_url": f"{simulator.url}/api/v0.1/players/status-check?mac=", "macs": macs}
        exporter.configure({"shops": source}, interval=60, budget=BUDGET)
        exporter.start()
        os.sched_setaffinity(exporter.pid, {min(os.sched_getaffinity(0))})
        started = time.monotonic()
        eventually(lambda: exporter.source("shops").up is True, 2 * SECONDS, "the round has ended")
        took = time.monotonic() - started
        assert exporter.scrape().statuses("shops") == simulator.truth()
        assert simulator.control("GET", "requests")["max_per_second"] <= BUDGET
        assert took < SECONDS
    finally:
        exporter.stop()
        simulator.stop()
