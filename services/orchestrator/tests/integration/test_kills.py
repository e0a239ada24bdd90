"""What is killed comes back, what lives is left alone, and never do two copies of an exporter run."""

import asyncio
import os
import random
import signal
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from vitrina_contracts.exporter import Phase
from vitrina_orchestrator.testing.registry_stand_in import source

if TYPE_CHECKING:
    from conftest import World


def end(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    os.kill(pid, number)


async def test_an_exporter_killed_by_hand_is_back_within_two_seconds(world: "World") -> None:
    world.orchestrator()
    await world.change("cubicmedia")
    before = await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    killed_at = time.monotonic()
    end(int(before.instance or 0))
    after = await world.until(
        "cubicmedia", lambda status: status.phase is Phase.RUNNING and status.instance != before.instance
    )
    assert time.monotonic() - killed_at < 2
    assert after.restarts == before.restarts + 1
    assert world.pids() == [int(after.instance or 0)]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 0)])
async def test_exporters_outlive_the_orchestrator_and_are_adopted(
    world: "World", number: signal.Signals, code: int
) -> None:
    orchestrator = world.orchestrator()
    await world.change("cubicmedia")
    await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    pids = world.pids()
    assert orchestrator.end(number) == code
    assert world.pids() == pids
    world.statuses.clear()
    world.orchestrator()
    adopted = await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    assert [int(adopted.instance or 0)] == world.pids() == pids
    end(pids[0])
    again = await world.until(
        "cubicmedia", lambda status: status.phase is Phase.RUNNING and status.instance != adopted.instance, seconds=4
    )
    assert again.restarts == adopted.restarts + 1


async def test_an_exporter_that_died_while_nobody_looked_is_started_again(world: "World") -> None:
    orchestrator = world.orchestrator()
    await world.change("cubicmedia")
    before = await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    orchestrator.end(signal.SIGKILL)
    end(int(before.instance or 0))
    world.statuses.clear()
    world.orchestrator()
    after = await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    assert after.restarts == before.restarts + 1


async def test_without_the_registry_what_runs_goes_on_and_what_dies_comes_back(world: "World") -> None:
    orchestrator = world.orchestrator()
    await world.change("cubicmedia")
    before = await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    orchestrator.end(signal.SIGKILL)
    world.registry.failing = True
    world.statuses.clear()
    orchestrator = world.orchestrator()
    adopted = await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    assert adopted.instance == before.instance
    end(int(before.instance or 0))
    await world.until(
        "cubicmedia", lambda status: status.phase is Phase.RUNNING and status.instance != before.instance, seconds=4
    )
    assert set(await orchestrator.targets()) == {"cubicmedia"}
    world.registry.failing = False
    revision = world.registry.set("cubicmedia", sources=[source()]).revision
    await world.until("cubicmedia", lambda status: status.applied_revision == revision)


async def test_without_nats_changes_are_applied_and_told_when_it_is_back(world: "World") -> None:
    orchestrator = world.orchestrator()
    await world.change("cubicmedia")
    await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    world.nats.wipe()
    desired = world.registry.set("addreality")
    await world.until_listed(orchestrator, {"cubicmedia", "addreality"})
    world.statuses.clear()
    world.nats.start()
    for name in ("cubicmedia", "addreality"):
        await world.until(name, lambda status: status.phase is Phase.RUNNING)
    assert world.statuses["addreality"].applied_revision == desired.revision


async def test_two_orchestrators_never_run_two_copies(world: "World") -> None:
    world.orchestrator()
    world.orchestrator()
    await world.change("cubicmedia")
    await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    most = await _most_copies_while_killing(world, kills=5)
    assert most == 1
    await world.change("cubicmedia", enabled=False)
    await world.until("cubicmedia", lambda status: status.phase is Phase.STOPPED)
    assert world.pids() == []


async def _most_copies_while_killing(world: "World", kills: int) -> int:
    """Kills the exporter and asks for replacements in turn, counting copies all the while."""
    most = 0

    async def count() -> None:
        nonlocal most
        while True:
            most = max(most, len(world.pids()))
            await asyncio.sleep(0.01)

    counting = asyncio.create_task(count())
    for round_number in range(kills):
        (pid,) = world.pids()
        if round_number % 2:
            await world.change("cubicmedia", restart_generation=round_number)
        else:
            end(pid)
        await world.until(
            "cubicmedia",
            lambda status, old=str(pid): status.phase is Phase.RUNNING and status.instance != old,  # type: ignore[misc] - a default argument
        )
    counting.cancel()
    return most


async def test_orchestrators_killed_at_any_moment_converge_to_one_copy_at_the_newest_revision(world: "World") -> None:
    moments = random.Random(4711)  # noqa: S311 - moments, repeatable
    revision = 0
    for generation in range(5):
        orchestrator = world.orchestrator()
        revision = await world.change("cubicmedia", restart_generation=generation, sources=[source(round=generation)])
        await asyncio.sleep(moments.uniform(0.4, 1.6))
        orchestrator.end(signal.SIGKILL)
        assert len(world.pids()) <= 1
    world.orchestrator()
    observed = await world.until(
        "cubicmedia", lambda status: status.phase is Phase.RUNNING and status.applied_revision == revision
    )
    assert world.pids() == [int(observed.instance or 0)]


async def test_a_frozen_exporter_is_told_as_degraded(world: "World") -> None:
    world.orchestrator()
    await world.change("cubicmedia")
    before = await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    frozen = psutil.Process(int(before.instance or 0))
    frozen.suspend()
    silent = await world.until("cubicmedia", lambda status: status.phase is Phase.DEGRADED)
    assert silent.reason == "runs, but does not answer on its port"
    frozen.resume()
    await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
