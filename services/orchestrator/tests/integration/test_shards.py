"""Several instances of one exporter: how they come and go through the real orchestrator, and who serves what."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import psutil
from vitrina_contracts.exporter import ObservedExporter, Phase
from vitrina_contracts.sharding import device_key, shard_of
from vitrina_contracts.source_file import CurrentConfig, ExporterConfig
from vitrina_orchestrator.testing.registry_stand_in import source

if TYPE_CHECKING:
    from conftest import World

DEVICES = [device_key("shop-1", f"AA:BB:CC:DD:{number:05X}") for number in range(2000)]


def written(world: "World", name: str) -> ExporterConfig:
    """The configuration in force of an instance."""
    folder = world.runtime_dir / name / "config"
    current = CurrentConfig.model_validate(json.loads((folder / "current").read_bytes()))
    return ExporterConfig.model_validate_json((folder / current.file).read_bytes())


def running(shards: int, revision: int) -> Callable[[ObservedExporter], bool]:
    def is_so(observed: ObservedExporter) -> bool:
        whole = observed.phase is Phase.RUNNING and observed.applied_revision == revision
        return whole and (len(observed.shards) == shards if shards > 1 else observed.shards == [])

    return is_so


async def test_more_and_fewer_shards_run_as_declared_and_split_the_devices_wholly(
    world: "World", record_property: Callable[[str, object], None]
) -> None:
    orchestrator = world.orchestrator()
    revision = await world.change("cubicmedia", sources=[source()])
    alone = await world.until("cubicmedia", running(1, revision))

    began = time.monotonic()
    revision = await world.change("cubicmedia", shards=3)
    three = await world.until("cubicmedia", running(3, revision))
    await world.until_listed(orchestrator, {"cubicmedia", "cubicmedia.1", "cubicmedia.2"})
    record_property("seconds_from_one_to_three_shards", time.monotonic() - began)
    assert three.shards[0].instance == alone.instance  # the first one went on
    labels = [(group["labels"]["exporter"], group["labels"]["shard"]) for group in await orchestrator.groups()]
    assert sorted(labels) == [("cubicmedia", "0"), ("cubicmedia", "1"), ("cubicmedia", "2")]
    configs = [written(world, name) for name in ("cubicmedia", "cubicmedia.1", "cubicmedia.2")]
    for device in DEVICES:
        assert [shard_of(device, config.shards) == config.shard for config in configs].count(True) == 1
    assert len(world.pids()) == 3

    revision = await world.change("cubicmedia", shards=1)
    await world.until("cubicmedia", running(1, revision))
    await world.until_listed(orchestrator, {"cubicmedia"})
    assert len(world.pids()) == 1
    assert not (world.runtime_dir / "cubicmedia.1").exists()
    assert written(world, "cubicmedia").shards == 1


async def test_a_shard_that_dies_is_started_again_and_the_others_go_on(world: "World") -> None:
    world.orchestrator()
    revision = await world.change("cubicmedia", shards=2)
    before = await world.until("cubicmedia", running(2, revision))
    dying = next(pid for pid in world.pids() if str(pid) == before.shards[1].instance)
    world.killed(dying)
    after = await world.until("cubicmedia", lambda seen: seen.phase is Phase.RUNNING and seen.restarts == 1)
    assert after.shards[0].instance == before.shards[0].instance
    assert after.shards[1].instance != before.shards[1].instance


async def test_shards_that_became_too_many_while_nobody_looked_are_removed(world: "World") -> None:
    first = world.orchestrator()
    revision = await world.change("cubicmedia", shards=4)
    await world.until("cubicmedia", running(4, revision))
    world.stop(first)
    world.registry.set("cubicmedia", shards=2)
    second = world.orchestrator()
    await world.until_listed_at_all(second)
    await world.until_listed(second, {"cubicmedia", "cubicmedia.1"})
    assert len(world.pids()) == 2


async def test_a_failing_shard_is_named_in_the_reason_of_the_exporter(world: "World") -> None:
    world.orchestrator()
    revision = await world.change("cubicmedia", shards=2)
    await world.until("cubicmedia", running(2, revision))
    revision = await world.change("cubicmedia", sources=[source(fail="timeout")])
    degraded = await world.until("cubicmedia", lambda seen: seen.phase is Phase.DEGRADED)
    assert degraded.reason == "shard 0: source shop-1: timeout"


async def test_disabling_and_deleting_reach_every_shard(world: "World") -> None:
    orchestrator = world.orchestrator()
    revision = await world.change("cubicmedia", shards=3)
    await world.until("cubicmedia", running(3, revision))
    await world.change("cubicmedia", enabled=False)
    stopped = await world.until("cubicmedia", lambda seen: seen.phase is Phase.STOPPED)
    assert (stopped.reason, world.pids(), await orchestrator.targets()) == ("disabled", [], {})
    await world.change("cubicmedia", deleted=True)
    for name in ("cubicmedia", "cubicmedia.1", "cubicmedia.2"):
        await world.until_gone(name)


async def test_two_orchestrators_make_one_instance_of_each_shard(world: "World") -> None:
    one, other = world.orchestrator(), world.orchestrator()
    for orchestrator in (one, other):
        await world.until_listed_at_all(orchestrator)
    for shards in (3, 1, 4, 2):
        revision = await world.change("cubicmedia", shards=shards)
        await world.until("cubicmedia", running(shards, revision))
        names = {"cubicmedia", *(f"cubicmedia.{number}" for number in range(1, shards))}
        for orchestrator in (one, other):
            await world.until_listed(orchestrator, names)
        assert len(world.pids()) == shards


async def test_all_shards_keep_their_statuses_in_one_folder(world: "World") -> None:
    world.orchestrator()
    revision = await world.change("cubicmedia", shards=3)
    await world.until("cubicmedia", running(3, revision))
    folders = {psutil.Process(pid).environ()["VITRINA_STATE_DIR"] for pid in world.pids()}
    assert folders == {str(world.runtime_dir / "cubicmedia" / "state")}


async def test_no_device_is_without_a_shard_while_their_number_changes(world: "World") -> None:
    """Sampled from the exporters' own words: whoever runs has said with which revision, and so for which devices."""
    world.orchestrator()
    revision = await world.change("cubicmedia", sources=[source()])
    await world.until("cubicmedia", running(1, revision))
    shards_at = {revision: 1}
    for shards in (3, 2, 4, 1):
        revision = await world.change("cubicmedia", shards=shards)
        shards_at[revision] = shards
        reached = asyncio.create_task(world.until("cubicmedia", running(shards, revision)))
        while not reached.done():
            told = await world.told()
            if told != await world.told():
                continue  # they were asked one after the other: only what did not change meanwhile was so at one time
            serving = [(one.shard, shards_at[one.config_revision]) for one in told if one.config_revision]
            for device in DEVICES[:200]:
                assert any(shard_of(device, count) == shard for shard, count in serving), serving
        await reached
