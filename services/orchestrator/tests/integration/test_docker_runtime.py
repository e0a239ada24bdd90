"""The docker runtime on a real engine: what every runtime must do, and what only containers can suffer."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, aclosing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiodocker
import pytest
from vitrina_orchestrator.adapters.docker_runtime import DockerRuntime
from vitrina_orchestrator.adapters.exporter_client import ExporterClient, exporter_http_client
from vitrina_orchestrator.adapters.process_runtime import ProcessRuntime
from vitrina_orchestrator.adapters.runtime_choice import choose_runtime
from vitrina_orchestrator.domain.containers import ContainerSettings, Limits, container_name
from vitrina_orchestrator.domain.errors import EngineUnreachableError, InstanceBusyError, StartRefusedError
from vitrina_orchestrator.domain.observed import Instance
from vitrina_orchestrator.settings import OrchestratorSettings
from vitrina_orchestrator.testing.private_engine import PrivateEngine, private_engine, skip_where_impossible
from vitrina_orchestrator.testing.registry_stand_in import source
from vitrina_orchestrator.testing.runtime_contract import NAME, RuntimeContract, config, eventually, spec
from vitrina_orchestrator.testing.stub_image import STUB, image_tar, import_changes
from vitrina_orchestrator.use_cases.ports import Runtime

if TYPE_CHECKING:
    from conftest import OrchestratorProcess, World

CANARY = "canary-4f1d"

pytestmark = pytest.mark.docker

SETTINGS = ContainerSettings(
    installation="vitrina-test",
    image_prefix="",
    image_tag="test",
    scrape_network="vitrina-test-scrape",
    egress_network="vitrina-test-egress",
    limits=Limits(memory_bytes=64 * 1024 * 1024, nano_cpus=1_000_000_000, pids=64, log_bytes=100_000),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[PrivateEngine]:
    skip_where_impossible()
    with private_engine() as engine:
        import_image(engine, "vitrina/exporter-stub:test", STUB.read_text())
        yield engine


def import_image(engine: PrivateEngine, reference: str, script: str) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(image_tar(script))
        file.seek(0)
        engine.docker("import", *import_changes(), "-", reference, stdin=file)


def import_variant(engine: PrivateEngine, reference: str, script: str) -> None:
    """The stub's image with another script: quicker than a whole one."""
    made = engine.docker("create", "vitrina/exporter-stub:test")
    with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as file:
        file.write(script)
        file.flush()
        Path(file.name).chmod(0o644)
        engine.docker("cp", file.name, f"{made}:/exporter.py")
    engine.docker("commit", made, reference)
    engine.docker("rm", made)


class DockerWorld(RuntimeContract):
    @pytest.fixture(autouse=True)
    def _world(self, engine: PrivateEngine, tmp_path: Path) -> Iterator[None]:
        self.engine, self.folder = engine, tmp_path
        yield
        for container in engine.docker("ps", "--all", "--quiet").split():
            engine.docker("rm", "--force", container)
        for volume in engine.docker("volume", "ls", "--quiet").split():
            engine.docker("volume", "rm", volume)

    def open(self) -> AbstractAsyncContextManager[Runtime]:
        return DockerRuntime(self.engine.host, self.folder, SETTINGS)

    async def kill(self, instance: Instance) -> None:
        self.engine.docker("kill", str(instance.id))

    def inspected(self, name: str) -> Any:
        return json.loads(self.engine.docker("inspect", name))[0]


@contextmanager
def counted_lists(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The lists of containers that the engine is asked for in the block."""
    ask, lists = aiodocker.Docker._do_query, list[str]()

    async def asked(docker: aiodocker.Docker, path: str, *arguments: Any, **options: Any) -> Any:
        if path.startswith(("containers/json", "volumes")):
            lists.append(path)
        return await ask(docker, path, *arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(aiodocker.Docker, "_do_query", asked)
        yield lists


CRASHING = 'print("cannot import its own module")\nraise SystemExit(3)\n'
CRASHING_WITH_CONFIG = STUB.read_text().replace(
    "def main() -> None:", "def main() -> None:\n    if present_config():\n        sys.exit('cannot read this')"
)
HUNGRY = "import time\ntime.sleep(0.3)\nx = []\nwhile True:\n    x.append(bytearray(1 << 20))\n"
PYTHON = str(Path(sys.executable).resolve())
READ = (PYTHON, "-c", "import sys; print(open(sys.argv[1]).read())")
WRITE = (PYTHON, "-c", "import sys; open(sys.argv[1], 'w')")
MODE = (PYTHON, "-c", "import os, sys; s = os.stat(sys.argv[1]); print(oct(s.st_mode & 0o7777), s.st_uid)")


class TestDockerRuntime(DockerWorld):
    async def test_the_container_is_hardened_inside_and_out(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            await self.status(instance)
        inside = self.engine.docker("exec", str(instance.id), *READ, "/proc/1/status")
        facts = dict(line.split(":\t", 1) for line in inside.splitlines() if ":\t" in line)
        assert facts["Uid"].split() == ["65532"] * 4
        assert int(facts["CapEff"], 16) == int(facts["CapPrm"], 16) == int(facts["CapBnd"], 16) == 0
        assert facts["NoNewPrivs"] == "1"
        assert facts["Seccomp"] == "2"
        for path in ("/written", "/etc/vitrina/written", "/var/written"):
            with pytest.raises(AssertionError, match=r"Read-only file system|Permission denied"):
                self.engine.docker("exec", str(instance.id), *WRITE, path)
        self.engine.docker("exec", str(instance.id), *WRITE, "/var/lib/vitrina/written")
        host = self.inspected(str(instance.id))["HostConfig"]
        assert (host["Memory"], host["PidsLimit"], host["Init"]) == (SETTINGS.limits.memory_bytes, 64, True)
        assert not host["PortBindings"]
        assert not host["Binds"]

    async def test_credentials_are_in_the_volume_alone(self) -> None:
        async with self.open() as runtime:
            await runtime.put_config(spec(), 1, config(api_token=CANARY))
            await runtime.create(spec())
            instance = await self.present(runtime)
            await self.status(instance)
            file = self.engine.docker("exec", str(instance.id), *READ, "/etc/vitrina/config-1.json")
            assert CANARY in file
            told = [self.engine.docker(*words) for words in (("inspect", str(instance.id)), ("logs", str(instance.id)))]
            told += [self.engine.docker("volume", "inspect", name) for name in self.volumes()]
            told += [path.read_text() for path in self.folder.rglob("*") if path.is_file()]
            assert CANARY not in "".join(told)
            mode = self.engine.docker("exec", str(instance.id), *MODE, "/etc/vitrina/config-1.json")
            assert mode == "0o400 65532"
            await runtime.put_config(spec(), 2, config(2))
            await runtime.drop_old_configs(NAME, keep=2)
            assert self.engine.docker("exec", str(instance.id), *READ, "/etc/vitrina/config-1.json") == ""

    async def test_only_the_exporter_carries_the_label_and_nothing_else_is_left(self) -> None:
        async with self.open() as runtime:
            old = await self.started(runtime)
            await runtime.replace(spec(restart_generation=1), old.id)
        (name,) = self.containers()
        labels = self.inspected(name)["Config"]["Labels"]
        assert (labels["vitrina.exporter"], labels["vitrina.shard"]) == (NAME, "0")
        async with self.open() as runtime:
            await runtime.remove(NAME)
        assert (self.containers(), self.volumes()) == ([], [])

    async def test_containers_without_our_labels_are_never_touched(self) -> None:
        foreign = {
            "somebody": ["--label", "vitrina.exporter=screens"],
            "other": ["--label", "vitrina.installation=other", "--label", "vitrina.exporter=screens"],
            "vitrina-test-screens.next": [],
        }
        for name, options in foreign.items():
            self.run_stub(name, *options)
        async with self.open() as runtime:
            assert await runtime.list() == []
            await self.started(runtime)
            await runtime.remove(NAME)
        assert set(self.containers()) == set(foreign)
        assert all(self.inspected(name)["State"]["Running"] for name in foreign)

    async def test_a_foreign_container_with_our_name_is_left_and_named_in_the_reason(self) -> None:
        self.run_stub("vitrina-test-screens")
        async with self.open() as runtime:
            await runtime.put_config(spec(), 1, config())
            with pytest.raises(InstanceBusyError, match="a container named vitrina-test-screens already"):
                await runtime.create(spec())
        assert self.inspected("vitrina-test-screens")["State"]["Running"]

    async def test_a_container_removed_by_hand_is_an_event_and_made_again_with_the_same_configuration(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            async with aclosing(runtime.events()) as events, asyncio.timeout(5):
                assert await anext(events) == NAME
                self.engine.docker("rm", "--force", str(instance.id))
                assert await anext(events) == NAME
            left = await self.present(runtime)
            assert (left.spec, left.config) == (None, instance.config)
            await runtime.create(spec())
            await self.status(await self.present(runtime))

    async def test_a_pruned_volume_is_not_taken_for_the_written_configuration(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            self.engine.docker("rm", "--force", str(instance.id))
            for name in self.volumes():
                self.engine.docker("volume", "rm", name)
            assert await runtime.find(NAME) is None
            await runtime.put_config(spec(), 1, config())
            assert (await self.present(runtime)).config == instance.config

    async def test_a_renamed_container_is_named_again_and_a_copy_is_removed(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            self.engine.docker("rename", str(instance.id), "something-else")
            assert await self.present(runtime) == instance
            assert self.containers() == ["vitrina-test-screens"]
            labels = ["--label", "vitrina.installation=vitrina-test", "--label", f"vitrina.exporter={NAME}"]
            self.run_stub("copy", *labels)
            assert await self.present(runtime) == instance
            assert self.containers() == ["vitrina-test-screens"]

    async def test_while_nothing_happens_the_engine_is_asked_for_no_list(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """And one look after something has, what is there is listed again: a copy by hand is found and removed."""
        async with self.open() as runtime:
            instance = await self.started(runtime)
            following = asyncio.create_task(self._follow(runtime))
            with counted_lists(monkeypatch) as lists:

                async def steady() -> bool:
                    before = len(lists)
                    assert await runtime.find(NAME) == instance
                    return len(lists) == before

                await eventually(steady)
                lists.clear()
                for _ in range(20):
                    assert await runtime.find(NAME) == instance
                assert lists == []
                labels = json.loads(self.engine.docker("inspect", "--format={{json .Config.Labels}}", str(instance.id)))
                self.run_stub("copy", *(f"--label={key}={value}" for key, value in labels.items()))

                async def alone() -> bool:
                    assert await runtime.find(NAME) == instance
                    return "copy" not in self.engine.docker("ps", "--all", "--format={{.Names}}").split()

                await eventually(alone)
                assert lists != []
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following

    async def _follow(self, runtime: Runtime) -> None:
        async with aclosing(runtime.events()) as events:
            async for _ in events:
                pass

    async def test_a_stopped_container_whose_network_was_pruned_is_made_anew(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            await runtime.stop(NAME)
            self.engine.docker("network", "prune", "--force")
            await runtime.start(NAME)
            again = await self.present(runtime)
            assert again.running
            assert again.id != instance.id
            await self.status(again)

    async def test_a_paused_container_is_told_and_goes_on(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            self.engine.docker("pause", str(instance.id))
            paused = await self.present(runtime)
            assert (paused.running, paused.paused) == (True, True)
            await runtime.start(NAME)
            assert await self.present(runtime) == instance
            self.engine.docker("pause", str(instance.id))
            async with asyncio.timeout(8):
                await runtime.stop(NAME)
            assert not (await self.present(runtime)).running

    async def test_an_exporter_that_needs_too_much_memory_is_told_as_such(self) -> None:
        import_variant(self.engine, "vitrina/exporter-hungry:test", HUNGRY)
        async with self.open() as runtime:
            await runtime.put_config(spec(), 1, config())
            await runtime.create(spec(image="vitrina/exporter-hungry"))
            dead = await self.dead(runtime)
            assert (dead.out_of_memory, dead.exit_code) == (True, 137)

    async def test_a_missing_image_leaves_the_old_container_and_says_why(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            with pytest.raises(StartRefusedError, match="no image vitrina/exporter-none:test on this machine"):
                await runtime.replace(spec(image="vitrina/exporter-none"), instance.id)
            assert await runtime.list() == [instance]

    async def test_the_old_version_is_started_again_while_the_image_of_the_new_one_is_missing(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            await self.kill(instance)
            await self.dead(runtime)
            with pytest.raises(StartRefusedError, match="no image"):
                await runtime.replace(spec(image="vitrina/exporter-none"), instance.id)
            again = await self.present(runtime)
            assert (again.id, again.running, again.restarts) == (instance.id, True, 1)

    async def test_a_version_that_does_not_start_leaves_the_old_container_untouched(self) -> None:
        import_variant(self.engine, "vitrina/exporter-crashing:test", CRASHING)
        async with self.open() as runtime:
            instance = await self.started(runtime)
            with pytest.raises(StartRefusedError, match="exit code 3: cannot import its own module"):
                await runtime.replace(spec(image="vitrina/exporter-crashing"), instance.id)
            assert await runtime.list() == [instance]
            assert self.containers() == ["vitrina-test-screens"]

    async def test_a_version_that_fails_in_the_place_of_the_old_one_is_rolled_back(self) -> None:
        import_variant(self.engine, "vitrina/exporter-broken:test", CRASHING_WITH_CONFIG)
        async with self.open() as runtime:
            instance = await self.started(runtime)
            with pytest.raises(StartRefusedError, match=r"the former one goes on: .*cannot read this"):
                await runtime.replace(spec(image="vitrina/exporter-broken"), instance.id)
            again = await self.present(runtime)
            assert (again.id, again.running, again.restarts) == (instance.id, True, 0)
            assert self.containers() == ["vitrina-test-screens"]
            await self.status(again)

    @pytest.mark.long  # infra/e2e does the same with the whole system
    async def test_an_image_built_anew_under_the_same_name_asks_for_another_container(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("vitrina_orchestrator.adapters.docker_runtime._IMAGE_SECONDS", 0.0)
        import_variant(self.engine, "vitrina/exporter-built:test", STUB.read_text())
        wanted = spec(image="vitrina/exporter-built")
        async with self.open() as runtime:
            instance = await self.started(runtime, image=wanted.image)
            assert instance.spec == wanted
            import_variant(self.engine, "vitrina/exporter-built:test", STUB.read_text() + "# built anew")
            assert (await self.present(runtime)).spec != wanted
            await runtime.replace(wanted, instance.id)
            again = await self.present(runtime)
            assert again.spec == wanted
            assert again.image != instance.image

    async def test_a_replacement_that_fails_does_not_wake_whoever_tried_it(self) -> None:
        import_variant(self.engine, "vitrina/exporter-broken:test", CRASHING_WITH_CONFIG)
        async with self.open() as runtime:
            instance = await self.started(runtime)
            async with aclosing(runtime.events()) as events, asyncio.timeout(30):
                news = asyncio.ensure_future(anext(events))
                while (await asyncio.wait([news], timeout=2))[0]:  # what is there, and the end of tests before this one
                    news = asyncio.ensure_future(anext(events))
                with pytest.raises(StartRefusedError, match="the former one goes on"):
                    await runtime.replace(spec(image="vitrina/exporter-broken"), instance.id)
                assert await asyncio.wait([news], timeout=2) == (set(), {news})
                self.engine.docker("kill", str(instance.id))
                assert await news == NAME

    async def test_exporters_that_start_at_once_share_one_network_of_a_name(self) -> None:
        async with self.open() as runtime:
            names = ["screens", "walls", "doors"]
            for name in names:
                await runtime.put_config(spec(exporter=name), 1, config(exporter=name))
            await asyncio.gather(*(runtime.create(spec(exporter=name)) for name in names))
            assert {instance.running for instance in await runtime.list()} == {True}
        networks = self.engine.docker("network", "ls", "--filter", "name=vitrina-test", "--format={{.Name}}").split()
        assert sorted(networks) == ["vitrina-test-egress", "vitrina-test-scrape"]

    async def test_what_a_crash_of_ours_left_behind_goes_away(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            for role in ("standby", "writer"):
                labels = ["--label", "vitrina.installation=vitrina-test", "--label", f"vitrina.{role}={NAME}"]
                self.run_stub(f"vitrina-test-screens.{role}", *labels)
            assert await runtime.list() == [instance]
            assert self.containers() == ["vitrina-test-screens"]

    async def test_a_replacement_that_a_crash_of_ours_cut_short_is_found_as_the_old_container(self) -> None:
        async with self.open() as runtime:
            instance = await self.started(runtime)
            self.engine.docker("stop", str(instance.id))
            self.engine.docker("rename", str(instance.id), "vitrina-test-screens.former")
        async with self.open() as runtime:
            assert (await self.present(runtime)).id == instance.id
            await runtime.start(NAME)
            assert self.containers() == ["vitrina-test-screens"]

    async def test_other_settings_of_the_installation_ask_for_another_container(self) -> None:
        async with self.open() as runtime:
            await self.started(runtime)
        larger = replace(SETTINGS, limits=replace(SETTINGS.limits, pids=65))
        async with DockerRuntime(self.engine.host, self.folder, larger) as runtime:
            instance = await self.present(runtime)
            assert instance.spec is not None
            assert instance.spec != spec()
            await runtime.replace(spec(), instance.id)
            assert (await self.present(runtime)).spec == spec()

    @pytest.mark.parametrize("live_restore", [False, True])
    async def test_after_a_crash_of_the_engine_its_containers_are_found_and_events_go_on(
        self,
        live_restore: bool,  # noqa: FBT001 - a parameter of the table
    ) -> None:
        async with self.open() as runtime:
            await self.started(runtime)
            seen: asyncio.Queue[str] = asyncio.Queue()

            async def listen() -> None:
                async for exporter in runtime.events():
                    seen.put_nowait(exporter)

            listening = asyncio.create_task(listen())
            async with asyncio.timeout(60):
                assert await seen.get() == NAME
                await asyncio.to_thread(self.engine.set_live_restore, live_restore=live_restore)
                instance = await self.started_again(runtime)
                self.engine.kill()
                for call in (runtime.list(), runtime.remove(NAME), runtime.put_config(spec(), 2, config(2))):
                    with pytest.raises(EngineUnreachableError):
                        await call
                while not seen.empty():
                    seen.get_nowait()
                await asyncio.to_thread(self.engine.start)
                assert await seen.get() == NAME
                found = await self.present(runtime)
                assert (found.id, found.running) == (instance.id, live_restore)
                if not live_restore:
                    await runtime.start(NAME)
                    found = await self.present(runtime)
                    assert found.restarts == instance.restarts + 1
                await self.status(found)
                while not seen.empty():
                    seen.get_nowait()
                self.engine.docker("kill", str(found.id))
                assert await seen.get() == NAME
            listening.cancel()

    async def started_again(self, runtime: Runtime) -> Instance:
        """After a restart of the engine, which ends containers."""

        async def answer() -> Instance | None:
            try:
                instance = await runtime.find(NAME)
            except EngineUnreachableError:
                return None
            if instance is not None and not instance.running:
                await runtime.start(NAME)
                return await runtime.find(NAME)
            return instance

        instance: Instance = await eventually(answer, seconds=20)
        return instance

    def run_stub(self, name: str, *options: str) -> None:
        environment = ["VITRINA_CONFIG_DIR=/none", "VITRINA_EXPORTER_HOST=127.0.0.1", "VITRINA_EXPORTER_PORT=9000"]
        variables = [word for variable in environment for word in ("--env", variable)]
        self.engine.docker(
            "run", "--detach", "--network=none", f"--name={name}", *variables, *options, "vitrina/exporter-stub:test"
        )

    def containers(self) -> list[str]:
        return self.engine.docker("ps", "--all", "--format={{.Names}}").split()

    def volumes(self) -> list[str]:
        return self.engine.docker("volume", "ls", "--quiet").split()


@pytest.fixture
def docked(world: "World", engine: PrivateEngine) -> "World":
    """Its orchestrators run exporters as containers of the tests' engine."""
    world.environment |= {
        "VITRINA_RUNTIME": "docker",
        "VITRINA_DOCKER_HOST": engine.host,
        "VITRINA_INSTALLATION": SETTINGS.installation,
        "VITRINA_IMAGE_TAG": SETTINGS.image_tag,
    }
    return world


async def test_a_configuration_that_kills_the_exporter_leaves_its_container_serving_the_former_one(
    docked: "World",
) -> None:
    orchestrator = docked.orchestrator()
    await docked.until_listed_at_all(orchestrator)
    good = await docked.change(NAME, image="vitrina/exporter-stub", sources=[source("lobby")])
    before = await docked.until(NAME, lambda status: status.applied_revision == good)
    bad = await docked.change(NAME, image="vitrina/exporter-stub", sources=[source(exit=7)])
    serving = await docked.until(
        NAME, lambda status: status.applied_revision == good and "did not survive" in str(status.reason)
    )
    assert f"revision {bad} (it ended with exit code 7: cannot go on: asked to end)" in str(serving.reason)
    assert (serving.phase, serving.instance) == ("degraded", before.instance)
    await docked.change(NAME, deleted=True)
    await docked.until(NAME, lambda status: status.phase == "stopped")


@pytest.mark.long  # infra/e2e does the same with the whole system
async def test_whatever_hands_do_the_desired_state_returns_within_ten_seconds(
    docked: "World", engine: PrivateEngine
) -> None:
    world, container = docked, container_name(NAME, SETTINGS)
    orchestrator = world.orchestrator()
    await world.until_listed_at_all(orchestrator)
    revision = await world.change(NAME, image="vitrina/exporter-stub")
    first = await world.until(NAME, lambda status: status.applied_revision == revision, 20)
    assert first.runtime == "docker"
    assert "vitrina/exporter-stub:test@sha256:" in str(first.image)

    async def well() -> bool:
        return engine.is_running(container) and await answers(orchestrator)

    async def nothing_left() -> bool:
        return not (engine.docker("ps", "--all", "--quiet") or engine.docker("volume", "ls", "--quiet"))

    for by_hand in (["rm", "--force"], ["kill"], ["stop", "--time=1"], ["pause"]):
        engine.docker(*by_hand, container)
        await eventually(well, seconds=10)

    revision = await world.change(NAME, enabled=False)
    await world.until(NAME, lambda status: (status.phase, status.applied_revision) == ("stopped", revision), 10)
    assert not engine.is_running(container)
    revision = await world.change(NAME, enabled=True)
    await world.until(NAME, lambda status: status.applied_revision == revision, 10)
    bad = await world.change(NAME, image="vitrina/exporter-none")
    await world.until(NAME, lambda status: "no image vitrina/exporter-none:test" in str(status.reason), 10)
    assert engine.is_running(container)
    assert world.statuses[NAME].applied_revision in {bad, revision}
    await world.change(NAME, deleted=True)
    await eventually(nothing_left, seconds=15)


async def test_auto_takes_the_engine_that_has_our_images_and_our_network(
    engine: PrivateEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def settings(**changes: str) -> OrchestratorSettings:
        fields = {
            "runtime_dir": str(tmp_path),
            "registry_internal_url": "http://127.0.0.1:1",
            "registry_token_file": "none",
            "orchestrator_token_file": "none",
            "docker_host": engine.host,
            "image_tag": "test",
            "egress_network": "vitrina-auto",
        }
        return OrchestratorSettings.model_validate(fields | changes)

    assert isinstance(await choose_runtime(settings(image_tag="none")), ProcessRuntime)
    assert "answers, but has no image vitrina/exporter-*:none" in capsys.readouterr().out
    assert isinstance(await choose_runtime(settings()), ProcessRuntime)
    assert "answers, but has no network vitrina-auto" in capsys.readouterr().out
    engine.docker("network", "create", "vitrina-auto")
    assert isinstance(await choose_runtime(settings()), DockerRuntime)


async def answers(orchestrator: "OrchestratorProcess") -> bool:
    async with exporter_http_client() as http:
        address = (await orchestrator.targets()).get(NAME)
        return address is not None and await ExporterClient(http).ask(address, spec()) is not None
