"""The swarm runtime on a real Swarm of one node: what every runtime must do, and what only services can suffer."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from vitrina_contracts.exporter import ExporterSelfStatus
from vitrina_orchestrator.adapters.exporter_client import ExporterClient, exporter_http_client
from vitrina_orchestrator.adapters.swarm_engine import SwarmEngine
from vitrina_orchestrator.adapters.swarm_runtime import SwarmRuntime
from vitrina_orchestrator.domain.errors import InstanceBusyError, StartRefusedError
from vitrina_orchestrator.domain.observed import Instance
from vitrina_orchestrator.domain.swarm_service import service_name
from vitrina_orchestrator.testing.private_engine import skip_where_impossible
from vitrina_orchestrator.testing.runtime_contract import NAME, RuntimeContract, config, eventually, spec
from vitrina_orchestrator.testing.swarm_exporters import SETTINGS, STUB_IMAGE, import_images
from vitrina_orchestrator.testing.swarm_nodes import SwarmNode, on_network, swarm_nodes
from vitrina_orchestrator.use_cases.ports import Runtime

pytestmark = [pytest.mark.docker, pytest.mark.long]

CANARY = "canary-7c2e"


@pytest.fixture(scope="module")
def node() -> Iterator[SwarmNode]:
    """This thread is on the exporters' network meanwhile, as the orchestrator and Prometheus are."""
    skip_where_impossible()
    with swarm_nodes(1, import_images) as (node,):
        node.engine.docker(
            "network", "create", "--driver=overlay", "--internal", "--attachable", SETTINGS.scrape_network
        )
        with on_network(node, SETTINGS.scrape_network, STUB_IMAGE):
            yield node


class TestSwarmRuntime(RuntimeContract):
    @pytest.fixture(autouse=True)
    def _world(self, node: SwarmNode) -> Iterator[None]:
        self.node, self.engine = node, node.engine
        yield
        for service in self.engine.docker("service", "ls", "--quiet").split():
            self.engine.docker("service", "rm", service)
        for secret in self.engine.docker("secret", "ls", "--quiet").split():
            self.engine.docker("secret", "rm", secret)
        deadline = time.monotonic() + 30
        while self.engine.docker("ps", "--quiet", "--filter", "label=com.docker.swarm.service.name"):
            assert time.monotonic() < deadline, "containers of removed services do not end"
            time.sleep(0.1)

    def open(self) -> AbstractAsyncContextManager[Runtime]:
        return self._opened()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Runtime]:
        async with SwarmRuntime(self.engine.host, SETTINGS) as runtime:
            self.runtime = runtime
            yield runtime

    async def kill(self, instance: Instance) -> None:
        (container,) = self.containers(instance.name)
        self.engine.docker("kill", container)

    async def status(self, instance: Instance, revision: int = 1) -> ExporterSelfStatus:
        """Of whichever task is the instance's by now: a new configuration makes another, with another address."""
        async with exporter_http_client() as http:

            async def answer() -> ExporterSelfStatus | None:
                found = await self.runtime.find(instance.name)
                address = found.address if found is not None else None
                status = await ExporterClient(http).ask(address, spec()) if address is not None else None
                return status if status is not None and status.config_revision == revision else None

            status: ExporterSelfStatus = await eventually(answer, seconds=20)
            return status

    async def test_logs_are_told_from_the_end_and_followed(self) -> None:
        """With those of the task that a new configuration makes."""
        async with self.open() as runtime:
            instance = await self.started(runtime)
            await self.status(instance)
            async with aclosing(runtime.logs(NAME, 10, follow=False)) as lines:
                assert any([line.startswith("stub exporter listens") async for line in lines])
            async with aclosing(runtime.logs(NAME, 1, follow=True)) as lines, asyncio.timeout(30):
                await anext(lines)
                await runtime.put_config(spec(), 2, config(2, exit=3))
                assert await anext(line async for line in lines if "asked" in line) == "cannot go on: asked to end"

    async def test_the_container_is_hardened_and_the_configuration_is_its_users_alone(self) -> None:
        async with self.open() as runtime:
            await runtime.put_config(spec(), 1, config(api_token=CANARY))
            await runtime.create(spec())
            await self.status(await self.present(runtime))
        (container,) = self.containers(NAME)
        facts = dict(
            line.split(":\t", 1) for line in self.read(container, "/proc/1/status").splitlines() if ":\t" in line
        )
        assert facts["Uid"].split() == ["65532"] * 4
        assert int(facts["CapEff"], 16) == int(facts["CapPrm"], 16) == int(facts["CapBnd"], 16) == 0
        assert facts["Seccomp"] == "2"
        assert CANARY in self.read(container, "/etc/vitrina/config-1.json")
        host = self.inspected("inspect", container)[0]["HostConfig"]
        assert (host["ReadonlyRootfs"], host["Memory"], host["PidsLimit"]) == (True, SETTINGS.limits.memory_bytes, 64)
        service, secrets = service_name(NAME, SETTINGS), self.engine.docker("secret", "ls", "--quiet").split()
        told = [self.engine.docker("inspect", container), self.engine.docker("service", "inspect", service)]
        told += [self.engine.docker("secret", "inspect", secret) for secret in secrets]
        told += [self.engine.docker("service", "logs", service), self.engine.docker("service", "ps", service)]
        assert len(secrets) == 2
        assert CANARY not in "".join(told)

    async def test_a_version_that_does_not_start_leaves_the_old_task_untouched(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            before = self.containers(NAME)
            with pytest.raises(StartRefusedError, match="exit code 3: cannot import its own module"):
                await runtime.replace(spec(image="vitrina/exporter-crashing"), instance.id)
            assert await runtime.list() == [instance]
            assert self.containers(NAME) == before
            assert self.services() == [service_name(NAME, SETTINGS)]

    async def test_a_missing_image_leaves_the_old_task_and_says_why(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            with pytest.raises(StartRefusedError, match=r"(?i)no such image"):
                await runtime.replace(spec(image="vitrina/exporter-none"), instance.id)
            assert await runtime.list() == [instance]

    async def test_a_version_that_fails_in_the_place_of_the_old_one_is_rolled_back(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            with pytest.raises(StartRefusedError, match=r"the former one goes on: .*cannot read this"):
                await runtime.replace(spec(image="vitrina/exporter-broken"), instance.id)
            again = await self.present(runtime)
            assert (again.id, again.spec, again.running, again.restarts) == (instance.id, spec(), True, 0)
            await self.status(again)

    async def test_services_without_our_labels_are_never_touched(self) -> None:
        name = service_name(NAME, SETTINGS)
        self.engine.docker(
            "service", "create", "--detach", "--no-resolve-image", f"--name={name}", "vitrina/exporter-none:test"
        )
        async with self.open() as runtime:
            assert await runtime.list() == []
            await runtime.put_config(spec(), 1, config())
            with pytest.raises(InstanceBusyError, match=f"a service named {name} already"):
                await runtime.create(spec())
            await runtime.remove(NAME)
        assert self.services() == [name]

    async def test_a_death_is_counted_although_the_service_was_changed_just_before(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Swarm changes versions of its own accord, too: then the count is written on top of what is there by now."""
        update, changes = SwarmEngine.update_service, iter(range(3))

        async def late(engine: SwarmEngine, service: Mapping[str, Any], body: Mapping[str, Any]) -> None:
            if (number := next(changes, None)) is not None:
                present = await engine.service(service["ID"])
                assert present is not None
                labels = {**present["Spec"]["Labels"], "changed": str(number)}
                await update(engine, present, {**present["Spec"], "Labels": labels})
            await update(engine, service, body)

        async with self.open() as runtime:
            await self.kill(await self.started(runtime))
            monkeypatch.setattr(SwarmEngine, "update_service", late)
            dead = await self.dead(runtime)
            assert (dead.early_deaths, next(changes, None)) == (1, None)

    async def test_other_settings_of_the_installation_ask_for_another_service(self) -> None:
        async with self.open() as runtime:
            await self.started(runtime)
        larger = replace(SETTINGS, limits=replace(SETTINGS.limits, pids=65))
        async with SwarmRuntime(self.engine.host, larger) as runtime:
            instance = await self.present(runtime)
            assert instance.spec is not None
            assert instance.spec != spec()
            await runtime.replace(spec(), instance.id)
            assert (await self.present(runtime)).spec == spec()

    def read(self, container: str, path: str) -> str:
        program = str(Path(sys.executable).resolve())
        return self.engine.docker("exec", container, program, "-c", "import sys; print(open(sys.argv[1]).read())", path)

    def services(self) -> list[str]:
        return self.engine.docker("service", "ls", "--format={{.Name}}").split()

    def containers(self, name: str) -> list[str]:
        label = f"label=com.docker.swarm.service.name={service_name(name, SETTINGS)}"
        return self.engine.docker("ps", "--quiet", "--filter", label).split()

    def inspected(self, *words: str) -> Any:
        return json.loads(self.engine.docker(*words))
