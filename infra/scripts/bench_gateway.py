"""`make bench`: what a tick and the questions after it cost the gateway with 100,000 devices, in processor time.

Prometheus' answers are made here, with 100 devices that changed since the last; the tick is the gateway's own, from the
answer's bytes to the new snapshot. A parse of the same bytes into Python objects, measured in the same rounds, is what
a gateway without typed decoding and without memory of the last answer would pay before it has judged anything. Filter
and page of the same devices by polars, its frame made beforehand, is what a table engine would take for each question:
the first of a tick, which works a filter out, is set beside polars' first, its other pages beside polars' repetitions.
"""

import asyncio
import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import msgspec
import polars as pl
from vitrina_contracts.exporter import KnownSource
from vitrina_gateway.adapters.prometheus_client import PrometheusClient
from vitrina_gateway.domain.device_filter import DeviceFilter
from vitrina_gateway.domain.judging import Rules
from vitrina_gateway.domain.query import DeviceQuery
from vitrina_gateway.domain.samples import Reading, Target
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.domain.transition import Transition
from vitrina_gateway.use_cases.devices import list_devices
from vitrina_gateway.use_cases.feed import Feed
from vitrina_gateway.use_cases.fleet import Fleet
from vitrina_gateway.use_cases.refresh import Refresh
from vitrina_gateway.use_cases.transitions import Transitions

DEVICES = 100_000
SOURCES = 20
CHANGED = 100
ROUNDS = 3
SCRAPE_SECONDS = 16
START = 1_790_000_000
_INSTANT = "@instant@"
_TARGET = '"exporter":"acme","instance":"acme","job":"exporters","platform":"acme"'


@dataclass
class Fake:
    """Answers as Prometheus would."""

    up: list[int] = field(default_factory=lambda: [1] * DEVICES)
    devices: bytes = b""
    targets: bytes = b""

    def scrape(self, at: int) -> None:
        for number in random.sample(range(DEVICES), CHANGED):
            self.up[number] ^= 1
        ups = (_sample(f'"__name__":"signage_device_up",{_identity(number)}', up) for number, up in enumerate(self.up))
        self.devices = _answer([self.steady, *ups, _scrape_time(at)], at)
        self.targets = _answer([_sample(f'"__name__":"up",{_TARGET}', 1), _scrape_time(at)], at)

    steady: str = field(default_factory=lambda: ",".join(_steady_samples()))
    """What does not change, without the instant."""


def _steady_samples() -> Iterator[str]:
    for number in range(DEVICES):
        told = f'"name":"Screen {number} Kazan","ip":"10.0.0.1","player_version":"4.1","vendor_state":"ONLINE"'
        yield _sample(f'"__name__":"signage_device_info",{_identity(number)},{told}', 1)
    for number in range(DEVICES):
        yield _sample(f'"__name__":"signage_device_last_seen_timestamp_seconds",{_identity(number)}', START)
    for source in range(SOURCES):
        yield _sample(f'"__name__":"signage_source_up",{_TARGET},"source":"source{source}"', 1)


class Client(PrometheusClient):
    """Asks the fake instead of a server: the way over the wire is not the gateway's cost."""

    def __init__(self, fake: Fake) -> None:
        super().__init__("http://nowhere.invalid")
        self._fake = fake
        self.seconds = 0.0
        """Processor time of the last reading of an answer."""

    async def read(self, target: Target, at: float) -> Reading:
        started = time.process_time()
        reading = await super().read(target, at)
        self.seconds = time.process_time() - started
        return reading

    async def _ask(self, _route: str, form: dict[str, str]) -> bytes:
        return self._fake.devices if "signage_device" in form["query"] else self._fake.targets


class Record:
    """Storing transitions is another figure: they are counted and thrown away."""

    def __init__(self) -> None:
        self._stored = 0

    async def store(self, _transition: Transition) -> int:
        self._stored += 1
        return self._stored

    async def last(self, _key: object) -> None:
        """Nothing is known of before."""

    async def forget(self, _key: object, _up_to: int) -> None:
        """Nothing is kept."""


def _identity(number: int) -> str:
    return f'{_TARGET},"source":"source{number % SOURCES}","device_id":"d{number:06}"'


def _sample(labels: str, value: int) -> str:
    return f'{{"metric":{{{labels}}},"value":[{_INSTANT},"{value}"]}}'


def _scrape_time(at: int) -> str:
    return _sample(f'"of":"scrape_time",{_TARGET}', at)


def _answer(samples: Iterable[str], at: int) -> bytes:
    result = ",".join(samples).replace(_INSTANT, str(at))
    return f'{{"status":"success","data":{{"resultType":"vector","result":[{result}]}}}}'.encode()


PAGE = "page: one source's dark devices, newest first"
OTHER_PAGES = "page: other pages of these"
POLARS, POLARS_AGAIN = "polars: the same dark devices", "polars: the same again"
READING, PARSE = "tick, of it reading the answer", "parse of the same answer"
REPEATED = 20
RATIOS = (
    ("reading / parse", READING, PARSE),
    ("tick / parse", "tick", PARSE),
    ("filter and first page of a tick / polars", PAGE, POLARS),
    ("filter and other pages / polars again", OTHER_PAGES, POLARS_AGAIN),
)
AIM = 0.1
QUERIES = {
    PAGE: (
        Scope(frozenset({"source1"})),
        DeviceQuery(DeviceFilter(kinds={"status": frozenset({"offline"})}), sort="status", limit=50),
    ),
    "page: all, by last contact": (Scope(None), DeviceQuery(sort="-last_seen", limit=50)),
    "search: two words": (Scope(None), DeviceQuery(DeviceFilter("kazan 4242"), limit=50)),
}
ALLOWED_SECONDS = {"tick": 0.5, "page": 0.05, "search": 0.1}


async def measure() -> dict[str, list[float]]:
    """Processor seconds of each round; the first two ticks are left out, as their indexes are made from nothing."""
    fake, fleet = Fake(), Fleet()
    client = Client(fake)
    refresh = Refresh(client, fleet, Feed(1), Transitions(Record()), Rules(300, 45))
    refresh.sources_known(
        KnownSource(exporter="acme", platform="acme", source=f"source{number}", enabled=True)
        for number in range(SOURCES)
    )
    found: dict[str, list[float]] = {}
    for number in range(ROUNDS + 2):
        at = START + number * SCRAPE_SECONDS
        fake.scrape(at)
        gc.collect()
        gc.freeze()
        started = time.process_time()
        await refresh.tick(at)
        seconds = {"tick": time.process_time() - started, READING: client.seconds}
        for name, (scope, query) in QUERIES.items():
            seconds[name] = _seconds(lambda scope=scope, query=query: list_devices(fleet, scope, query))  # type: ignore[misc]  # bound now
        seconds[OTHER_PAGES] = statistics.median(_other_pages(fleet))
        frame = frame_of(fleet)
        by_polars = [_seconds(lambda frame=frame: page_by_polars(frame)) for _ in range(REPEATED)]  # type: ignore[misc]  # bound now
        seconds[POLARS], seconds[POLARS_AGAIN] = by_polars[0], statistics.median(by_polars[1:])
        seconds[PARSE] = _seconds(lambda: msgspec.json.decode(fake.devices))
        if number > 1:
            for name, value in seconds.items():
                found.setdefault(name, []).append(value)
    return found


def _other_pages(fleet: Fleet) -> list[float]:
    """Of the same filter, each of another length."""
    scope, query = QUERIES[PAGE]
    queries = [replace(query, limit=query.limit - number) for number in range(REPEATED)]
    return [_seconds(lambda query=query: list_devices(fleet, scope, query)) for query in queries]  # type: ignore[misc]  # bound now


def frame_of(fleet: Fleet) -> pl.DataFrame:
    """Every device with what the list shows of it."""
    return pl.DataFrame(
        [
            {
                "source": row.state.source,
                "device_id": row.state.device_id,
                "status": row.state.status.value,
                "status_since": row.state.status_since,
                "last_seen": row.state.last_seen,
                "name": row.state.facts.name,
                "ip": row.state.facts.ip,
                "player_version": row.state.facts.player_version,
            }
            for row in fleet.present().index.rows
        ]
    )


def page_by_polars(frame: pl.DataFrame) -> tuple[int, str]:
    """How many dark devices source1 has, and the first page of them, newest first, as JSON."""
    found = frame.filter((pl.col("source") == "source1") & (pl.col("status") == "offline"))
    return len(found), found.sort("status_since", "device_id", descending=[True, False]).head(50).write_json()


def _seconds(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def main() -> int:
    found = asyncio.run(measure())
    fits = True
    print(f"Gateway, {DEVICES:,} devices, {CHANGED} of them changed, processor milliseconds, median (worst):")
    for name, values in found.items():
        allowed = ALLOWED_SECONDS.get(name.partition(":")[0])
        ok = allowed is None or statistics.median(values) <= allowed
        fits &= ok
        limit = f" at most {allowed * 1000:g}" if allowed else ""
        verdict = "" if ok else "   TOO MUCH"
        print(f"  {name:<48}{statistics.median(values) * 1000:>8.2f} ({max(values) * 1000:.2f}){limit}{verdict}")
    for name, one, other in RATIOS:
        ratio = statistics.median(found[one]) / statistics.median(found[other])
        print(f"  {name:<48}{ratio:>8.2f} aim {AIM:g}")
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(main())
