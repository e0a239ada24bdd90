"""Phases as a table: what is known of an exporter, and what people read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from vitrina_contracts.exporter import ExporterSelfStatus, Phase, SourceState
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.observed import Answer, Instance
from vitrina_orchestrator.domain.phase import Facts, early_deaths_after, observe, pause_before_start, phase_of

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SPEC = InstanceSpec("cubicmedia", "cubicmedia", "vitrina/cubicmedia", "vitrina_cubicmedia", 9000, "/metrics", 0)
RUNNING = Instance(
    "cubicmedia",
    SPEC,
    running=True,
    id="77",
    image="python -m vitrina_cubicmedia",
    started_at=NOW - timedelta(minutes=5),
)
YOUNG = replace(RUNNING, started_at=NOW - timedelta(seconds=1))
DEAD = Instance("cubicmedia", SPEC, exit_code=3, restarts=1, ended_at=NOW, last_words="no such host")
HALTED = Instance("cubicmedia", SPEC, halted=True, exit_code=0)


def saying(revision: int | None = 7, *, silent_seconds: float = 0, error: str | None = None, **failing: str) -> Answer:
    sources = [SourceState(name=name.replace("_", "-"), up=False, reason=reason) for name, reason in failing.items()]
    status = ExporterSelfStatus(
        exporter="cubicmedia",
        platform="cubicmedia",
        version="1",
        config_revision=revision,
        config_error=error,
        sources=[SourceState(name="fine", up=True), SourceState(name="new"), *sources],
    )
    return Answer(status, silent_seconds)


def facts(instance: Instance | None, answer: Answer | None = None, **changes: Any) -> Facts:
    known: dict[str, Any] = {"revision": 7, "enabled": True, "deleted": False}
    return Facts(instance=instance, answer=answer or Answer(), **(known | changes))


FAILED = "it cannot be started: No space left on device"
TABLE: dict[str, tuple[Facts, Phase, str | None]] = {
    "not made yet": (facts(None), Phase.PENDING, "about to start"),
    "nothing read, nothing there": (
        facts(None, revision=None),
        Phase.PENDING,
        "the desired state has not been read yet",
    ),
    "cannot be made": (facts(None, failure=FAILED), Phase.FAILED, FAILED),
    "paused": (facts(replace(RUNNING, paused=True)), Phase.DEGRADED, "it was paused; it goes on in a moment"),
    "out of memory": (
        facts(replace(DEAD, out_of_memory=True, exit_code=137)),
        Phase.STARTING,
        "it needed more memory than it may have and was ended; it is started again",
    ),
    "just started": (facts(YOUNG), Phase.STARTING, None),
    "answers, without a configuration yet": (facts(RUNNING, saying(None)), Phase.STARTING, None),
    "well": (facts(RUNNING, saying()), Phase.RUNNING, None),
    "well, while a change is on its way": (facts(RUNNING, saying(6), unapplied_seconds=2), Phase.RUNNING, None),
    "does not take the change": (
        facts(RUNNING, saying(6), unapplied_seconds=31),
        Phase.DEGRADED,
        "has not taken revision 7 yet",
    ),
    "refuses its configuration": (
        facts(RUNNING, saying(6, error="source shop-1: macs is missing")),
        Phase.DEGRADED,
        "configuration: source shop-1: macs is missing",
    ),
    "one source fails": (
        facts(RUNNING, saying(shop_1="unauthorized")),
        Phase.DEGRADED,
        "source shop-1: unauthorized",
    ),
    "many sources fail": (
        facts(RUNNING, saying(a="timeout", b="timeout", c="http_5xx", d="timeout", e="timeout")),
        Phase.DEGRADED,
        "source a: timeout; source b: timeout; source c: http_5xx; and 2 more",
    ),
    "silent for a moment": (facts(RUNNING, saying(silent_seconds=4)), Phase.RUNNING, None),
    "silent": (facts(RUNNING, saying(silent_seconds=6)), Phase.DEGRADED, "runs, but does not answer on its port"),
    "never answered": (facts(RUNNING), Phase.DEGRADED, "runs, but has not answered on its port within 15 s"),
    "the old one goes on where the new one fails": (facts(RUNNING, saying(), failure=FAILED), Phase.DEGRADED, FAILED),
    "died once": (
        facts(replace(DEAD, early_deaths=1)),
        Phase.STARTING,
        "it ended with exit code 3; it is started again",
    ),
    "killed": (
        facts(replace(DEAD, exit_code=-9)),
        Phase.STARTING,
        "it was ended by signal 9; it is started again",
    ),
    "died unseen": (
        facts(replace(DEAD, exit_code=None)),
        Phase.STARTING,
        "it ended, the exit code was not seen; it is started again",
    ),
    "keeps dying": (
        facts(replace(DEAD, early_deaths=4)),
        Phase.CRASH_LOOPING,
        "ended 4 times soon after its start, tried again after 4 s; it ended with exit code 3: no such host",
    ),
    "keeps dying, just started again": (
        facts(replace(YOUNG, early_deaths=4, exit_code=1)),
        Phase.CRASH_LOOPING,
        "ended 4 times soon after its start, tried again after 4 s; it ended with exit code 1",
    ),
    "recovered from a crash loop": (facts(replace(YOUNG, early_deaths=4), saying()), Phase.RUNNING, None),
    "dead and cannot be started": (facts(DEAD, failure=FAILED), Phase.FAILED, FAILED),
    "disabled": (facts(HALTED, enabled=False), Phase.STOPPED, "disabled"),
    "disabled, never made": (facts(None, enabled=False), Phase.STOPPED, "disabled"),
    "disabled after it died": (facts(DEAD, enabled=False), Phase.STOPPED, "disabled"),
    "deleted": (facts(None, deleted=True), Phase.STOPPED, "deleted"),
    "deleted but it cannot be ended": (
        facts(RUNNING, saying(), deleted=True, failure="process 77 does not end, not even by SIGKILL"),
        Phase.DEGRADED,
        "process 77 does not end, not even by SIGKILL",
    ),
    "stopped, desired state unread": (facts(HALTED, revision=None), Phase.STOPPED, "stopped"),
    "enabled again": (facts(HALTED), Phase.STARTING, None),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_phase_follows_the_table(case: str) -> None:
    known, phase, reason = TABLE[case]
    assert phase_of(known, NOW) == (phase, reason)


@pytest.mark.parametrize(
    ("known", "applied"),
    [
        (facts(RUNNING, saying(6)), 6),
        (facts(RUNNING, saying(7)), 7),
        (facts(RUNNING), None),
        (facts(DEAD, saying(7)), None),
        (facts(HALTED, enabled=False), 7),
        (facts(None, deleted=True), 7),
        (facts(None), None),
    ],
)
def test_a_revision_is_applied_by_the_exporters_own_word_or_by_its_not_running(
    known: Facts, applied: int | None
) -> None:
    assert observe(known, "process", NOW).applied_revision == applied


def test_the_status_tells_the_instance_as_it_is() -> None:
    observed = observe(facts(RUNNING, saying(shop_1="timeout")), "process", NOW)
    assert (observed.runtime, observed.instance, observed.image) == ("process", "77", "python -m vitrina_cubicmedia")
    assert [source.name for source in observed.sources] == ["fine", "new", "shop-1"]
    assert observed.observed_at == NOW
    dead = observe(facts(DEAD, saying()), "process", NOW)
    assert (dead.instance, dead.exit_code, dead.restarts, dead.sources) == (None, 3, 1, [])
    assert observe(facts(HALTED, enabled=False), "process", NOW).exit_code is None


def test_only_early_deaths_in_a_row_count() -> None:
    assert early_deaths_after(0, lived_seconds=3) == 1
    assert early_deaths_after(4, lived_seconds=3) == 5
    assert early_deaths_after(4, lived_seconds=11) == 0


def test_the_pause_doubles_from_the_second_early_death() -> None:
    assert [pause_before_start(deaths) for deaths in range(11)] == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
