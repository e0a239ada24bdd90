"""From a change in the registry to a running exporter, through the real orchestrator, NATS and processes."""

from typing import TYPE_CHECKING

from vitrina_contracts.exporter import Phase
from vitrina_orchestrator.testing.registry_stand_in import source

if TYPE_CHECKING:
    from conftest import World


async def test_a_new_exporter_runs_at_its_revision_and_is_listed_for_scraping(world: "World") -> None:
    orchestrator = world.orchestrator()
    revision = await world.change("cubicmedia", sources=[source(api_url="https://vendor.example")])
    observed = await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    assert observed.applied_revision == revision
    assert observed.runtime == "process"
    assert observed.instance == str(world.pids()[0])
    assert [state.name for state in observed.sources] == ["shop-1"]
    phases = [status.phase for name, status in world.published if name == "cubicmedia"]
    assert phases[-1] is Phase.RUNNING
    assert set(phases) <= {Phase.PENDING, Phase.STARTING, Phase.RUNNING}
    assert set(await orchestrator.targets()) == {"cubicmedia"}


async def test_a_change_reaches_the_running_exporter_without_a_restart(world: "World") -> None:
    world.orchestrator()
    await world.change("cubicmedia")
    before = await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    revision = await world.change("cubicmedia", sources=[source(fail="unauthorized"), source("off", enabled=False)])
    after = await world.until("cubicmedia", lambda status: status.applied_revision == revision)
    assert (after.phase, after.reason) == (Phase.DEGRADED, "source shop-1: unauthorized")
    assert after.instance == before.instance
    assert [state.name for state in after.sources] == ["shop-1"]
    await world.until_files("cubicmedia", {f"config-{revision}.json", "current"})


async def test_a_platforms_real_exporter_understands_what_it_is_given(world: "World") -> None:
    world.orchestrator()
    vendor = source("shop-1", api_url="http://127.0.0.1:1/", macs=["AA:BB:CC:DD:EE:FF"], request_budget=5)
    revision = await world.change("cubicmedia", module="vitrina_cubicmedia", sources=[vendor])
    observed = await world.until("cubicmedia", lambda status: status.phase is Phase.DEGRADED)
    assert (observed.applied_revision, [state.up for state in observed.sources]) == (revision, [False])
    assert observed.reason is not None
    assert observed.reason.startswith("source shop-1: ")


async def test_disable_stops_enable_starts_restart_replaces_delete_removes(world: "World") -> None:
    orchestrator = world.orchestrator()
    await world.change("cubicmedia")
    first = await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)

    revision = await world.change("cubicmedia", enabled=False)
    stopped = await world.until("cubicmedia", lambda status: status.phase is Phase.STOPPED)
    assert (stopped.applied_revision, stopped.reason, stopped.instance) == (revision, "disabled", None)
    assert world.pids() == []
    assert await orchestrator.targets() == {}

    await world.change("cubicmedia", enabled=True)
    second = await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    assert second.instance != first.instance

    await world.change("cubicmedia", restart_generation=1)
    third = await world.until(
        "cubicmedia", lambda status: status.phase is Phase.RUNNING and status.instance != second.instance
    )
    assert world.pids() == [int(third.instance or 0)]

    revision = await world.change("cubicmedia", deleted=True)
    gone = await world.until("cubicmedia", lambda status: status.reason == "deleted")
    assert (gone.phase, gone.applied_revision) == (Phase.STOPPED, revision)
    assert world.pids() == []
    assert not (world.runtime_dir / "cubicmedia").exists()


async def test_what_the_registry_never_knew_is_removed_but_never_by_a_failing_or_an_empty_registry(
    world: "World",
) -> None:
    orchestrator = world.orchestrator()
    await world.change("orphan")
    await world.change("cubicmedia")
    for name in ("orphan", "cubicmedia"):
        await world.until(name, lambda status: status.phase is Phase.RUNNING)
    kept = world.pids()
    known = world.registry.exporters.copy()
    world.registry.exporters = {}
    reads = world.registry.reads
    await world.until_reads(reads + 2)
    world.registry.exporters = known
    world.registry.failing = True
    assert world.pids() == kept
    world.registry.failing = False
    del world.registry.exporters["orphan"]
    await world.until_gone("orphan")
    assert set(await orchestrator.targets()) == {"cubicmedia"}
    assert len(world.pids()) == 1


async def test_a_change_whose_event_was_lost_is_found_by_the_resync(world: "World") -> None:
    world.orchestrator()
    await world.change("cubicmedia")
    await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    desired = world.registry.set("cubicmedia", sources=[source()])
    await world.until("cubicmedia", lambda status: status.applied_revision == desired.revision)


async def test_a_configuration_that_the_exporter_dies_of_is_refused_and_the_former_one_serves_again(
    world: "World",
) -> None:
    orchestrator = world.orchestrator()
    good = await world.change("cubicmedia", sources=[source(api_url="https://vendor.example")])
    await world.until("cubicmedia", lambda status: status.applied_revision == good)
    bad = await world.change("cubicmedia", sources=[source(exit=7)])
    refused = await world.until("cubicmedia", lambda status: status.reason and "did not survive" in status.reason)
    assert refused.phase is Phase.DEGRADED
    assert f"revision {bad} (it ended with exit code 7: cannot go on: asked to end)" in (refused.reason or "")
    serving = await world.until("cubicmedia", lambda status: status.applied_revision == good)
    assert serving.phase is Phase.DEGRADED
    assert set(await orchestrator.targets()) == {"cubicmedia"}
    await world.until_files("cubicmedia", {f"config-{good}.json", "current"})
    better = await world.change("cubicmedia", sources=[source("shop-2")])
    mended = await world.until("cubicmedia", lambda status: status.applied_revision == better)
    assert (mended.phase, mended.reason) == (Phase.RUNNING, None)


async def test_a_crash_loop_is_told_in_words_and_ended_by_a_better_configuration(world: "World") -> None:
    world.orchestrator()
    await world.change("cubicmedia", sources=[source(exit=3)])
    looping = await world.until("cubicmedia", lambda status: status.phase is Phase.CRASH_LOOPING)
    assert looping.exit_code == 3
    assert looping.reason is not None
    assert "exit code 3: cannot go on: asked to end" in looping.reason
    assert looping.restarts >= 1
    revision = await world.change("cubicmedia", sources=[source()])
    await world.until(
        "cubicmedia", lambda status: status.phase is Phase.RUNNING and status.applied_revision == revision
    )


async def test_the_inside_is_told_logs_targets_and_metrics_and_strangers_are_not(world: "World") -> None:
    orchestrator = world.orchestrator()
    await world.change("cubicmedia")
    await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    logs = await orchestrator.get("/logs/cubicmedia?tail=5")
    assert "stub exporter listens on" in logs.text
    assert logs.headers["content-type"].startswith("text/plain")
    assert (await orchestrator.get("/logs/nobody")).status_code == 404
    for path in ("/sd/exporters", "/logs/cubicmedia"):
        for token in (None, "wrong"):
            assert (await orchestrator.get(path, token)).status_code == 401
    metrics = (await orchestrator.get("/metrics")).text
    assert 'vitrina_orchestrator_instances{phase="running"} 1.0' in metrics
    labels = 'exporter="cubicmedia",platform="cubicmedia"'
    assert (
        'vitrina_orchestrator_exporter_phase{exporter="cubicmedia",phase="running",platform="cubicmedia"} 1.0'
        in metrics
    )
    assert f"vitrina_orchestrator_exporter_desired_revision{{{labels}}}" in metrics
    assert f"vitrina_orchestrator_exporter_applied_revision{{{labels}}}" in metrics
    assert 'vitrina_orchestrator_reconciles_total{outcome="done"}' in metrics
    assert "vitrina_orchestrator_queue_depth 0.0" in metrics
    assert (await orchestrator.get("/health/ready")).status_code == 200


async def test_a_credential_reaches_the_configuration_file_and_nothing_else(world: "World") -> None:
    canary = "canary-81b2"
    orchestrator = world.orchestrator()
    await world.change("cubicmedia", sources=[source(api_token=canary)])
    await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    world.registry.set("cubicmedia", sources=[source(api_token=canary, request_budget=-1)])
    unusable = await world.until("cubicmedia", lambda status: "cannot be used" in (status.reason or ""))
    sinks = {
        "orchestrator's log": world.written(),
        "exporter's log": (await orchestrator.get("/logs/cubicmedia")).text,
        "metrics": (await orchestrator.get("/metrics")).text,
        "targets": (await orchestrator.get("/sd/exporters")).text,
        "events": str(world.published),
        "record": (world.runtime_dir / "cubicmedia" / "instance.json").read_text(),
        "command": " ".join(world.process("cubicmedia").cmdline()),
        "environment": str(world.process("cubicmedia").environ()),
    }
    assert unusable.phase is Phase.DEGRADED
    assert [name for name, text in sinks.items() if canary in text] == []


async def test_another_installations_folder_is_refused_in_one_sentence(world: "World") -> None:
    await world.until_listed_at_all(world.orchestrator())
    world.environment["VITRINA_RUN_ID"] = "run-2"
    second = world.orchestrator()
    assert second.process is not None
    assert second.process.wait(30) == 2
    said = second.output.read_text().splitlines()[-1]
    assert said.startswith("The orchestrator cannot start: the exporters of another installation (run-1) live in ")
