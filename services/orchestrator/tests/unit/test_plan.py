"""The plan as a table: what should be, what is, what to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from vitrina_contracts.exporter import ExporterSelfStatus
from vitrina_orchestrator.domain.desired import Absent, InstanceSpec, Wanted
from vitrina_orchestrator.domain.observed import Answer, Instance, WrittenConfig
from vitrina_orchestrator.domain.plan import (
    Create,
    DropOldConfigs,
    FallBack,
    PutConfig,
    Remove,
    Replace,
    Start,
    Step,
    Stop,
    Wait,
    plan,
)

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SPEC = InstanceSpec("cubicmedia", "cubicmedia", "vitrina/cubicmedia", "vitrina_cubicmedia", 9000, "/metrics", 0)
NEWER = replace(SPEC, restart_generation=1)
WANTED = Wanted(SPEC, revision=7, enabled=True, deleted=False, config=b"{}")
DISABLED = replace(WANTED, enabled=False)
DELETED = replace(WANTED, deleted=True)
CONFIG = WrittenConfig(7, WANTED.config_digest)
OLD_CONFIG = WrittenConfig(6, "another")
RUNNING = Instance("cubicmedia", SPEC, CONFIG, running=True, id="1")
HALTED = Instance("cubicmedia", SPEC, CONFIG, halted=True)
DEAD = Instance("cubicmedia", SPEC, CONFIG, ended_at=NOW)
LEFTOVER = Instance("cubicmedia", None, CONFIG)


def looping(deaths: int, seconds_ago: float) -> Instance:
    return replace(DEAD, early_deaths=deaths, ended_at=NOW - timedelta(seconds=seconds_ago))


def confirming(revision: int | None, silent_seconds: float = 0.0, confirmed_seconds: float = 0.0) -> Answer:
    status = ExporterSelfStatus(
        exporter="cubicmedia", platform="cubicmedia", version="1", config_revision=revision, sources=[]
    )
    return Answer(status, silent_seconds, confirmed_seconds)


TABLE: dict[str, tuple[Wanted | Absent, Instance | None, list[Step]]] = {
    "nothing there: configure and create": (WANTED, None, [PutConfig(), Create(SPEC)]),
    "only its configuration there: create": (WANTED, LEFTOVER, [Create(SPEC)]),
    "all as it should be: nothing": (WANTED, RUNNING, []),
    "new configuration: only put it": (WANTED, replace(RUNNING, config=OLD_CONFIG), [PutConfig()]),
    "configuration lost: put it again": (WANTED, replace(RUNNING, config=None), [PutConfig()]),
    "other specification: replace": (replace(WANTED, spec=NEWER), RUNNING, [Replace(NEWER, "1")]),
    "other specification, stopped: replace": (replace(WANTED, spec=NEWER), HALTED, [Replace(NEWER, None)]),
    "both changed: configuration first": (
        replace(WANTED, spec=NEWER),
        replace(RUNNING, config=OLD_CONFIG),
        [PutConfig(), Replace(NEWER, "1")],
    ),
    "died: start": (WANTED, DEAD, [Start()]),
    "died early once: start at once": (WANTED, looping(1, 0), [Start()]),
    "died early twice: wait a second": (WANTED, looping(2, 0), [Wait(1.0)]),
    "the pause grows": (WANTED, looping(5, 2), [Wait(6.0)]),
    "the pause is bounded": (WANTED, looping(50, 0), [Wait(60.0)]),
    "the pause is over: start": (WANTED, looping(5, 8), [Start()]),
    "a clock set back does not lengthen the pause": (WANTED, looping(2, -3600), [Wait(1.0)]),
    "a new configuration is a new chance": (
        WANTED,
        replace(looping(5, 0), config=OLD_CONFIG),
        [PutConfig(), Start()],
    ),
    "paused: let it go on": (WANTED, replace(RUNNING, paused=True), [Start()]),
    "paused and disabled: stop": (DISABLED, replace(RUNNING, paused=True), [Stop()]),
    "paused while nothing can be read: let it go on": (Absent.UNREAD, replace(RUNNING, paused=True), [Start()]),
    "enabled again: start": (WANTED, HALTED, [Start()]),
    "disabled: stop": (DISABLED, RUNNING, [Stop()]),
    "disabled and stopped: nothing": (DISABLED, HALTED, []),
    "disabled and dead: nothing": (DISABLED, DEAD, []),
    "disabled, never made: nothing": (DISABLED, None, []),
    "deleted: remove": (DELETED, RUNNING, [Remove()]),
    "deleted, stopped: remove": (DELETED, HALTED, [Remove()]),
    "deleted, only its configuration left: remove": (DELETED, LEFTOVER, [Remove()]),
    "deleted and gone: nothing": (DELETED, None, []),
    "unread: what runs goes on": (Absent.UNREAD, RUNNING, []),
    "unread: what died is started": (Absent.UNREAD, DEAD, [Start()]),
    "unread: a crash loop waits": (Absent.UNREAD, looping(2, 0), [Wait(1.0)]),
    "unread: what was stopped stays so": (Absent.UNREAD, HALTED, []),
    "unread: leftovers stay": (Absent.UNREAD, LEFTOVER, []),
    "unread: nothing is invented": (Absent.UNREAD, None, []),
    "unread: without a configuration nothing starts": (Absent.UNREAD, replace(DEAD, config=None), []),
    "unknown and gone: nothing": (Absent.UNKNOWN, None, []),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_plan_follows_the_table(case: str) -> None:
    wanted, instance, steps = TABLE[case]
    assert plan(wanted, instance, Answer(), 0, NOW) == steps


@pytest.mark.parametrize(("missed_reads", "steps"), [(0, []), (1, []), (2, [Remove()]), (3, [Remove()])])
@pytest.mark.parametrize("instance", [RUNNING, HALTED, DEAD, LEFTOVER])
def test_what_the_registry_does_not_know_is_removed_after_two_full_reads(
    instance: Instance, missed_reads: int, steps: list[Step]
) -> None:
    assert plan(Absent.UNKNOWN, instance, Answer(), missed_reads, NOW) == steps


@pytest.mark.parametrize("instance", [RUNNING, HALTED, DEAD, LEFTOVER, looping(9, 0), None])
@pytest.mark.parametrize("missed_reads", [0, 5])
@pytest.mark.parametrize("silent_seconds", [0.0, 1e6])
def test_nothing_is_ended_while_the_desired_state_is_unread(
    instance: Instance | None, missed_reads: int, silent_seconds: float
) -> None:
    steps = plan(Absent.UNREAD, instance, confirming(1, silent_seconds), missed_reads, NOW)
    assert all(isinstance(step, Start | Wait) for step in steps)


UNPROVEN = replace(CONFIG, older_revisions=(5, 6))


def test_former_configurations_go_when_the_exporter_has_lived_with_the_present_one() -> None:
    instance = replace(RUNNING, config=UNPROVEN)
    assert plan(WANTED, instance, confirming(6, confirmed_seconds=60), 0, NOW) == []
    assert plan(WANTED, instance, Answer(), 0, NOW) == []
    assert plan(WANTED, instance, confirming(7, confirmed_seconds=4), 0, NOW) == [Wait(6)]
    assert plan(WANTED, instance, confirming(7, confirmed_seconds=10), 0, NOW) == [DropOldConfigs(keep=7)]


DYING = replace(DEAD, config=UNPROVEN, early_deaths=1, exit_code=1)


@pytest.mark.parametrize("changes", [{}, {"early_deaths": 2}, {"exit_code": -11}])
def test_who_dies_of_a_new_configuration_goes_back_to_the_last_proven_one(changes: dict[str, Any]) -> None:
    assert plan(WANTED, replace(DYING, **changes), Answer(), 0, NOW) == [FallBack(5), Start()]


@pytest.mark.parametrize("exit_code", [None, -9, -15, 137, 143])
def test_an_end_from_outside_is_not_blamed_on_the_configuration_but_want_of_memory_is(exit_code: int | None) -> None:
    killed = replace(DYING, exit_code=exit_code)
    assert plan(WANTED, killed, Answer(), 0, NOW) == [Start()]
    assert plan(WANTED, replace(killed, out_of_memory=True), Answer(), 0, NOW) == [FallBack(5), Start()]


def test_a_proven_configuration_is_not_blamed() -> None:
    assert plan(WANTED, replace(DYING, config=CONFIG), Answer(), 0, NOW) == [Start()]


def test_a_refused_configuration_is_not_handed_out_while_the_former_one_serves() -> None:
    serving = replace(RUNNING, config=OLD_CONFIG)
    assert plan(WANTED, serving, confirming(6), 0, NOW, is_refused=True) == []
    assert plan(WANTED, serving, confirming(6), 0, NOW, is_refused=False) == [PutConfig()]


def test_who_dies_of_the_former_configuration_too_gets_the_desired_one_and_the_pauses_of_a_crash_loop() -> None:
    dying = replace(looping(3, 0), config=OLD_CONFIG, exit_code=1)
    assert plan(WANTED, dying, Answer(), 0, NOW, is_refused=True) == [PutConfig(), Start()]
    assert plan(WANTED, replace(dying, config=UNPROVEN), Answer(), 0, NOW, is_refused=True) == [Wait(2)]


def test_what_runs_and_stays_silent_for_a_minute_is_replaced() -> None:
    assert plan(WANTED, RUNNING, confirming(7, silent_seconds=59), 0, NOW) == []
    assert plan(WANTED, RUNNING, confirming(7, silent_seconds=61), 0, NOW) == [Replace(SPEC, "1")]
    assert plan(WANTED, RUNNING, Answer(None, 61), 0, NOW) == [Replace(SPEC, "1")]
    assert plan(DISABLED, RUNNING, Answer(None, 61), 0, NOW) == [Stop()]
