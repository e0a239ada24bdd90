"""Every fault of a vendor, all at once, each at a source of its own: invariant 1 of the design on real processes.

No device may be offline that the vendor did not call offline; fresh statuses stay, stale ones turn unknown on time; a
source that fails says so within one poll and recovers within the bound of its back-off, with what changed meanwhile.
"""

import time
from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Final

import pytest

from vitrina_sdk.testing.running import Scrape, eventually, seconds
from vitrina_sdk.testing.world import BACK_OFF, FRESH, HEALTHY, INTERVAL, World

NOTICED: Final = 10.0
"""Seconds until every fault shows: one poll and the longest time-out, and what a busy test machine adds."""
MEMORY: Final = 300 * 2**20
"""Bytes: an endless body and a bloated one are read at a time, and each may grow to 64 MiB before it is refused."""
UNSTEADY_SECONDS: Final = 8.0

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
    "no_body": "bad_payload",
    "nan": "bad_payload",
    "deep": "bad_payload",
    "truncated": "connection",
    "reset": "connection",
    "timeout": "timeout",
    "slow_loris": "timeout",
    "huge": "too_large",
    "big": "too_large",
    "gzip_bomb": "too_large",
}
"""Faults of the transport, each with the reason that the exporter must give."""
_HOW: Final[Mapping[str, Mapping[str, Any]]] = {"rate_limited": {"retry_after": 2}, "latency": {"seconds": 0.3}}
_CREDENTIALS: Final = ("unauthorized", "forbidden")
"""Faults after which the exporter waits for a new configuration, or a minute."""
_UNSTEADY: Final = ("http_500", "rate_limited", "garbage", "truncated", "reset", "timeout", "slow_loris")


class FaultMatrix:
    content_faults: ClassVar[dict[str, str]] = {
        "half_page": "incomplete_list",
        "wrong_types": "rejected_records",
        "nulls": "rejected_records",
    }
    """Faults of the content that make a poll fail, each with its reason."""
    absorbed_faults: ClassVar[tuple[str, ...]] = ()
    """Faults of the content that the platform sees through: the devices show as they are."""

    def test_no_fault_makes_a_device_offline_and_every_source_recovers(self, world: World) -> None:
        faults = {**FAULTS, **self.content_faults}
        tenants = (HEALTHY, *faults)
        world.configure(*tenants)
        eventually(lambda: world.shows_truth(*tenants), 10, "all sources show the vendor's truth")
        before = world.simulator.truth()
        began = time.monotonic()
        for kind in faults:
            world.simulator.fault(kind, tenant=kind, **_HOW.get(kind, {}))
        all_fail_from, polls = time.monotonic(), world.exporter.scrape()

        # Once the reason is the fault's own, the statuses must still stand: they are fresh.
        waiting = dict(faults)
        for _ in seconds(NOTICED):
            scrape = world.exporter.scrape()
            for kind, reason in list(waiting.items()):
                if scrape.source_up(kind) is False and scrape.reason(kind) == reason:
                    del waiting[kind]
                    assert scrape.polls(kind) <= polls.polls(kind) + 2, f"{kind} took more than the poll after its own"
                    assert _kept(scrape, kind, before, began), f"{kind} took statuses that were fresh"
            _check_undisturbed(world, scrape)
            if not waiting:
                break
        told = {kind: scrape.reason(kind) for kind in waiting}
        assert not waiting, f"not noticed: {waiting}, but {told}"
        world.flip(5)
        eventually(lambda: world.shows_truth(HEALTHY), 5, "the healthy source goes on")

        def all_unknown() -> bool:
            scrape = world.exporter.scrape()
            found = {kind: scrape.statuses(kind) for kind in faults}
            assert not [
                (kind, device)
                for kind, statuses in found.items()
                for device, status in statuses.items()
                if status == "offline" and before[device] != "offline"
            ], "a device is offline that the vendor did not call offline"
            assert all(set(statuses) == set(before) for statuses in found.values()), "a device vanished"
            return all(status == "unknown" for statuses in found.values() for status in statuses.values())

        on_time = all_fail_from + FRESH + 3 - time.monotonic()
        eventually(all_unknown, on_time, "statuses that are no longer fresh become unknown")
        assert world.shows_truth(HEALTHY)
        assert world.exporter.memory() < MEMORY

        world.simulator.heal()
        patient = [kind for kind in faults if kind not in _CREDENTIALS]
        eventually(lambda: world.shows_truth(*patient), BACK_OFF + 5, "sources recover within the back-off")
        assert not world.shows_truth(*_CREDENTIALS), "refused credentials are tried once a minute only"
        world.configure(*tenants)
        eventually(lambda: world.shows_truth(*tenants), 4, "a new configuration cuts the back-off")
        _check_logged_once(world, faults)
        assert world.secret_is_nowhere()

    def test_odd_but_whole_answers_and_late_ones_do_no_harm(self, world: World) -> None:
        kinds = ("latency", *self.absorbed_faults)
        world.configure(*kinds)
        eventually(lambda: world.shows_truth(*kinds), 10, "all sources show the vendor's truth")
        for kind in kinds:
            world.simulator.fault(kind, tenant=kind, **_HOW.get(kind, {}))
        for _ in range(2):
            _await_polls(world, kinds, 2)
            world.flip(5)
            eventually(lambda: world.shows_truth(*kinds), 10, "each change of a device is shown")

    @pytest.mark.parametrize("share", [0.5])
    def test_faults_of_some_requests_make_no_device_offline_and_end_without_a_trace(
        self, world: World, share: float
    ) -> None:
        self._try_unsteady(world, _UNSTEADY, share)

    @pytest.mark.long
    @pytest.mark.parametrize("share", [0.9, 0.5, 0.25, 0.1, 0.04])
    def test_every_fault_of_every_share_of_the_requests(self, world: World, share: float) -> None:
        self._try_unsteady(world, (*FAULTS, *self.content_faults), share)

    def _try_unsteady(self, world: World, kinds: tuple[str, ...], share: float) -> None:
        tenants = (HEALTHY, *kinds)
        world.configure(*tenants)
        eventually(lambda: world.shows_truth(*tenants), 15, "all sources show the vendor's truth")
        called_offline = _offline(world.simulator.truth())
        for kind in kinds:
            world.simulator.fault(kind, tenant=kind, share=share, **_HOW.get(kind, {}))
        for _ in seconds(UNSTEADY_SECONDS):
            world.flip(2)
            called_offline |= _offline(world.simulator.truth())
            scrape, devices = world.exporter.scrape(), set(world.simulator.truth())
            for kind in kinds:
                statuses = scrape.statuses(kind)
                assert _offline(statuses) <= called_offline, f"{kind} made a device offline"
                assert set(statuses) == devices, f"{kind} made a device vanish"
            _check_undisturbed(world, scrape)
        world.simulator.heal()
        patient = [kind for kind in tenants if kind not in _CREDENTIALS]
        eventually(lambda: world.shows_truth(*patient), BACK_OFF + 8, "sources recover within the back-off")
        world.configure(*tenants)
        eventually(lambda: world.shows_truth(*tenants), 5, "a new configuration cuts the back-off")


def _check_undisturbed(world: World, scrape: Scrape) -> None:
    """All vendors are one simulator here: sending others' huge answers it may itself be late once on a busy machine."""
    if not scrape.source_up(HEALTHY):
        disturbed = f"a failing source disturbed a healthy one: {scrape.reason(HEALTHY)}"
        assert scrape.reason(HEALTHY) == "timeout", disturbed
        eventually(lambda: bool(world.exporter.scrape().source_up(HEALTHY)), BACK_OFF, disturbed)


def _check_logged_once(world: World, sources: Collection[str]) -> None:
    lines = world.exporter.log_file.read_text().splitlines()
    for source in sources:
        about = [line for line in lines if f'"source": "{source}"' in line]
        assert len([line for line in about if "source_failing" in line]) == 1, about
        assert len([line for line in about if "source_recovered" in line]) == 1, about


def _offline(statuses: Mapping[str, str]) -> set[str]:
    return {device for device, status in statuses.items() if status == "offline"}


def _await_polls(world: World, sources: Collection[str], count: int) -> None:
    before = world.exporter.scrape()

    def polled() -> bool:
        scrape = world.exporter.scrape()
        return all(scrape.polls(source) >= before.polls(source) + count for source in sources)

    eventually(polled, 10, "every source is polled again")


def _kept(scrape: Scrape, source: str, before: dict[str, str], since: float) -> bool:
    """Whether the source still shows what it showed, or is old enough not to."""
    return scrape.statuses(source) == before or time.monotonic() - since > FRESH - INTERVAL
