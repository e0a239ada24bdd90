"""Conformance suite: what every platform's exporter must do, tried on a real process against the platform's simulator.

    class TestConformance(ConformanceSuite):
        module = "vitrina_<platform>"

        def source_config(self, simulator: RunningSimulator, base: str) -> dict[str, Any]: ...

Every source of the exporter polls the same simulated fleet as a tenant of its own, so that all faults happen at once
and each must leave the other sources alone.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest

from vitrina_sdk.testing.running import RunningExporter, RunningSimulator, Scrape, check, eventually

SECRET: Final = "canary-4f1c9a-token"
"""Put into the configuration wherever the platform takes a credential; it must appear nowhere."""
DEVICES: Final = 24
FRESH: Final = 6.0
INTERVAL: Final = 1.0
BACK_OFF: Final = 4 * INTERVAL
NOTICED: Final = 10.0
"""Seconds until every fault shows: one poll and the longest time-out, and what a busy test machine adds."""
MEMORY: Final = 300 * 2**20
"""Bytes: an endless body and a bloated one are read at a time, and each may grow to 64 MiB before it is refused."""
HEALTHY: Final = "healthy"

FAULTS: Final[dict[str, str]] = {
    "http_500": "http_5xx",
    "http_503": "http_5xx",
    "unauthorized": "unauthorized",
    "forbidden": "unauthorized",
    "rate_limited": "rate_limited",
    "redirect": "http_status",
    "garbage": "bad_payload",
    "html": "bad_payload",
    "non_utf8": "bad_payload",
    "truncated": "connection",
    "reset": "connection",
    "timeout": "timeout",
    "slow_loris": "timeout",
    "huge": "too_large",
    "gzip_bomb": "too_large",
}
"""Faults of the transport, each with the reason that the exporter must give."""
_CREDENTIALS: Final = ("unauthorized", "forbidden")
"""Faults after which the exporter waits for a new configuration, or a minute."""


class World:
    """An exporter with a source for each fault, and a healthy one."""

    def __init__(self, suite: "ConformanceSuite", folder: Path) -> None:
        self.simulator = RunningSimulator(suite.module, DEVICES)
        self.exporter = RunningExporter(suite.module, suite.module.removeprefix("vitrina_"), folder)
        self.suite = suite
        self.faults = {**FAULTS, **suite.content_faults}
        self.configure(HEALTHY)
        self.exporter.start()

    def source(self, tenant: str) -> dict[str, Any]:
        return self.suite.source_config(self.simulator, f"{self.simulator.url}/as/{tenant}")

    def configure(self, *tenants: str, fresh: float = FRESH) -> int:
        sources = {tenant: self.source(tenant) for tenant in tenants}
        return self.exporter.configure(sources, interval=INTERVAL, fresh=fresh)

    def shows_truth(self, *tenants: str) -> bool:
        scrape, truth = self.exporter.scrape(), self.simulator.truth()
        return all(scrape.statuses(tenant) == truth and scrape.source_up(tenant) for tenant in tenants)

    def flip(self, count: int) -> None:
        """Turns the first `count` devices to the other status; fewer than a mass change."""
        for device, status in list(self.simulator.truth().items())[:count]:
            other = "offline" if status == "online" else "online"
            self.simulator.control("POST", f"devices/{device}", {"status": other})

    def close(self) -> None:
        self.exporter.stop()
        self.simulator.stop()


class ConformanceSuite:
    module: ClassVar[str]
    content_faults: ClassVar[dict[str, str]] = {
        "half_page": "incomplete_list",
        "wrong_types": "rejected_records",
        "nulls": "rejected_records",
    }
    """Faults of the content that make a poll fail, each with its reason."""

    def source_config(self, simulator: RunningSimulator, base: str) -> dict[str, Any]:
        """The configuration of a source whose vendor is at `base`; `SECRET` stands in for a credential."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def running(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
        world = World(cls(), tmp_path_factory.mktemp("exporter"))
        try:
            yield world
        finally:
            world.close()

    @pytest.fixture
    def world(self, running: World) -> World:
        """The exporter with its healthy source alone, and nothing wrong."""
        running.simulator.heal()
        running.configure(HEALTHY)
        eventually(lambda: running.shows_truth(HEALTHY), 10, "the source shows the vendor's truth")
        return running

    def test_no_fault_makes_a_device_offline_and_every_source_recovers(self, world: World) -> None:
        tenants = (HEALTHY, *world.faults)
        world.configure(*tenants)
        eventually(lambda: world.shows_truth(*tenants), 10, "all sources show the vendor's truth")
        before = world.simulator.truth()
        for kind in world.faults:
            world.simulator.fault(kind, tenant=kind)
        began = time.monotonic()

        # Once the reason is the fault's own, the statuses must still stand: they are fresh.
        waiting = dict(world.faults)
        while waiting:
            scrape = world.exporter.scrape()
            for kind, reason in list(waiting.items()):
                if scrape.source_up(kind) is False and scrape.reason(kind) == reason:
                    del waiting[kind]
                    assert _kept(scrape, kind, before, began), f"{kind} took statuses that were fresh"
            assert scrape.source_up(HEALTHY), "a failing source disturbed a healthy one"
            told = {kind: scrape.reason(kind) for kind in waiting}
            assert time.monotonic() < began + NOTICED, f"not noticed: {waiting}, but {told}"
        world.flip(5)
        eventually(lambda: world.shows_truth(HEALTHY), 5, "the healthy source goes on")

        def all_unknown() -> bool:
            scrape = world.exporter.scrape()
            found = {kind: scrape.statuses(kind) for kind in world.faults}
            assert not [
                (kind, device)
                for kind, statuses in found.items()
                for device, status in statuses.items()
                if status == "offline" and before[device] != "offline"
            ], "a device is offline that the vendor did not call offline"
            assert all(set(statuses) == set(before) for statuses in found.values()), "a device vanished"
            return all(status == "unknown" for statuses in found.values() for status in statuses.values())

        eventually(all_unknown, FRESH + 6, "statuses that are no longer fresh become unknown")
        assert world.shows_truth(HEALTHY)
        assert world.exporter.memory() < MEMORY

        world.simulator.heal()
        patient = [kind for kind in world.faults if kind not in _CREDENTIALS]
        eventually(lambda: world.shows_truth(*patient), BACK_OFF + 5, "sources recover within the back-off")
        assert not world.shows_truth(*_CREDENTIALS), "refused credentials are tried once a minute only"
        world.configure(*tenants)
        eventually(lambda: world.shows_truth(*tenants), 4, "a new configuration cuts the back-off")
        self._check_logged_once(world)
        self._check_secret(world)

    @staticmethod
    def _check_logged_once(world: World) -> None:
        lines = world.exporter.log_file.read_text().splitlines()
        for kind in world.faults:
            about = [line for line in lines if f'"source": "{kind}"' in line]
            assert len([line for line in about if "source_failing" in line]) == 1, about
            assert len([line for line in about if "source_recovered" in line]) == 1, about

    @staticmethod
    def _check_secret(world: World) -> None:
        shown = [world.exporter.get(path) for path in ("/", "/metrics", "/status", "/-/ready")]
        written = [world.exporter.log_file.read_bytes()]
        for text in (*shown, *written):
            assert SECRET.encode() not in text
            assert world.simulator.url.encode() not in text, "an endpoint is shown"

    def test_a_mass_change_needs_a_second_poll(self, world: World) -> None:
        before = world.exporter.scrape().statuses(HEALTHY)
        polls = world.exporter.scrape().polls(HEALTHY)
        world.simulator.fault("all_offline", tenant=HEALTHY)
        while (scrape := world.exporter.scrape()).statuses(HEALTHY) == before:
            assert scrape.polls(HEALTHY) < polls + 5, "the change was never confirmed"
        assert scrape.polls(HEALTHY) >= polls + 1, "one poll was enough"
        assert set(scrape.statuses(HEALTHY).values()) == {"offline"}
        world.simulator.heal()
        eventually(lambda: world.shows_truth(HEALTHY), 3 * INTERVAL, "recoveries do not wait")

    def test_statuses_and_their_age_survive_a_restart_while_the_vendor_is_down(self, world: World) -> None:
        fresh = 1.5 * FRESH
        world.configure(HEALTHY, fresh=fresh)
        eventually(lambda: world.shows_truth(HEALTHY), 5, "the source is polled anew")
        world.simulator.fault("http_500")
        eventually(lambda: world.exporter.scrape().source_up(HEALTHY) is False, 3, "the source fails")
        failed_at = time.monotonic()
        before = world.exporter.scrape().statuses(HEALTHY)
        world.exporter.stop()
        world.exporter.start()
        assert world.exporter.scrape().statuses(HEALTHY) == before

        def unknown() -> bool:
            return set(world.exporter.scrape().statuses(HEALTHY).values()) == {"unknown"}

        eventually(unknown, fresh + 2, "the age goes on counting")
        assert time.monotonic() - failed_at < fresh + 1, "the age began anew"

    def test_a_word_that_is_not_known_is_unknown_and_kept(self, world: World) -> None:
        world.simulator.fault("unknown_state", tenant=HEALTHY)
        world.configure(HEALTHY, "second")

        def kept() -> bool:
            scrape = world.exporter.scrape()
            words = scrape.values("signage_device_info", "vendor_state", source=HEALTHY)
            return set(words) == {"maintenance"} and set(scrape.statuses(HEALTHY).values()) == {"unknown"}

        eventually(kept, 10, "the vendor's word is shown")
        assert world.exporter.scrape().source_up(HEALTHY)

    def test_names_change_without_a_new_state_series_and_extreme_values_do_no_harm(self, world: World) -> None:
        states = {key for key in world.exporter.scrape().samples if key[0] == "signage_device_up"}
        device = next(iter(world.simulator.truth()))
        name = 'Казань, "Баумана" 12\\3'
        world.simulator.control("POST", f"devices/{device}", {"name": name})

        def names() -> dict[str, float]:
            return world.exporter.scrape().values("signage_device_info", "name")

        eventually(lambda: name in names(), 5, "the new name is shown")
        assert {key for key in world.exporter.scrape().samples if key[0] == "signage_device_up"} == states
        world.simulator.fault("extreme_values", tenant=HEALTHY)
        eventually(lambda: all(set(name) == {"Я"} for name in names()), 5, "long names are cut, not refused")
        assert max(map(len, names())) <= 200
        assert world.shows_truth(HEALTHY)

    def test_a_broken_configuration_keeps_the_last_good_one_and_says_so(self, world: World) -> None:
        revision = world.configure(HEALTHY)
        world.exporter.write(f'{{"exporter": "{SECRET}"'.encode())
        eventually(lambda: world.exporter.status().config_error is not None, 2, "the error is told")
        assert world.exporter.status().config_revision == revision
        successful = "vitrina_exporter_config_last_reload_successful"
        assert world.exporter.scrape().samples[successful, frozenset()] == 0
        self._check_secret(world)
        world.flip(1)
        eventually(lambda: world.shows_truth(HEALTHY), 4, "the old configuration is polled on")
        world.configure(HEALTHY)
        eventually(lambda: world.exporter.status().config_error is None, 2, "a good one is taken")
        assert world.exporter.scrape().samples[successful, frozenset()] == 1

    def test_a_source_that_is_gone_leaves_no_series_and_a_bad_one_disturbs_nobody(self, world: World) -> None:
        sources = {
            HEALTHY: world.source(HEALTHY),
            "metadata": self.source_config(world.simulator, "http://169.254.169.254"),
            "incomplete": {},
        }
        world.exporter.configure(sources, interval=INTERVAL)
        eventually(lambda: world.exporter.source("metadata").reason == "endpoint_refused", 3, "the endpoint is refused")
        eventually(lambda: world.exporter.source("incomplete").reason == "configuration", 3, "the field is named")
        assert "api_url" in (world.exporter.source("incomplete").detail or "")
        assert not [labels for _, labels in world.exporter.scrape().samples if ("source", "http_500") in labels]
        world.configure("other")
        eventually(lambda: not world.exporter.scrape().statuses(HEALTHY), 2, "the series end")
        assert not [labels for _, labels in world.exporter.scrape().samples if ("source", HEALTHY) in labels]

    def test_a_source_can_be_tried_once_without_being_kept(self, world: World) -> None:
        config, truth = world.source("tried"), world.simulator.truth()
        good = check(self.module, config, timeout=10)
        assert (good.answer.ok, good.status, good.answer.devices) == (True, 0, len(truth))
        assert {device.device_id: device.status for device in good.answer.sample}.items() <= truth.items()
        assert good.answer.sample
        for kind, reason in (("unauthorized", "unauthorized"), ("html", "bad_payload"), ("timeout", "timeout")):
            world.simulator.heal()
            world.simulator.fault(kind, tenant="tried")
            bad = check(self.module, config, timeout=1)
            assert (bad.answer.ok, bad.status, bad.answer.sample) == (False, 1, [])
            assert bad.answer.error is not None
            assert bad.answer.error.reason == reason
            assert bad.answer.seconds < 2
            assert SECRET.encode() not in bad.written
            assert world.simulator.url.encode() not in bad.written


def _kept(scrape: Scrape, source: str, before: dict[str, str], since: float) -> bool:
    """Whether the source still shows what it showed, or is old enough not to."""
    return scrape.statuses(source) == before or time.monotonic() - since > FRESH - INTERVAL
