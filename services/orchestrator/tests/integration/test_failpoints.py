"""An orchestrator killed before and after any of its outside effects: the next one is at the end in two passes."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from vitrina_contracts.exporter import DesiredExporter
from vitrina_orchestrator.adapters.docker_runtime import DockerRuntime
from vitrina_orchestrator.adapters.process_runtime import ProcessRuntime
from vitrina_orchestrator.domain.containers import EXPORTER, ContainerSettings, Limits
from vitrina_orchestrator.domain.desired import wanted_from
from vitrina_orchestrator.testing.failpoints import POLLING, OnePass
from vitrina_orchestrator.testing.leftovers import end_exporters, living_exporters
from vitrina_orchestrator.testing.private_engine import PrivateEngine, private_engine, skip_where_impossible
from vitrina_orchestrator.testing.runtime_contract import NAME, eventually
from vitrina_orchestrator.testing.stub_image import import_stub
from vitrina_orchestrator.use_cases.ports import Runtime

CANARY = "canary-4f1d"
PASSES_TO_THE_END = 2
SETTINGS = ContainerSettings(
    installation="failpoints",
    image_prefix="",
    image_tag="test",
    scrape_network="failpoints-scrape",
    egress_network="failpoints-egress",
    limits=Limits(memory_bytes=64 * 1024 * 1024, nano_cpus=1_000_000_000, pids=64, log_bytes=100_000),
)


def wish(revision: int = 1, **changes: Any) -> DesiredExporter:
    fields: dict[str, Any] = {
        "name": NAME,
        "type": NAME,
        "platform": "screens",
        "image": "vitrina/exporter-stub",
        "module": "vitrina_orchestrator.testing.stub_exporter",
        "port": 9000,
        "metrics_path": "/metrics",
        "enabled": True,
        "sources": [{"name": "shop-1", "enabled": True, "config": {"api_token": f"{CANARY}-{revision}"}}],
    }
    return DesiredExporter.model_validate(fields | {"revision": revision} | changes)


@dataclass(frozen=True)
class Story:
    """What was reached before, what has happened since, and what is wanted by now."""

    before: DesiredExporter | None
    wanted: DesiredExporter
    died: bool = False


STORIES = {
    "a new exporter": Story(None, wish()),
    "a new configuration": Story(wish(), wish(2)),
    "a new version": Story(wish(), wish(2, restart_generation=1)),
    "a death": Story(wish(), wish(), died=True),
    "a death before a new configuration": Story(wish(), wish(2), died=True),
    "disabled": Story(wish(), wish(2, enabled=False)),
    "enabled again": Story(wish(enabled=False), wish(2)),
    "deleted": Story(wish(), wish(2, deleted=True)),
}
EACH = [pytest.param(story, 1, id=f"{name}, each", marks=pytest.mark.long) for name, story in STORIES.items()]
SOME = [pytest.param(STORIES[name], 20, id=f"{name}, some") for name in ("a new exporter", "a new version")]


@dataclass(frozen=True)
class World(ABC):
    """A runtime of one installation, and nothing of the tests between it and what it changes."""

    folder: Path

    @property
    @abstractmethod
    def open_runtime(self) -> Callable[[], AbstractAsyncContextManager[Runtime]]: ...

    @abstractmethod
    def living(self) -> list[str]:
        """Of the one exporter."""

    @abstractmethod
    def kill(self, identity: str) -> None: ...

    @abstractmethod
    def leftovers(self) -> list[str]:
        """What should not be there at the end."""

    @abstractmethod
    def end(self) -> None: ...

    def one_pass(self, desired: DesiredExporter) -> OnePass:
        return OnePass(self.open_runtime, desired, self.folder)

    def begin(self, story: Story) -> None:
        self.folder.mkdir()
        if story.before is not None:
            asyncio.run(self._bring(story.before))
        if story.died:
            (identity,) = self.living()
            self.kill(identity)

    async def is_at(self, desired: DesiredExporter) -> bool:
        """Whether it is as desired and the exporter itself says so."""
        wanted = wanted_from(desired, POLLING)
        async with self.open_runtime() as runtime:
            listed = await runtime.list()
        if wanted.deleted:
            return not listed
        if not wanted.enabled:
            return not any(instance.running for instance in listed) and not self.living()
        (instance,) = listed
        if not instance.running or instance.spec != wanted.spec or instance.config is None:
            return False
        assert instance.address is not None
        return instance.config.digest == wanted.config_digest and await _confirms(instance.address, wanted.revision)

    async def _bring(self, desired: DesiredExporter) -> None:
        await self.one_pass(desired).run()
        assert await self.is_at(desired)


class Processes(World):
    @property
    def open_runtime(self) -> Callable[[], AbstractAsyncContextManager[Runtime]]:
        return partial(ProcessRuntime, self.folder / "runtime")

    def living(self) -> list[str]:
        return [str(process.pid) for process in living_exporters(self.folder / "runtime")]

    def kill(self, identity: str) -> None:
        for process in living_exporters(self.folder / "runtime"):
            if str(process.pid) == identity:
                process.kill()
                process.wait(10)

    def leftovers(self) -> list[str]:
        drafts = (path for path in self.folder.rglob("*draft") if CANARY.encode() in path.read_bytes())
        return [str(path) for path in drafts]

    def end(self) -> None:
        end_exporters(self.folder / "runtime")


@dataclass(frozen=True)
class Containers(World):
    engine: PrivateEngine

    @property
    def open_runtime(self) -> Callable[[], AbstractAsyncContextManager[Runtime]]:
        return partial(DockerRuntime, self.engine.host, self.folder / "runtime", SETTINGS)

    def living(self) -> list[str]:
        return self.engine.docker("ps", "--quiet", f"--filter=label={EXPORTER}").split()

    def kill(self, identity: str) -> None:
        self.engine.docker("kill", identity)

    def leftovers(self) -> list[str]:
        others = self.engine.docker("ps", "--all", f'--format={{{{.Names}}}} {{{{.Label "{EXPORTER}"}}}}')
        return [line for line in others.splitlines() if not line.endswith(NAME)]

    def end(self) -> None:
        self.engine.clear()


async def _confirms(address: str, revision: int) -> bool:
    async with httpx.AsyncClient(trust_env=False) as http:

        async def answers() -> bool:
            try:
                told = (await http.get(f"http://{address}/status")).json()
            except httpx.HTTPError:
                return False
            return bool(told["config_revision"] == revision)

        return bool(await eventually(answers))


def killed_at(story: Story, world: World, number: int) -> str | None:
    """The story told until a pass is killed at this effect and others went on; which effect that was."""
    try:
        world.begin(story)
        effect = world.one_pass(story.wanted).run_and_kill(number)
        place = f"killed at effect {number}: {effect}"
        assert len(world.living()) <= 1, place
        for _ in range(PASSES_TO_THE_END):
            asyncio.run(world.one_pass(story.wanted).run())
            assert len(world.living()) <= 1, place
        assert asyncio.run(world.is_at(story.wanted)), place
        assert not world.leftovers(), place
    finally:
        world.end()
    return effect


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("story", "step"), [*EACH, *SOME])
def test_a_pass_killed_at_an_effect_is_finished_by_two_others(story: Story, step: int, tmp_path: Path) -> None:
    number = 0
    while killed_at(story, Processes(tmp_path / str(number)), number) is not None:
        number += step
    assert number > 0


@pytest.fixture(scope="module")
def engine() -> Iterator[PrivateEngine]:
    skip_where_impossible()
    with private_engine() as engine:
        import_stub(engine, "vitrina/exporter-stub:test")
        yield engine


@pytest.mark.docker
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("story", "step"), EACH)
def test_so_is_one_that_works_on_an_engine(story: Story, step: int, tmp_path: Path, engine: PrivateEngine) -> None:
    number = 0
    while killed_at(story, Containers(tmp_path / str(number), engine), number) is not None:
        number += step
    assert number > 0
