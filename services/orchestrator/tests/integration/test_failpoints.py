"""An orchestrator killed before and after any of its outside effects: the next one is at the end in two passes."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from vitrina_contracts.exporter import DesiredExporter
from vitrina_orchestrator.adapters.process_folder import ProcessFolder
from vitrina_orchestrator.adapters.process_runtime import ProcessRuntime
from vitrina_orchestrator.domain.desired import wanted_from
from vitrina_orchestrator.testing.failpoints import POLLING, OnePass
from vitrina_orchestrator.testing.leftovers import end_exporters, living_exporters
from vitrina_orchestrator.testing.runtime_contract import NAME, eventually

CANARY = "canary-4f1d"
PASSES_TO_THE_END = 2


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


@dataclass(frozen=True)
class ProcessWorld:
    """The process runtime of one installation, with nothing of the tests in between."""

    folder: Path

    @property
    def runtime_dir(self) -> Path:
        return self.folder / "runtime"

    def one_pass(self, desired: DesiredExporter) -> OnePass:
        return OnePass(partial(ProcessRuntime, self.runtime_dir), desired, self.folder)

    def living(self) -> list[psutil.Process]:
        return list(living_exporters(self.runtime_dir))

    def begin(self, story: Story) -> None:
        self.folder.mkdir()
        if story.before is not None:
            asyncio.run(self._bring(story.before))
        if story.died:
            (process,) = self.living()
            process.kill()
            process.wait(10)

    async def _bring(self, desired: DesiredExporter) -> None:
        await self.one_pass(desired).run()
        assert await self.is_at(desired)

    async def is_at(self, desired: DesiredExporter) -> bool:
        """Whether it is as desired, the exporter itself says so, and nothing lies about."""
        wanted = wanted_from(desired, POLLING)
        async with ProcessRuntime(self.runtime_dir) as runtime:
            instance = await runtime.find(NAME)
        if wanted.deleted:
            return instance is None and not ProcessFolder(self.runtime_dir / NAME).exists()
        if instance is None or not wanted.enabled:
            return instance is None or (instance.halted and not self.living())
        if not instance.running or instance.spec != wanted.spec or instance.config is None:
            return False
        assert instance.address is not None
        return instance.config.digest == wanted.config_digest and await _confirms(instance.address, wanted.revision)


async def _confirms(address: str, revision: int) -> bool:
    async with httpx.AsyncClient(trust_env=False) as http:

        async def answers() -> bool:
            try:
                told = (await http.get(f"http://{address}/status")).json()
            except httpx.HTTPError:
                return False
            return bool(told["config_revision"] == revision)

        return bool(await eventually(answers))


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for folder in tmp_path.iterdir():
        end_exporters(folder / "runtime")


def killed_at(story: Story, world: ProcessWorld, number: int) -> str | None:
    """The story told until a pass is killed at this effect and others went on; which effect that was."""
    world.begin(story)
    effect = world.one_pass(story.wanted).run_and_kill(number)
    place = f"killed at effect {number}: {effect}"
    assert len(world.living()) <= 1, place
    for _ in range(PASSES_TO_THE_END):
        asyncio.run(world.one_pass(story.wanted).run())
        assert len(world.living()) <= 1, place
    assert asyncio.run(world.is_at(story.wanted)), place
    kept = [path.name for path in world.folder.rglob("*draft") if CANARY.encode() in path.read_bytes()]
    assert not kept, place
    end_exporters(world.runtime_dir)
    return effect


EACH = [pytest.param(story, 1, id=f"{name}, each", marks=pytest.mark.long) for name, story in STORIES.items()]
SOME = [pytest.param(STORIES[name], 20, id=f"{name}, some") for name in ("a new exporter", "a new version")]


@pytest.mark.parametrize(("story", "step"), [*EACH, *SOME])
def test_a_pass_killed_at_an_effect_is_finished_by_two_others(story: Story, step: int, worlds: Path) -> None:
    number = 0
    while killed_at(story, ProcessWorld(worlds / str(number)), number) is not None:
        number += step
    assert number > 0
