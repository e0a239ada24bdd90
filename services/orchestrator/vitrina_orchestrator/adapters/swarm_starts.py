"""Starting, trying out and ending the services of exporters, and awaiting what Swarm makes of it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from vitrina_orchestrator.adapters.swarm_engine import SwarmEngine
from vitrina_orchestrator.adapters.swarm_view import TaskView, instant, newest, task_view
from vitrina_orchestrator.domain.containers import (
    INSTALLATION,
    STANDBY,
    ContainerSettings,
    is_allowed_image,
    is_third_party_image,
)
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.errors import ContainerRefusedError, StartRefusedError
from vitrina_orchestrator.domain.swarm_service import SecretFile, standby_service
from vitrina_orchestrator.use_cases.ports import Exporters

T = TypeVar("T")

START_PATIENCE_SECONDS: Final = 30.0
"""Scheduling, networks and secrets on the way to another machine; an image is pulled within it, or next time."""
ANSWER_PATIENCE_SECONDS: Final = 15.0
_END_PATIENCE_SECONDS: Final = 20.0
_ENGINES_CLOCK_SECONDS: Final = 60.0
"""How much a manager's clock may differ from this one."""
_LOOK_SECONDS: Final = 0.2
_LAST_LINES: Final = 20
_LONGEST_LAST_WORDS: Final = 300


class SwarmStarts:
    def __init__(
        self, engine: SwarmEngine, settings: ContainerSettings, exporters: Exporters, constraints: Sequence[str]
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._exporters = exporters
        self._constraints = constraints

    async def prepare(self, spec: InstanceSpec) -> None:
        """Networks are here afterwards. Images are the nodes' business: each pulls what it is to run.

        Raises:
            StartRefusedError: this installation does not allow that image.
        """
        is_foreign = spec.program is not None and is_third_party_image(spec.image, self._settings)
        if not is_foreign and not is_allowed_image(spec.image):
            raise ContainerRefusedError(f"the image {spec.image!r} is not one that this installation allows")
        label = {INSTALLATION: self._settings.installation}
        await self._engine.ensure_overlay(self._settings.scrape_network, internal=True, label=label)
        await self._engine.ensure_overlay(self._settings.egress_network, internal=False, label=label)

    async def tasks(self, service: str) -> list[TaskView]:
        return [task_view(task, self._settings) for task in await self._engine.tasks(service=[service])]

    async def until_started(self, service: str, former: frozenset[str] = frozenset()) -> TaskView | None:
        """The service's task once it runs or has ended, other than the `former` ones; null when it takes too long."""

        async def begun() -> TaskView | None:
            task = newest([task for task in await self.tasks(service) if task.id not in former])
            return task if task is not None and (task.runs or not task.lives) else None

        return await _eventually(begun, START_PATIENCE_SECONDS)

    async def until_ended(self, tasks: Sequence[str]) -> None:
        """Until none of these lives, as far as it can be known: a node that is gone tells no end."""

        async def ended() -> bool:
            left = [task_view(task, self._settings) for task in await self._engine.tasks(id=tasks)]
            return not any(task.state == "running" for task in left)

        await _eventually(ended, _END_PATIENCE_SECONDS)

    async def try_out(self, spec: InstanceSpec, files: Sequence[SecretFile]) -> None:
        """Starts the new version beside the present one, on any node, where it can poll nobody.

        Raises:
            InstanceBusyError: another orchestrator does the same.
            StartRefusedError: it does not start or answer; the present service has not been touched.
        """
        body = standby_service(spec, self._settings, files, self._constraints)
        standby = await self._engine.create_service(body)
        try:
            await self.until_it_answers(standby, spec)
        except StartRefusedError as error:
            raise StartRefusedError(f"the new version is no good, the former one stays: {error}") from error
        finally:
            await self._engine.delete_service(standby)

    async def until_it_answers(self, service: str, spec: InstanceSpec, former: frozenset[str] = frozenset()) -> None:
        """Raises `StartRefusedError`."""
        task = await self.until_started(service, former)
        if task is None:
            raise StartRefusedError(f"no machine has started it within {START_PATIENCE_SECONDS:g} s")

        async def answered() -> bool:
            seen = newest([each for each in await self.tasks(service) if each.id not in former])
            if seen is None or not seen.lives:
                raise StartRefusedError(await self._why(service, seen))
            return seen.ip is not None and await self._exporters.ask(f"{seen.ip}:{spec.port}", spec) is not None

        if not await _eventually(answered, ANSWER_PATIENCE_SECONDS):
            raise StartRefusedError(f"it has not answered on its port within {ANSWER_PATIENCE_SECONDS:g} s")

    async def last_words(self, service: str) -> str | None:
        """The last line of its log that says something."""
        lines = await self.log_lines(service, _LAST_LINES)
        return next((line.strip()[:_LONGEST_LAST_WORDS] for line in reversed(lines) if line.strip()), None)

    async def log_lines(self, service: str, tail: int) -> list[str]:
        """In the order of their times, whichever task wrote them."""
        stamped = [line.partition(" ") for line in (await self._engine.service_log(service, tail)).splitlines()]
        return [text for _, _, text in sorted(stamped, key=lambda parts: parts[0])][-tail:]

    async def drop_left_over_standbys(self) -> None:
        """Of an orchestrator that died meanwhile: none tries out for longer than both patiences."""
        for service in await self._engine.services({INSTALLATION: self._settings.installation, STANDBY: None}):
            age = datetime.now(UTC) - instant(service["CreatedAt"])
            if age.total_seconds() > START_PATIENCE_SECONDS + ANSWER_PATIENCE_SECONDS + _ENGINES_CLOCK_SECONDS:
                await self._engine.delete_service(service["ID"])

    async def _why(self, service: str, task: TaskView | None) -> str:
        if task is None:
            return "somebody removed its task"
        if task.fault is not None and not task.exit_code:
            return task.fault
        words = await self.last_words(service)
        return f"it ended with exit code {task.exit_code}{f': {words}' if words else ''}"


async def _eventually(condition: Callable[[], Awaitable[T]], seconds: float) -> T | None:
    """What it gives once that is true; null when the time is over. Swarm's API tells of tasks only when it is asked."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (found := await condition()):
        if asyncio.get_running_loop().time() >= deadline:
            return None
        await asyncio.sleep(_LOOK_SECONDS)
    return found
