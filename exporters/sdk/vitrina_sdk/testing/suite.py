"""Conformance suite: what every platform's exporter must do, tried on a real process against the platform's simulator.

    class TestConformance(ConformanceSuite):
        module = "vitrina_<platform>"

        def source_config(self, simulator: RunningSimulator, base: str) -> dict[str, Any]: ...

Every source of the exporter polls the same simulated fleet as a tenant of its own, so that all faults happen at once
and each must leave the other sources alone.
"""

import gzip
import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

from vitrina_sdk.testing.matrix import FaultMatrix
from vitrina_sdk.testing.running import RunningSimulator, Scrape, check, eventually
from vitrina_sdk.testing.world import FRESH, HEALTHY, INTERVAL, SECRET, World

__all__ = ["SECRET", "ConformanceSuite"]


class ConformanceSuite(FaultMatrix, ABC):
    module: ClassVar[str]

    @abstractmethod
    def source_config(self, simulator: RunningSimulator, base: str) -> dict[str, Any]:
        """The configuration of a source whose vendor is at `base`; `SECRET` stands in for a credential."""

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
        assert world.secret_is_nowhere()
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
        eventually(lambda: {each.name for each in world.exporter.status().sources} == {*sources}, 3, "they are taken")
        eventually(lambda: world.exporter.source("metadata").reason == "endpoint_refused", 3, "the endpoint is refused")
        eventually(lambda: world.exporter.source("incomplete").reason == "configuration", 3, "the field is named")
        assert "api_url" in (world.exporter.source("incomplete").detail or "")
        assert not [labels for _, labels in world.exporter.scrape().samples if ("source", "http_500") in labels]
        world.configure("other")
        eventually(lambda: not world.exporter.scrape().statuses(HEALTHY), 2, "the series end")
        assert not [labels for _, labels in world.exporter.scrape().samples if ("source", HEALTHY) in labels]

    def test_a_changed_source_takes_effect_within_two_seconds_and_no_scrape_is_lost(self, world: World) -> None:
        world.simulator.fault("unauthorized", tenant="expired")
        sources = {HEALTHY: world.source(HEALTHY), "renewed": world.source("expired")}
        world.exporter.configure(sources, interval=INTERVAL)
        eventually(lambda: world.exporter.scrape().reason("renewed") == "unauthorized", 5, "the credential is refused")
        before, began = world.simulator.truth(), time.monotonic()
        world.exporter.configure({**sources, "renewed": world.source("renewed")}, interval=INTERVAL)
        seen = _until(world, lambda scrape: scrape.source_up("renewed") is True)
        assert time.monotonic() < began + 2, "the new credential was not in use in time"
        assert all(scrape.statuses(HEALTHY) == before for scrape in seen), "a scrape was not whole"
        assert seen[-1].statuses("renewed") == before

    def test_a_device_that_the_vendor_removes_is_never_offline_and_ends(self, world: World) -> None:
        device = next(device for device, status in world.simulator.truth().items() if status == "online")
        polls = world.exporter.scrape().polls(HEALTHY)
        world.simulator.control("DELETE", f"devices/{device}")
        # Where devices are listed it goes after two lists without it; where they are configured it stays, unknown.
        seen = _until(world, lambda scrape: scrape.statuses(HEALTHY).get(device) in (None, "unknown"))
        assert "offline" not in {scrape.statuses(HEALTHY).get(device) for scrape in seen}
        if device not in seen[-1].statuses(HEALTHY):
            assert seen[-1].polls(HEALTHY) >= polls + 2
        world.configure(HEALTHY)
        eventually(lambda: device not in world.exporter.scrape().text, 5, "its series end")

    def test_the_exposition_is_what_prometheus_expects(self, world: World) -> None:
        world.simulator.fault("garbage", tenant="failing")
        world.configure(HEALTHY, "failing")
        eventually(lambda: world.exporter.scrape().reason("failing") == "bad_payload", 5, "the source fails")
        promtool = shutil.which("promtool")
        assert promtool is not None, "promtool is missing: run `make test`, which fetches it"
        checked = subprocess.run(  # noqa: S603 - the tool of Prometheus
            [promtool, "check", "metrics"], input=world.exporter.get("/metrics"), capture_output=True, check=False
        )
        assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
        answer, body = world.exporter.ask("/metrics", accept="application/openmetrics-text;version=1.0.0")
        assert answer["content-type"].startswith("application/openmetrics-text")
        opened = {
            (sample.name, frozenset(sample.labels.items()))
            for family in parse_openmetrics(body.decode())  # type: ignore[no-untyped-call] # the library's
            for sample in family.samples
        }
        assert opened == set(world.exporter.scrape().samples)
        answer, body = world.exporter.ask("/metrics", accept_encoding="gzip")
        assert (answer["content-encoding"], answer["content-type"][:10]) == ("gzip", "text/plain")
        assert set(Scrape(gzip.decompress(body).decode()).samples) == opened

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


def _until(world: World, condition: Callable[[Scrape], bool]) -> list[Scrape]:
    """All scrapes until one fulfils the condition."""
    seen: list[Scrape] = []

    def fulfilled() -> bool:
        seen.append(world.exporter.scrape())
        return condition(seen[-1])

    eventually(fulfilled, 10, "a scrape shows it")
    return seen
