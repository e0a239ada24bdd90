"""One exporter, one source, 100,000 devices: Prometheus must not notice."""

import gzip
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from vitrina_addreality.simulator import LIST_PATH
from vitrina_contracts import metrics
from vitrina_sdk.testing.running import RunningExporter, RunningSimulator, Scrape, eventually, seconds

DEVICES = 100_000
ANSWERED = 1.0
"""Seconds."""


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    running = RunningSimulator("vitrina_addreality", DEVICES)
    yield running
    running.stop()


@pytest.fixture
def exporter(tmp_path: Path, simulator: RunningSimulator) -> Iterator[RunningExporter]:
    running = RunningExporter("vitrina_addreality", "addreality", tmp_path)
    source = {"api_url": f"{simulator.url}{LIST_PATH}", "api_token": "token"}
    running.configure({"shops": source}, interval=1, budget=1000)
    running.start()
    yield running
    running.stop()


@pytest.mark.long
@pytest.mark.timeout(400)
def test_a_scrape_is_answered_within_a_second_while_a_poll_runs(
    simulator: RunningSimulator, exporter: RunningExporter
) -> None:
    eventually(lambda: exporter.source("shops").up is True, 120, "the first poll has ended")
    polls, took = _polls(exporter), list[float]()
    flipping = threading.Thread(target=_flip, args=(simulator,), daemon=True)
    flipping.start()
    while _polls(exporter) < polls + 3:
        started = time.monotonic()
        headers, body = exporter.ask("/metrics", accept_encoding="gzip")
        took.append(time.monotonic() - started)
        assert headers["content-encoding"] == "gzip"
        for _ in seconds(0.3):
            pass
    flipping.join()
    document = gzip.decompress(body)
    assert document.count(b"\nsignage_device_info{") == DEVICES
    assert max(took) < ANSWERED, f"{len(took)} scrapes, median {statistics.median(took):.3f} s"
    assert exporter.memory() < 700 * 2**20


def _polls(exporter: RunningExporter) -> float:
    own = [line for line in exporter.get("/metrics").splitlines() if line.startswith(b"signage_source")]
    return Scrape(b"\n".join([*own, b""]).decode()).values(f"{metrics.SOURCE_POLL_DURATION}_count", "source")["shops"]


def _flip(simulator: RunningSimulator) -> None:
    """A thousandth of the devices goes off."""
    for device in simulator.control("GET", "devices")[:: DEVICES // 100]:
        simulator.control("POST", f"devices/{device['id']}", {"status": "offline"})
