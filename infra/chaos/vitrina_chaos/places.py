"""Where the orchestrators of an installation let exporters run, as somebody sees it who asks neither of them."""

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import psutil
from vitrina_orchestrator.domain.containers import EXPORTER, INSTALLATION, SHARD, VOLUME
from vitrina_orchestrator.domain.naming import instance_name
from vitrina_orchestrator.testing.leftovers import end_exporters, living_exporters
from vitrina_orchestrator.testing.private_engine import PrivateEngine

ENGINE: Final = "engine"
_NAME: Final = "chaos"
_AGAIN_SECONDS: Final = 0.2
_LISTED: Final = '{{.ID}} {{.Label "vitrina.exporter"}} {{.Label "vitrina.shard"}}'


@dataclass
class Watched:
    """What was seen of the exporters all the while."""

    samples: int = 0
    events: int = 0
    """Of an engine, each a sample."""
    doubled: list[str] = field(default_factory=list)
    """Instances of which two ran at the same moment."""

    def note(self, running: Mapping[str, Sequence[str]]) -> None:
        self.samples += 1
        self.doubled += [f"{name}: {ids}" for name, ids in running.items() if len(ids) > 1]


class Place(Protocol):
    @property
    def environment(self) -> dict[str, str]:
        """Settings of an orchestrator."""

    def running(self) -> dict[str, list[str]]:
        """Pids or containers by the name of their instance."""

    def leftovers(self) -> set[str]:
        """Names of the instances of which anything is there."""

    def kill_one(self, number: int) -> None:
        """`number` chooses among those that run; nothing happens when there is none."""

    async def watch(self, watched: Watched) -> None:
        """Endless."""

    def clear(self) -> None:
        """Ends all of them."""


@dataclass(frozen=True)
class Processes:
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"VITRINA_RUNTIME": "process", "VITRINA_RUN_ID": f"chaos-{self.folder.parent.name}"}

    def running(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for process in living_exporters(self.folder):
            # One that has ended since then has no environment any more.
            with contextlib.suppress(psutil.Error, KeyError):
                folder = Path(process.environ()["VITRINA_CONFIG_DIR"])
                found.setdefault(folder.parent.name, []).append(str(process.pid))
        return found

    def leftovers(self) -> set[str]:
        return {path.name for path in self.folder.iterdir() if path.is_dir() and (path / "instance.json").exists()}

    def kill_one(self, number: int) -> None:
        if pids := _all(self.running()):
            with contextlib.suppress(psutil.Error):
                psutil.Process(int(pids[number % len(pids)])).kill()

    async def watch(self, watched: Watched) -> None:
        while True:
            watched.note(await asyncio.to_thread(self.running))

    def clear(self) -> None:
        end_exporters(self.folder)


@dataclass(frozen=True)
class Containers:
    """On an engine of this test alone, which may be killed as well."""

    engine: PrivateEngine

    @property
    def environment(self) -> dict[str, str]:
        return {
            "VITRINA_RUNTIME": "docker",
            "VITRINA_DOCKER_HOST": self.engine.host,
            "VITRINA_INSTALLATION": _NAME,
            "VITRINA_IMAGE_TAG": "test",
            "VITRINA_EXPORTER_MEMORY_MB": "64",
        }

    def running(self) -> dict[str, list[str]]:
        filters = [f"--filter=label={EXPORTER}", f"--filter=label={INSTALLATION}={_NAME}"]
        found: dict[str, list[str]] = {}
        for line in self.engine.docker("ps", "--no-trunc", *filters, f"--format={_LISTED}").splitlines():
            container, exporter, shard = line.split()
            found.setdefault(instance_name(exporter, int(shard)), []).append(container)
        return found

    def leftovers(self) -> set[str]:
        label = f'{{{{.Label "{VOLUME}"}}}}'
        listed = self.engine.docker("volume", "ls", f"--filter=label={INSTALLATION}={_NAME}", f"--format={label}")
        return {*listed.split(), *self.running()}

    def kill_one(self, number: int) -> None:
        with contextlib.suppress(AssertionError):  # the engine is down, or it has just ended
            if containers := _all(self.running()):
                self.engine.docker("kill", containers[number % len(containers)])

    async def watch(self, watched: Watched) -> None:
        """By the engine's events, and by lists: of what happens while the engine is down no event tells."""
        await asyncio.gather(self._by_events(watched), self._by_lists(watched))

    async def _by_events(self, watched: Watched) -> None:
        while True:
            with contextlib.suppress(AssertionError):
                running = await asyncio.to_thread(self.running)
                await self._follow(running, watched, time.time())
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _by_lists(self, watched: Watched) -> None:
        while True:
            with contextlib.suppress(AssertionError):
                watched.note(await asyncio.to_thread(self.running))
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _follow(self, running: dict[str, list[str]], watched: Watched, since: float) -> None:
        filters = ["type=container", f"label={EXPORTER}", f"label={INSTALLATION}={_NAME}", "event=start", "event=die"]
        options = [f"--since={since:.6f}", "--format={{json .}}", *(f"--filter={each}" for each in filters)]
        process = await asyncio.create_subprocess_exec(
            "docker",
            f"--host={self.engine.host}",
            "events",
            *options,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            assert process.stdout is not None
            async for line in process.stdout:
                _take(running, json.loads(line))
                watched.note(running)
                watched.events += 1
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def clear(self) -> None:
        self.engine.clear()


def _take(running: dict[str, list[str]], event: Mapping[str, Any]) -> None:
    labels, container = event["Actor"]["Attributes"], event["Actor"]["ID"]
    ids = running.setdefault(instance_name(labels[EXPORTER], int(labels[SHARD])), [])
    if container in ids:
        ids.remove(container)
    if event["Action"] == "start":
        ids.append(container)


def _all(running: Mapping[str, Sequence[str]]) -> list[str]:
    return sorted(identity for ids in running.values() for identity in ids)
