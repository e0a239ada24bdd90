"""One status of an exporter from those of its shards."""

from datetime import UTC, datetime, timedelta

import pytest
from vitrina_contracts.exporter import ObservedExporter, Phase, SourceState, UnmatchedDevices
from vitrina_orchestrator.domain.joining import joined

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def seen(phase: Phase = Phase.RUNNING, **changes: object) -> ObservedExporter:
    fields = {"phase": phase, "applied_revision": 7, "observed_at": NOW, "runtime": "process", "instance": "1"}
    return ObservedExporter.model_validate(fields | changes)


def source(name: str = "shop-1", **changes: object) -> SourceState:
    return SourceState.model_validate({"name": name, "up": True, "devices": 10, "last_success_at": NOW} | changes)


def test_the_only_shards_status_is_the_exporters() -> None:
    assert joined({0: seen()}) == seen()


@pytest.mark.parametrize(
    ("phases", "worst"),
    [
        ([Phase.RUNNING, Phase.RUNNING], Phase.RUNNING),
        ([Phase.RUNNING, Phase.STARTING], Phase.STARTING),
        ([Phase.STARTING, Phase.DEGRADED, Phase.RUNNING], Phase.DEGRADED),
        ([Phase.DEGRADED, Phase.CRASH_LOOPING], Phase.CRASH_LOOPING),
        ([Phase.CRASH_LOOPING, Phase.FAILED, Phase.PENDING], Phase.FAILED),
        ([Phase.STOPPED, Phase.STOPPED], Phase.STOPPED),
        ([Phase.STOPPED, Phase.RUNNING], Phase.STOPPED),
    ],
)
def test_the_worst_phase_is_the_exporters(phases: list[Phase], worst: Phase) -> None:
    assert joined(dict(enumerate(map(seen, phases)))).phase is worst


def test_the_reason_names_the_shard_and_all_are_listed() -> None:
    whole = joined(
        {0: seen(restarts=1), 1: seen(Phase.FAILED, reason="no image", instance=None, applied_revision=None)}
    )
    assert whole.reason == "shard 1: no image"
    assert [(one.shard, one.phase, one.instance) for one in whole.shards] == [
        (0, Phase.RUNNING, "1"),
        (1, Phase.FAILED, None),
    ]
    assert whole.restarts == 1


def test_a_revision_is_applied_when_every_shard_has_applied_it() -> None:
    assert joined({0: seen(), 1: seen(applied_revision=6)}).applied_revision == 6
    assert joined({0: seen(), 1: seen(applied_revision=None)}).applied_revision is None


def test_an_exporter_that_was_disabled_gives_one_reason() -> None:
    stopped = seen(Phase.STOPPED, reason="disabled")
    assert joined({0: stopped, 1: stopped}).reason == "disabled"


def test_parts_of_a_source_are_counted_together() -> None:
    later = NOW + timedelta(seconds=5)
    (whole,) = joined(
        {
            0: seen(sources=[source(devices=10, cycle_seconds=3, next_poll_at=later)]),
            1: seen(sources=[source(devices=12, cycle_seconds=4, last_success_at=later, next_poll_at=NOW)]),
        }
    ).sources
    assert (whole.devices, whole.cycle_seconds, whole.up) == (22, 4, True)
    assert (whole.last_success_at, whole.next_poll_at) == (NOW, NOW)


def test_a_source_fails_when_a_part_of_it_does_and_is_not_well_before_all_of_it_is() -> None:
    failing = source(up=False, reason="timeout", detail="The vendor is silent")
    (whole,) = joined({0: seen(sources=[source()]), 1: seen(sources=[failing])}).sources
    assert (whole.up, whole.reason, whole.detail) == (False, "timeout", "The vendor is silent")
    fresh = source(up=None, devices=None, last_success_at=None)
    (whole,) = joined({0: seen(sources=[source()]), 1: seen(sources=[fresh])}).sources
    assert (whole.up, whole.last_success_at, whole.devices) == (None, None, 10)


def test_accounts_with_devices_of_no_source_are_told_whichever_shard_polls_them() -> None:
    north, south = (UnmatchedDevices(sources=[name], count=1, sample=[]) for name in ("north", "south"))
    assert joined({0: seen(unmatched=[north]), 1: seen(), 2: seen(unmatched=[south])}).unmatched == [north, south]


def test_sources_that_live_in_one_shard_each_stay_as_they_are() -> None:
    whole = joined({0: seen(sources=[source("b", up=False)]), 1: seen(sources=[source("a")])})
    assert whole.sources == [source("a"), source("b", up=False)]
