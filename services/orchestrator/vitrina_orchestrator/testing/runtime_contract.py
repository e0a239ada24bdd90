"""What every runtime must do, checked on the real thing: one suite for processes, Docker and Swarm.

A runtime's own test module subclasses `RuntimeContract` and says how to open the runtime; the instances that it starts
must behave as `stub_exporter.py`.
"""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any

import httpx
import pytest
from vitrina_contracts.exporter import ExporterSelfStatus

from vitrina_orchestrator.adapters.exporter_client import ExporterClient, exporter_http_client
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.errors import InstanceBusyError, NoInstanceError, StartRefusedError
from vitrina_orchestrator.domain.naming import instance_name
from vitrina_orchestrator.domain.observed import Instance
from vitrina_orchestrator.use_cases.ports import Runtime

NAME = "screens"


def spec(**changes: Any) -> InstanceSpec:
    fields: dict[str, Any] = {
        "exporter": NAME,
        "platform": "screens",
        "image": "vitrina/exporter-stub",
        "module": "vitrina_orchestrator.testing.stub_exporter",
        "port": 9000,
        "metrics_path": "/metrics",
        "restart_generation": 0,
    }
    return InstanceSpec(**(fields | changes))


def config(revision: int = 1, exporter: str = NAME, **source: Any) -> bytes:
    content = {
        "exporter": exporter,
        "platform": "screens",
        "revision": revision,
        "poll_interval_seconds": 10,
        "fresh_seconds": 300,
        "sources": [{"name": "shop-1", "config": source, "request_budget": 20}] if source else [],
    }
    return json.dumps(content).encode()


async def eventually(condition: Callable[[], Any], seconds: float = 10) -> Any:
    """Awaits an async condition until it gives something true."""
    async with asyncio.timeout(seconds):
        while not (found := await condition()):  # noqa: ASYNC110 - asks other processes, who set no event
            await asyncio.sleep(0.02)
    return found


async def _only(events: AsyncGenerator[str], name: str) -> AsyncGenerator[str]:
    """Events about this instance: a runtime may tell of others when it begins to watch."""
    async for event in events:
        if event == name:
            yield event


class RuntimeContract(ABC):
    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[Runtime]:
        """The same world each time it is called within a test: opening again is a restart of the orchestrator."""

    @abstractmethod
    async def kill(self, instance: Instance) -> None:
        """Ends it by SIGKILL behind the runtime's back."""

    async def started(self, runtime: Runtime, **changes: Any) -> Instance:
        await runtime.put_config(spec(), 1, config())
        await runtime.create(spec(**changes))
        return await self.present(runtime)

    async def started_shards(self, runtime: Runtime, *shards: int) -> None:
        for shard in shards:
            await runtime.put_config(spec(shard=shard), shard + 1, config(shard + 1))
            await runtime.create(spec(shard=shard))

    async def found(self, runtime: Runtime, shard: int) -> Instance:
        instance = await runtime.find(instance_name(NAME, shard))
        assert instance is not None
        return instance

    async def present(self, runtime: Runtime) -> Instance:
        instance = await runtime.find(NAME)
        assert instance is not None
        return instance

    async def dead(self, runtime: Runtime) -> Instance:
        async def gone() -> Instance | None:
            instance = await self.present(runtime)
            return None if instance.running else instance

        instance: Instance = await eventually(gone)
        return instance

    async def status(self, instance: Instance, revision: int = 1) -> ExporterSelfStatus:
        """Its own status once it confirms the revision."""
        async with exporter_http_client() as http:

            async def answer() -> ExporterSelfStatus | None:
                assert instance.address is not None
                status = await ExporterClient(http).ask(instance.address, spec())
                return status if status is not None and status.config_revision == revision else None

            status: ExporterSelfStatus = await eventually(answer)
            return status

    async def test_nothing_is_there_at_first(self) -> None:
        async with self.open() as runtime:
            assert await runtime.list() == []
            assert await runtime.find(NAME) is None

    async def test_a_created_instance_runs_and_is_told_as_it_is(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            assert await runtime.list() == [instance]
            assert instance.running
            assert instance.spec == spec()
            assert instance.restarts == 0
            assert instance.exit_code is None
            assert instance.started_at is not None
            assert instance.config is not None
            assert instance.config.revision == 1
            assert (await self.status(instance)).exporter == NAME

    async def test_a_second_copy_is_refused(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            with pytest.raises(InstanceBusyError):
                await runtime.create(spec())
            with pytest.raises(InstanceBusyError):
                await runtime.start(NAME)
            assert await runtime.list() == [instance]

    async def test_a_new_configuration_is_taken_without_a_restart(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            await self.status(instance)
            await runtime.put_config(spec(), 2, config(2, fail="timeout"))
            status = await self.status(instance, revision=2)
            assert [source.reason for source in status.sources] == ["timeout"]
            assert (await self.present(runtime)).id == instance.id

    async def test_former_configurations_are_told_and_dropped(self) -> None:
        async with self.open() as runtime:
            await self.started(runtime)
            await runtime.put_config(spec(), 2, config(2))
            await runtime.put_config(spec(), 3, config(3))
            written = (await self.present(runtime)).config
            assert written is not None
            assert (written.revision, written.older_revisions) == (3, (1, 2))
            await runtime.drop_old_configs(NAME, keep=2)
            assert (await self.present(runtime)).config == written
            await runtime.drop_old_configs(NAME, keep=3)
            written = (await self.present(runtime)).config
            assert written is not None
            assert (written.revision, written.older_revisions) == (3, ())

    async def test_a_former_configuration_becomes_the_present_one_again_and_the_others_are_gone(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            await self.status(instance)
            former = instance.config
            await runtime.put_config(spec(), 2, config(2, fail="timeout"))
            await self.status(instance, revision=2)
            await runtime.fall_back(spec(), 1)
            assert (await self.status(instance, revision=1)).sources == []
            assert (await self.present(runtime)).config == former
            await runtime.fall_back(spec(), 1)
            with pytest.raises(StartRefusedError):
                await runtime.fall_back(spec(), 2)
            await runtime.remove(NAME)

    async def test_the_same_revision_can_be_written_again_with_other_content(self) -> None:
        async with self.open() as runtime:
            first = await self.started(runtime)
            await runtime.put_config(spec(), 1, config(1, fail="timeout"))
            second = await self.present(runtime)
            assert first.config is not None
            assert second.config is not None
            assert first.config.digest != second.config.digest

    async def test_a_configuration_without_an_instance_is_a_leftover(self) -> None:
        async with self.open() as runtime:
            await runtime.put_config(spec(), 1, config())
            (leftover,) = await runtime.list()
            assert (leftover.exporter, leftover.spec, leftover.running) == (NAME, None, False)
            await runtime.remove(NAME)
            assert await runtime.list() == []

    async def test_a_stopped_instance_is_not_running_nor_dead_and_starts_again_without_counting(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            await self.status(instance)
            await runtime.stop(NAME)
            stopped = await self.present(runtime)
            assert (stopped.running, stopped.halted) == (False, True)
            await runtime.stop(NAME)
            await runtime.start(NAME)
            again = await self.present(runtime)
            assert (again.running, again.halted, again.restarts) == (True, False, 0)
            await self.status(again)

    async def test_a_killed_instance_is_an_event_and_starts_again_counting(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            async with aclosing(runtime.events()) as events, asyncio.timeout(5):
                await self.kill(instance)
                assert await anext(events) == NAME
            dead = await self.dead(runtime)
            assert (dead.halted, dead.early_deaths) == (False, 1)
            assert dead.exit_code in {-9, 137}
            await runtime.start(NAME)
            again = await self.present(runtime)
            assert (again.running, again.restarts) == (True, 1)
            await self.status(again)

    async def test_deaths_soon_after_the_start_are_counted_with_their_code_and_last_words(self) -> None:
        async with self.open() as runtime:
            await runtime.put_config(spec(), 1, config(exit=7))
            await runtime.create(spec())
            assert (await self.dead(runtime)).early_deaths == 1
            await runtime.start(NAME)
            dead = await self.dead(runtime)
            assert (dead.early_deaths, dead.exit_code, dead.restarts) == (2, 7, 1)
            assert dead.last_words == "cannot go on: asked to end"

    async def test_a_replacement_has_the_new_specification_and_the_old_one_is_gone(self) -> None:
        async with self.open() as runtime:
            old = await self.started(runtime)
            await self.status(old)
            await runtime.replace(spec(restart_generation=1), old.id)
            new = await self.present(runtime)
            assert new.spec == spec(restart_generation=1)
            assert new.id != old.id
            assert await runtime.list() == [new]
            await self.status(new)

    async def test_what_does_not_run_can_be_replaced_too(self) -> None:
        async with self.open() as runtime:
            await self.started(runtime)
            await runtime.stop(NAME)
            await runtime.replace(spec(restart_generation=1), None)
            new = await self.present(runtime)
            assert (new.running, new.halted) == (True, False)

    async def test_removing_leaves_nothing_and_may_be_repeated(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            await self.status(instance)
            await runtime.remove(NAME)
            await runtime.remove(NAME)
            assert await runtime.list() == []
            async with exporter_http_client() as http:
                with pytest.raises((httpx.ConnectError, httpx.ConnectTimeout)):
                    await http.get(f"http://{instance.address}/status")

    async def test_an_instance_outlives_the_orchestrator_and_is_adopted(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
        async with self.open() as runtime:
            assert await runtime.list() == [instance]
            async with aclosing(runtime.events()) as events, asyncio.timeout(5):
                await self.kill(instance)
                assert await anext(events) == NAME
            assert not (await self.dead(runtime)).running

    async def test_a_death_while_nobody_looked_is_seen_afterwards(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
        await self.kill(instance)
        async with self.open() as runtime:
            dead = await self.dead(runtime)
            assert (dead.halted, dead.early_deaths) == (False, 1)

    async def test_two_orchestrators_never_start_two_copies(self) -> None:
        async with self.open() as one, self.open() as other:
            for runtime in (one, other):
                await runtime.put_config(spec(), 1, config())
            outcomes = await asyncio.gather(one.create(spec()), other.create(spec()), return_exceptions=True)
            assert [type(outcome) for outcome in outcomes if outcome is not None] == [InstanceBusyError]
            assert await one.list() == await other.list()
            await self.kill(await self.present(one))
            await self.dead(one)
            outcomes = await asyncio.gather(one.start(NAME), other.start(NAME), return_exceptions=True)
            assert [type(outcome) for outcome in outcomes if outcome is not None] == [InstanceBusyError]
            assert await one.list() == await other.list()
            assert (await self.present(one)).running

    async def test_two_orchestrators_with_the_same_thought_replace_once(self) -> None:
        async with self.open() as one, self.open() as other:
            old = await self.started(one)
            newer = spec(restart_generation=1)
            outcomes = await asyncio.gather(
                one.replace(newer, old.id), other.replace(newer, old.id), return_exceptions=True
            )
            assert [type(outcome) for outcome in outcomes if outcome is not None] == [InstanceBusyError]
            assert (await self.present(one)).spec == newer
            assert await one.list() == await other.list()

    async def test_logs_are_told_from_the_end_and_followed(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            await self.status(instance)
            async with aclosing(runtime.logs(NAME, 10, follow=False)) as lines:
                assert any([line.startswith("stub exporter listens") async for line in lines])
            async with aclosing(runtime.logs(NAME, 1, follow=True)) as lines, asyncio.timeout(10):
                await anext(lines)
                await runtime.put_config(spec(), 2, config(2, exit=3))
                assert await anext(lines) == "cannot go on: asked to end"

    async def test_shards_of_one_exporter_run_side_by_side_each_under_its_own_name(self) -> None:
        async with self.open() as runtime:
            await self.started_shards(runtime, 0, 1, 12)
            listed = await runtime.list()
            assert {(one.exporter, one.shard, one.name, one.running) for one in listed} == {
                (NAME, 0, NAME, True),
                (NAME, 1, f"{NAME}.1", True),
                (NAME, 12, f"{NAME}.12", True),
            }
            assert len({one.id for one in listed}) == len({one.address for one in listed}) == 3
            for instance in listed:
                assert (await self.status(instance, revision=instance.shard + 1)).exporter == NAME
            with pytest.raises(InstanceBusyError):
                await runtime.create(spec(shard=12))

    async def test_what_happens_to_one_shard_leaves_the_others_alone(self) -> None:
        async with self.open() as runtime:
            await self.started_shards(runtime, 0, 1, 2)
            zero, one, two = [await self.found(runtime, shard) for shard in (0, 1, 2)]
            async with aclosing(runtime.events()) as events, asyncio.timeout(5):
                await self.kill(two)
                assert await anext(_only(events, two.name)) == two.name
            await runtime.replace(spec(shard=1, restart_generation=1), one.id)
            assert (await self.found(runtime, 0)).id == zero.id
            assert (await self.found(runtime, 1)).id != one.id

            async def counted() -> bool:
                return (await self.found(runtime, 2)).early_deaths == 1

            await eventually(counted)
            await runtime.remove(two.name)
            assert {instance.shard for instance in await runtime.list()} == {0, 1}
            await runtime.remove(zero.name)
            (left,) = await runtime.list()
            assert (left.shard, left.running) == (1, True)

    async def test_asking_about_what_does_not_exist_says_so(self) -> None:
        async with self.open() as runtime:
            for call in (runtime.start(NAME), runtime.stop(NAME)):
                with pytest.raises(NoInstanceError):
                    await call
