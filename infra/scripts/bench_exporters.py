"""`make bench`, exporters' part: 100,000 devices as our exporters render them, beside a prometheus-client Collector.

Both ways show the same readings in one run, turn by turn; times are processor time, so that other work on the machine
weighs on neither. Memory is the most that a process of its own took. Each figure stands beside the most that is
allowed; one that exceeds it fails the run.
"""

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from vitrina_contracts import metrics
from vitrina_contracts.device import Status
from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import SystemClock
from vitrina_sdk.exposition import Exposition, in_batches
from vitrina_sdk.reading import Reading
from vitrina_sdk.rendering import FAMILIES
from vitrina_sdk.source_record import SourceRecord
from vitrina_sdk.testing.fleet import SimulatedDevice, make_fleet

DEVICES = 100_000
CHANGED = DEVICES // 1000
ROUNDS = 5
PLATFORM, SOURCE = "addreality", "shops"
Value = Callable[[Reading], float | None]


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--memory"]:
        print(json.dumps(peak_memory(arguments[1])))
        return 0
    figures = [("peak memory, of the Collector's", memory_ratio(), 0.6), *times()]
    for name, value, allowed in figures:
        verdict = "" if value <= allowed else "   TOO MUCH"
        print(f"{name:<60}{value:>9.4f} x   at most {allowed:g}{verdict}")
    return 0 if all(value <= allowed for _, value, allowed in figures) else 1


class Ours:
    """A source's board with all devices, as a poll leaves it."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._clock = SystemClock()
        self._record = SourceRecord(PLATFORM, SOURCE, Budget(20, self._clock))
        self._record.board.set_window(300)
        self._exposition = Exposition({SOURCE: self._record}, CollectorRegistry(), self._clock)
        self.poll(readings)

    def poll(self, readings: Iterable[Reading]) -> None:
        for reading in readings:
            self._record.board.observe(reading, self._clock.monotonic())
        self._record.board.settle(DEVICES)
        self._record.board.families(self._clock.monotonic())

    def scrape(self) -> None:
        """Makes every byte of the answer, as the server does: batch by batch, each gone when the next one comes."""
        for _ in self._batches():
            pass

    def document(self) -> bytes:
        return b"".join(self._batches())

    def _batches(self) -> Iterator[bytes]:
        parts, own = self._exposition.take(openmetrics=False)
        return in_batches([*parts, own])

    def scrape_compressed(self) -> bytes:
        return self._exposition.compress(*self._exposition.take(openmetrics=False))


class Theirs(Collector):
    """The same by the library alone."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._readings = {reading.device_id: reading for reading in readings}
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def poll(self, readings: Iterable[Reading]) -> None:
        self._readings.update((reading.device_id, reading) for reading in readings)

    def scrape(self) -> bytes:
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        texts = dict(FAMILIES)
        yield self._family(metrics.DEVICE_UP, texts, lambda reading: float(reading.status is Status.ONLINE))
        yield self._info(texts)
        yield self._family(metrics.DEVICE_LAST_SEEN, texts, lambda reading: reading.last_seen)
        yield self._family(metrics.DEVICE_PLAYING, texts, lambda reading: reading.playing)
        yield self._family(metrics.DEVICE_ACTIVATED, texts, lambda reading: reading.activated)

    def _family(self, name: str, texts: dict[str, str], value_of: Value) -> Metric:
        family = GaugeMetricFamily(name, texts[name], labels=metrics.IDENTITY_LABELS)
        for reading in self._readings.values():
            value = value_of(reading)
            if value is not None:
                family.add_metric((PLATFORM, SOURCE, reading.device_id), value)
        return family

    def _info(self, texts: dict[str, str]) -> Metric:
        labels = (*metrics.IDENTITY_LABELS, *metrics.DEVICE_INFO_LABELS)
        family = GaugeMetricFamily(metrics.DEVICE_INFO, texts[metrics.DEVICE_INFO], labels=labels)
        for reading in self._readings.values():
            told = (reading.name, reading.player_version, reading.ip, reading.external_ip, reading.time_zone)
            words = (word or "" for word in told)
            family.add_metric((PLATFORM, SOURCE, reading.device_id, *words, reading.vendor_state), 1)
        return family


def a_fleet() -> list[Reading]:
    now = time.time()
    return [a_reading(device, now) for device in make_fleet(DEVICES, seed=1, macs=False).devices]


def a_reading(device: SimulatedDevice, now: float) -> Reading:
    return Reading(
        device_id=device.id,
        status=Status(device.status),
        vendor_state=device.status,
        name=device.name,
        player_version=device.player_version,
        time_zone=device.time_zone,
        last_seen=device.last_contact(now),
        playing=not device.paused,
        activated=device.activated,
    )


def changed(readings: list[Reading], turn: int) -> list[Reading]:
    """Every thousandth device as it comes back or goes, another one each turn."""
    return [turned(reading) for reading in readings[turn :: DEVICES // CHANGED]]


def turned(reading: Reading) -> Reading:
    status = Status.OFFLINE if reading.status is Status.ONLINE else Status.ONLINE
    fields = {field: getattr(reading, field) for field in reading.__struct_fields__}
    return Reading(**{**fields, "status": status, "vendor_state": status.value})


def times() -> list[tuple[str, float, float]]:
    readings = a_fleet()
    ours, theirs = Ours(readings), Theirs(readings)
    taken: dict[str, list[float]] = {"poll": [], "ours": [], "gzip": [], "theirs": [], "copy": []}
    for turn in range(ROUNDS):
        news = changed(readings, turn)
        theirs.poll(news)
        taken["poll"].append(seconds(partial(ours.poll, news)))
        taken["ours"].append(seconds(ours.scrape))
        taken["gzip"].append(seconds(ours.scrape_compressed))
        taken["theirs"].append(seconds(theirs.scrape))
        body = ours.document()
        taken["copy"].append(seconds(partial(bytearray, body)))
    agree(ours.document(), theirs.scrape())
    median = {name: statistics.median(each) for name, each in taken.items()}
    print("  " + ", ".join(f"{name} {value * 1000:.1f} ms" for name, value in median.items()) + f", {len(body)} bytes")
    return [
        ("a scrape with 0.1 % changed, of the Collector's", median["ours"] / median["theirs"], 0.01),
        ("a scrape, of one copy of its bytes", median["ours"] / median["copy"], 2),
        (
            "poll of the changes and scrape, of the Collector's",
            (median["poll"] + median["ours"]) / median["theirs"],
            0.03,
        ),
    ]


def seconds(act: Callable[[], object]) -> float:
    """Processor time of this process."""
    gc.collect()
    started = time.process_time()
    act()
    return time.process_time() - started


def agree(ours: bytes, theirs: bytes) -> None:
    """Both documents must say the same to a reader of them."""
    found = [
        {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(document.decode())
            for sample in family.samples
        }
        for document in (ours, theirs)
    ]
    if found[0] != found[1]:
        raise SystemExit("The two ways do not say the same")


def memory_ratio() -> float:
    peaks = {
        way: json.loads(
            subprocess.run([sys.executable, __file__, "--memory", way], check=True, capture_output=True).stdout
        )
        for way in ("ours", "theirs")
    }
    print("  " + ", ".join(f"{way} {peak / 2**20:.0f} MiB" for way, peak in peaks.items()))
    return float(peaks["ours"] / peaks["theirs"])


def peak_memory(way: str) -> int:
    """Bytes. Our process answers Prometheus, who asks for gzip; the library's has no more than its text."""
    readings = a_fleet()
    shown = Ours(readings) if way == "ours" else Theirs(readings)
    scrape = shown.scrape_compressed if isinstance(shown, Ours) else shown.scrape
    for turn in range(ROUNDS):
        shown.poll(changed(readings, turn))
        scrape()
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
