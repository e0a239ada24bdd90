"""Exporters as services of a Docker Swarm: one a shard, with one task at most.

Swarm's store is the truth and the fence: a service's name can be taken once, and whoever changes it names the version
that was read. Everything about an instance lies in its service's labels and in its secrets, so any manager's
orchestrator goes on from it. A new configuration is a new secret and hence a new task: Swarm ends the old one first.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import replace as changed
from typing import Any, Final, Self

import structlog

from vitrina_orchestrator.adapters.exporter_client import ExporterClient, exporter_http_client
from vitrina_orchestrator.adapters.swarm_configs import SwarmConfig, SwarmConfigs, present_config, written_config
from vitrina_orchestrator.adapters.swarm_engine import SwarmEngine
from vitrina_orchestrator.adapters.swarm_starts import SwarmStarts
from vitrina_orchestrator.adapters.swarm_view import (
    TaskView,
    counted,
    instance_of,
    is_uncounted,
    name_of,
    newest,
    task_view,
)
from vitrina_orchestrator.domain.containers import EXPORTER, INSTALLATION, ContainerSettings
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.errors import InstanceBusyError, NoInstanceError, OrchestratorError, StartRefusedError
from vitrina_orchestrator.domain.naming import instance_parts, is_instance_name
from vitrina_orchestrator.domain.observed import Instance
from vitrina_orchestrator.domain.swarm_service import (
    SwarmRecord,
    changed_service,
    exporter_service,
    secret_ids,
    service_name,
)

log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 1.0
"""Between two looks at all tasks: Swarm has no events of them."""

_COUNT_TRIES: Final = 5
"""Whoever was late as often as this counts with the next look."""
_LOST: Final = "its machine does not answer any more"

Service = Mapping[str, Any]


class SwarmRuntime:
    """`async with` it, beside a manager's socket: leaving ends the watching, never the exporters."""

    name = "swarm"

    def __init__(self, host: str, settings: ContainerSettings, constraints: Sequence[str] = ()) -> None:
        """`constraints`: on the nodes that may run exporters, as Swarm spells them."""
        self._settings = settings
        self._constraints = constraints
        self._engine = SwarmEngine(host, settings)
        self._configs = SwarmConfigs(self._engine, settings)
        self._exit = AsyncExitStack()
        self._own: set[str] = set()
        self._own_done: set[str] = set()
        """Instances that this orchestrator works on, or has until the last look: what happens to them is no news."""
        self._starts: SwarmStarts

    async def __aenter__(self) -> Self:
        await self._exit.enter_async_context(self._engine)
        http = await self._exit.enter_async_context(exporter_http_client())
        self._starts = SwarmStarts(self._engine, self._settings, ExporterClient(http), self._constraints)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._exit.aclose()

    async def list(self) -> Sequence[Instance]:
        await self._starts.drop_left_over_standbys()
        services = await self._engine.services(self._ours | {EXPORTER: None})
        names = {name_of(service["Spec"]["Labels"]) for service in services} | await self._configs.names()
        found = [await self.find(name) for name in sorted(names)]
        return [instance for instance in found if instance is not None]

    async def find(self, name: str) -> Instance | None:
        if not is_instance_name(name):
            return None
        service = await self._service(name)
        configs = await self._configs.all_of(name)
        if service is None:
            written = written_config(configs, present_config(configs, None))
            exporter, shard = instance_parts(name)
            return Instance(exporter, None, config=written, shard=shard) if written is not None else None
        task = newest(await self._starts.tasks(service["ID"]))
        service = await self._death_counted(name, service, task)
        record = SwarmRecord.of(service["Spec"]["Labels"])
        words = None
        if task is not None and not task.lives and not record.halted:
            words = _LOST if task.lost else await self._starts.last_words(service["ID"]) or task.fault
        written = written_config(configs, present_config(configs, secret_ids(service)))
        return instance_of(service, task, written, self._settings, words)

    async def create(self, spec: InstanceSpec) -> None:
        async with self._working(spec.name):
            service = await self._service(spec.name)
            if service is not None:
                if await self._lives(service):
                    raise InstanceBusyError("it has been started by another orchestrator")
                await self._engine.delete_service(service["ID"])
            await self._starts.prepare(spec)
            config = present_config(await self._configs.all_of(spec.name), None)
            body = exporter_service(spec, self._settings, _files(config), SwarmRecord(), self._constraints)
            made = await self._engine.create_service(body)
            await self._starts.until_started(made)
            log.info("instance_started", instance=spec.name, service=made)

    async def start(self, name: str) -> None:
        async with self._working(name):
            service = await self._existing(name)
            tasks = await self._starts.tasks(service["ID"])
            task = newest(tasks)
            if task is not None and task.lives:
                raise InstanceBusyError("it has been started by another orchestrator")
            service = await self._death_counted(name, service, task)
            record = SwarmRecord.of(service["Spec"]["Labels"])
            again = changed(record, halted=False, restarts=record.restarts + (not record.halted))
            body = changed_service(service["Spec"], record=again, replicas=1, again=True)
            await self._engine.update_service(service, body)
            await self._starts.until_started(service["ID"], _ids(tasks))

    async def replace(self, spec: InstanceSpec, instead_of: str | None) -> None:
        async with self._working(spec.name):
            service = await self._existing(spec.name)
            tasks = await self._starts.tasks(service["ID"])
            task = newest(tasks)
            lives = task is not None and task.lives
            if lives and instance_of(service, task, None, self._settings).id != instead_of:
                raise InstanceBusyError("it has been replaced by another orchestrator")
            await self._prepare_or_keep(spec, service, lives=lives)
            generation = SwarmRecord.of(service["Spec"]["Labels"]).generation + 1
            files, record = await self._files_of(service), SwarmRecord(generation=generation)
            body = exporter_service(spec, self._settings, files, record, self._constraints)
            body["TaskTemplate"]["ForceUpdate"] = service["Spec"]["TaskTemplate"].get("ForceUpdate", 0) + 1
            await self._engine.update_service(service, body)
            if not lives:
                await self._starts.until_started(service["ID"], _ids(tasks))
                return
            try:
                await self._starts.until_it_answers(service["ID"], spec, _ids(tasks))
            except StartRefusedError as error:
                await self._roll_back(service)
                raise StartRefusedError(f"the new version is no good, the former one goes on: {error}") from error

    async def stop(self, name: str) -> None:
        async with self._working(name):
            service = await self._existing(name)
            tasks = await self._starts.tasks(service["ID"])
            record = SwarmRecord.of(service["Spec"]["Labels"])
            if not record.halted:
                halted = changed(record, halted=True, early_deaths=0)
                await self._engine.update_service(service, changed_service(service["Spec"], record=halted, replicas=0))
            await self._starts.until_ended(list(_ids(tasks)))

    async def remove(self, name: str) -> None:
        """State volumes on other machines stay: a manager reaches those of its own machine alone."""
        if not is_instance_name(name):
            return
        async with self._working(name):
            service = await self._service(name)
            if service is not None:
                tasks = await self._starts.tasks(service["ID"])
                await self._engine.delete_service(service["ID"])
                await self._starts.until_ended(list(_ids(tasks)))
                log.info("instance_removed", instance=name)
            await self._configs.delete_all_but(name, frozenset())

    async def put_config(self, spec: InstanceSpec, revision: int, content: bytes) -> None:
        async with self._working(spec.name):
            config = await self._configs.write(spec, revision, content)
            service = await self._service(spec.name)
            if service is not None:
                await self._mount(spec.name, service, config)

    async def fall_back(self, spec: InstanceSpec, revision: int) -> None:
        async with self._working(spec.name):
            configs, service = await self._configs.all_of(spec.name), await self._service(spec.name)
            present = present_config(configs, secret_ids(service) if service is not None else None)
            if present is not None and present.revision == revision:
                return
            former = next((config for config in reversed(configs) if config.revision == revision), None)
            if former is None:
                raise StartRefusedError(f"its configuration of revision {revision} is gone")
            if service is not None:
                await self._mount(spec.name, service, former)
            await self._configs.delete_all_but(spec.name, former.ids)

    async def drop_old_configs(self, name: str, keep: int) -> None:
        async with self._working(name):
            configs, service = await self._configs.all_of(name), await self._existing(name)
            present = present_config(configs, secret_ids(service))
            if present is not None and present.revision == keep:
                await self._configs.delete_all_but(name, present.ids)

    async def events(self) -> AsyncGenerator[str]:
        """At first the names of all that is there."""
        known: dict[str, object] = {}
        while True:
            own, self._own_done = set(self._own_done), set()
            try:
                seen = await self._look()
            except OrchestratorError as error:
                log.warning("engine_events_lost", reason=str(error))
                known = {}
            else:
                for name in sorted(name for name in known.keys() | seen.keys() if known.get(name) != seen.get(name)):
                    if not known or name not in own | self._own:
                        yield name
                known = seen
            await asyncio.sleep(_LOOK_SECONDS)

    async def logs(self, name: str, tail: int, *, follow: bool) -> AsyncGenerator[str]:
        """Of all its tasks that Swarm still knows, also on other machines; with `follow` of those to come, too."""
        service = await self._existing(name)
        if not follow:
            for line in await self._starts.log_lines(service["ID"], tail):
                yield line
            return
        rest = ""
        async with aclosing(self._engine.follow_service_log(service["ID"], tail)) as pieces:
            async for piece in pieces:
                *lines, rest = (rest + piece).split("\n")
                for line in lines:
                    yield line.removesuffix("\r")

    @property
    def _ours(self) -> dict[str, str | None]:
        return {INSTALLATION: self._settings.installation}

    @asynccontextmanager
    async def _working(self, name: str) -> AsyncIterator[None]:
        self._own.add(name)
        try:
            yield
        finally:
            self._own.discard(name)
            self._own_done.add(name)

    async def _look(self) -> dict[str, object]:
        """What can change by itself, by name of the instance."""
        services = await self._engine.services(self._ours | {EXPORTER: None})
        names = {service["ID"]: name_of(service["Spec"]["Labels"]) for service in services}
        tasks: dict[str, set[tuple[object, ...]]] = {name: set() for name in names.values() if is_instance_name(name)}
        for task in await self._engine.tasks(service=list(names)):
            view, name = task_view(task, self._settings), names.get(task["ServiceID"], "")
            if name in tasks:
                tasks[name].add((view.id, view.runs, view.lives))
        return dict(tasks)

    async def _service(self, name: str) -> Service | None:
        """Found by its labels alone. What only has its name is not touched; `create` then meets it."""
        service = await self._engine.service(service_name(name, self._settings))
        if service is None:
            return None
        labels = service["Spec"]["Labels"] or {}
        is_ours = labels.get(INSTALLATION) == self._settings.installation and name_of(labels) == name
        return service if is_ours else None

    async def _existing(self, name: str) -> Service:
        service = await self._service(name) if is_instance_name(name) else None
        if service is None:
            raise NoInstanceError(f"there is no instance of {name}")
        return service

    async def _lives(self, service: Service) -> bool:
        task = newest(await self._starts.tasks(service["ID"]))
        return task is not None and task.lives

    async def _files_of(self, service: Service) -> Sequence[Any]:
        configs = await self._configs.all_of(name_of(service["Spec"]["Labels"]))
        return _files(present_config(configs, secret_ids(service)))

    async def _mount(self, name: str, service: Service, config: SwarmConfig) -> None:
        """Who runs is replaced by a task that reads the new file; who does not is not started by that."""
        if secret_ids(service) == config.ids:
            return
        tasks = await self._starts.tasks(service["ID"])
        task = newest(tasks)
        service = await self._death_counted(name, service, task)
        lives = task is not None and task.lives
        body = changed_service(service["Spec"], files=config.files, replicas=None if lives else 0)
        await self._engine.update_service(service, body)
        if lives:
            await self._starts.until_started(service["ID"], _ids(tasks))

    async def _prepare_or_keep(self, spec: InstanceSpec, service: Service, *, lives: bool) -> None:
        """Raises `StartRefusedError`; a former version that has died is then started again: better than none."""
        try:
            await self._starts.prepare(spec)
            await self._starts.try_out(spec, await self._files_of(service))
        except StartRefusedError:
            if not lives and not SwarmRecord.of(service["Spec"]["Labels"]).halted:
                with suppress(InstanceBusyError):
                    await self.start(spec.name)
            raise

    async def _roll_back(self, former: Service) -> None:
        """A new task of the former specification: Swarm keeps no container that has been replaced."""
        present = await self._engine.service(former["ID"])
        if present is None:
            return
        tasks = await self._starts.tasks(former["ID"])
        body = changed_service(former["Spec"])
        body["TaskTemplate"]["ForceUpdate"] = present["Spec"]["TaskTemplate"]["ForceUpdate"] + 1
        await self._engine.update_service(present, body)
        await self._starts.until_started(former["ID"], _ids(tasks))

    async def _death_counted(self, name: str, service: Service, task: TaskView | None) -> Service:
        """The service with the end of its newest task counted, if that has ended, whoever did it.

        Swarm, too, changes versions, so that the first try may be late.
        """
        for _ in range(_COUNT_TRIES):
            if task is None or not is_uncounted(service, task):
                return service
            with suppress(InstanceBusyError):
                await self._engine.update_service(
                    service, changed_service(service["Spec"], record=counted(service, task))
                )
                log.warning("instance_ended", instance=name, fault=_LOST if task.lost else task.fault, node=task.node)
            service = await self._existing(name)
            task = newest(await self._starts.tasks(service["ID"]))
        return service


def _files(config: SwarmConfig | None) -> Sequence[Any]:
    return config.files if config is not None else ()


def _ids(tasks: Sequence[TaskView]) -> frozenset[str]:
    return frozenset(task.id for task in tasks)
