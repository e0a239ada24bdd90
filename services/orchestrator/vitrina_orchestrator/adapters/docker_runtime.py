"""Exporters as containers of a Docker engine.

The engine is the truth: what is ours is found by its labels alone, and a container without them is never touched.
At most one container a shard runs: changes are made under a fence of this machine, and the container's name, the
same whoever makes it, is the fence of the engine.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any, Final, Self

import structlog

from vitrina_orchestrator.adapters.config_writer import ConfigWriter
from vitrina_orchestrator.adapters.container_records import ContainerRecord
from vitrina_orchestrator.adapters.container_search import ContainerSearch, name_from
from vitrina_orchestrator.adapters.container_view import ContainerView, instance_of, written_config
from vitrina_orchestrator.adapters.docker_starts import ContainerStarts
from vitrina_orchestrator.adapters.engine import Engine
from vitrina_orchestrator.adapters.exporter_client import ExporterClient, exporter_http_client
from vitrina_orchestrator.adapters.own_doing import OwnDoing
from vitrina_orchestrator.domain.container_spec import spec_from
from vitrina_orchestrator.domain.containers import (
    EXPORTER,
    STANDBY,
    VOLUME,
    VOLUME_ID,
    WRITER,
    ContainerSettings,
    config_volume,
    image_reference,
    state_volume,
)
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.errors import InstanceBusyError, OrchestratorError, StartRefusedError
from vitrina_orchestrator.domain.naming import instance_parts, is_instance_name
from vitrina_orchestrator.domain.observed import Instance
from vitrina_orchestrator.domain.phase import early_deaths_after

log = structlog.get_logger(__name__)

_TELLING: Final = frozenset({"start", "die", "oom", "pause", "unpause", "stop", "destroy", "rename"})
"""Events that can change what should be done; none of them comes from looking."""
_RESUBSCRIBE_SECONDS: Final = 0.5
_IMAGE_SECONDS: Final = 5.0
"""How long an image's name is believed to mean what it meant."""


class DockerRuntime:
    """`async with` it: leaving ends the watching, never the exporters."""

    name = "docker"

    def __init__(
        self, host: str, folder: Path, settings: ContainerSettings, *, patience_seconds: float | None = None
    ) -> None:
        """`patience_seconds`: how long the engine may be silent until this process ends itself; null: for ever.

        A container with the engine's socket mounted keeps a dead one when the engine makes another: only a new start of
        the container mounts that.
        """
        self._patience = patience_seconds
        self._folder = folder.absolute()
        self._settings = settings
        self._engine = Engine(host, settings)
        self._configs = ConfigWriter(self._engine, settings)
        self._search = ContainerSearch(self._engine, settings, self._folder)
        self._exit = AsyncExitStack()
        self._own = OwnDoing()
        self._images: dict[str, tuple[float, str | None]] = {}
        """When it was looked up, and id, by reference."""
        self._starts: ContainerStarts

    async def __aenter__(self) -> Self:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        await self._exit.enter_async_context(self._engine)
        http = await self._exit.enter_async_context(exporter_http_client())
        self._starts = ContainerStarts(self._engine, self._settings, ExporterClient(http), self._own)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._exit.aclose()

    async def list(self) -> Sequence[Instance]:
        found = [await self.find(name) for name in sorted(await self._search.names())]
        return [instance for instance in found if instance is not None]

    async def find(self, name: str) -> Instance | None:
        if not is_instance_name(name):
            return None
        view = await self._search.view(name)
        record = self._search.record(name).load()
        if view is None:
            return await self._left_over(name, record)
        if _is_uncounted(view, record):
            record = await self._count_death(name, view)
        dead = not view.running and view.has_run and not record.about(view.id).halted
        last_words = await self._starts.last_words(view.id) if dead else None
        outdated = await self._is_outdated(view, record.about(view.id))
        return instance_of(view, record, self._settings, last_words, outdated=outdated)

    async def create(self, spec: InstanceSpec) -> None:
        async with self._search.record(spec.name).fence():
            view = await self._search.view(spec.name, fenced=True)
            if view is not None and view.running:
                raise InstanceBusyError("it has been started by another orchestrator")
            await self._prepare(spec)
            if view is not None:
                await self._engine.delete(view.id)
            await self._make(spec)

    async def start(self, name: str) -> None:
        async with self._search.record(name).fence():
            view = await self._search.existing(name)
            if view.paused:
                await self._engine.unpause(view.id)
                return
            if view.running:
                raise InstanceBusyError("it has been started by another orchestrator")
            record = self._search.record(name).load().about(view.id)
            await self._start(name, view, record)

    async def replace(self, spec: InstanceSpec, instead_of: str | None) -> None:
        async with self._search.record(spec.name).fence():
            view = await self._search.view(spec.name, fenced=True)
            if view is not None and view.running and view.id != instead_of:
                raise InstanceBusyError("it has been replaced by another orchestrator")
            await self._prepare_or_keep(spec, view)
            if view is not None and view.running:
                await self._starts.try_out(spec)
                await self._made(spec, await self._starts.swap(spec, view))
                return
            if view is not None:
                await self._engine.delete(view.id)
            await self._make(spec)

    async def stop(self, name: str) -> None:
        async with self._search.record(name).fence():
            view = await self._search.existing(name)
            changes = {"halted": True, "early_deaths": 0}
            self._search.record(name).save(self._search.record(name).load().about(view.id).model_copy(update=changes))
            await self._starts.end(view)

    async def remove(self, name: str) -> None:
        if not is_instance_name(name):
            return
        async with self._search.record(name).fence():
            helpers = [await self._engine.containers(self._search.ours | {role: name}) for role in (STANDBY, WRITER)]
            for containers in (await self._search.containers(name), *helpers):
                for container in containers:
                    view = await self._search.inspected(container["Id"])
                    if view is not None:
                        await self._starts.end(view)
                        await self._engine.delete(view.id)
            others = await self._engine.containers(self._search.ours | {EXPORTER: instance_parts(name)[0]})
            kept = {state_volume(name, self._settings)} if others else set()  # shards share it
            for volume in await self._engine.volumes(self._search.ours | {VOLUME: name}):
                if volume["Name"] not in kept:
                    await self._engine.delete_volume(volume["Name"])
            self._search.record(name).delete()
        log.info("instance_removed", instance=name)

    async def put_config(self, spec: InstanceSpec, revision: int, content: bytes) -> None:
        folder = self._search.record(spec.name)
        async with folder.fence():
            record = folder.load()
            folder.save(record.model_copy(update={"config": None}))  # until it is known what lies there
            written = await self._configs.write(spec, revision, content, record.config)
            folder.save(record.model_copy(update={"config": written}))

    async def fall_back(self, spec: InstanceSpec, revision: int) -> None:
        folder = self._search.record(spec.name)
        async with folder.fence():
            record = folder.load()
            if record.config is not None and record.config.revision == revision:
                return
            folder.save(record.model_copy(update={"config": None}))  # until it is known what lies there
            written = await self._configs.fall_back(spec, revision)
            folder.save(record.model_copy(update={"config": written}))

    async def drop_old_configs(self, name: str, keep: int) -> None:
        folder = self._search.record(name)
        async with folder.fence():
            record, view = folder.load(), await self._search.existing(name)
            if record.config is None or record.config.revision != keep or not record.config.older_revisions:
                return
            spec = instance_of(view, record, self._settings).spec
            emptied = await self._configs.empty_former(name, record.config, spec.image if spec else None)
            folder.save(record.model_copy(update={"config": emptied}))

    async def events(self) -> AsyncGenerator[str]:
        """After each (re-)subscription the names of all that is there, for nobody knows what was missed."""
        while True:
            try:
                since = int(time.time()) - 1
                for name in await self._search.names():
                    yield name
                with self._search.known.being_told():
                    async with aclosing(self._engine.events(self._search.ours | {EXPORTER: None}, since)) as events:
                        async for event in events:
                            name = name_from(event["Actor"]["Attributes"])
                            self._search.known.forget(name)
                            if self._is_news(event) and is_instance_name(name):
                                yield name
                log.warning("engine_events_ended")
            except OrchestratorError as error:
                log.warning("engine_events_lost", reason=str(error))
            if self._patience is not None and self._engine.silent_seconds > self._patience:
                log.error("engine_silent_for_too_long", seconds=self._patience)
                os.kill(os.getpid(), signal.SIGTERM)  # an orderly end; whoever started us starts us again
            await asyncio.sleep(_RESUBSCRIBE_SECONDS)

    async def logs(self, name: str, tail: int, *, follow: bool) -> AsyncGenerator[str]:
        """With `follow` until the container ends."""
        view = await self._search.existing(name)
        if not follow:
            for line in (await self._engine.log(view.id, tail)).splitlines():
                yield line
            return
        rest = ""
        async with aclosing(self._engine.follow_log(view.id, tail)) as pieces:
            async for piece in pieces:
                *lines, rest = (rest + piece).split("\n")
                for line in lines:
                    yield line.removesuffix("\r")

    def _is_news(self, event: Mapping[str, Any]) -> bool:
        return event.get("Action") in _TELLING and not self._own.is_echo(event)

    async def _left_over(self, name: str, record: ContainerRecord) -> Instance | None:
        volumes = await self._engine.volumes(self._search.ours | {VOLUME: name})
        if not volumes:
            return None
        config = config_volume(name, self._settings)
        ids = {volume["Labels"].get(VOLUME_ID) for volume in volumes if volume["Name"] == config}
        is_known = record.config is not None and record.config.volume in ids
        exporter, shard = instance_parts(name)
        return Instance(exporter, None, config=written_config(record) if is_known else None, shard=shard)

    async def _count_death(self, name: str, view: ContainerView) -> ContainerRecord:
        folder = self._search.record(name)
        try:
            async with folder.fence(patience_seconds=0):
                record = folder.load()
                if not _is_uncounted(view, record):
                    return record
                record = _with_death(record.about(view.id), view)
                folder.save(record)
        except InstanceBusyError:
            return folder.load()
        log.warning("instance_ended", instance=name, exit_code=view.exit_code, out_of_memory=view.out_of_memory)
        return record

    async def _prepare(self, spec: InstanceSpec) -> None:
        await self._starts.prepare(spec)
        await self._configs.ensure_volumes(spec.name)

    async def _prepare_or_keep(self, spec: InstanceSpec, view: ContainerView | None) -> None:
        """Raises `StartRefusedError`; a former version that has died is then started again: better than none."""
        try:
            await self._prepare(spec)
        except StartRefusedError:
            if view is not None and not view.running:
                record = self._search.record(spec.name).load().about(view.id)
                if not record.halted:
                    await self._start(spec.name, view, record)
            raise

    async def _start(self, name: str, view: ContainerView, record: ContainerRecord) -> None:
        died = view.has_run and not record.halted
        try:
            await self._starts.start(view)
        except StartRefusedError:
            await self._make_anew(view)  # a network of its may have been pruned while it was stopped
            return
        changes = {"halted": False, "restarts": record.restarts + died}
        self._search.record(name).save(record.model_copy(update=changes))

    async def _make_anew(self, view: ContainerView) -> None:
        spec = spec_from(view.labels)
        if spec is None:
            raise StartRefusedError("its container cannot be started, and does not tell what it was made from")
        await self._prepare(spec)
        await self._engine.delete(view.id)
        await self._make(spec)

    async def _make(self, spec: InstanceSpec) -> None:
        await self._made(spec, await self._starts.make(spec))

    async def _made(self, spec: InstanceSpec, container: str) -> None:
        folder = self._search.record(spec.name)
        image = await self._engine.image_id(image_reference(spec.image, self._settings))
        folder.save(folder.load().about(container).model_copy(update={"image": image}))
        log.info("instance_started", instance=spec.name, container=container)

    async def _is_outdated(self, view: ContainerView, record: ContainerRecord) -> bool:
        """Whether somebody has built or pulled another image under the same name; false while there is none."""
        reference = view.image.partition("@")[0]
        told, found = self._images.get(reference, (-_IMAGE_SECONDS, None))
        if time.monotonic() - told >= _IMAGE_SECONDS:
            found = await self._engine.image_id(reference)
            self._images[reference] = (time.monotonic(), found)
        return None not in {found, record.image} and found != record.image


def _is_uncounted(view: ContainerView, record: ContainerRecord) -> bool:
    counts = record.about(view.id)
    return not view.running and view.has_run and not counts.halted and counts.counted_start != view.started_at


def _with_death(record: ContainerRecord, view: ContainerView) -> ContainerRecord:
    lived = 0.0
    if view.started_at is not None and view.ended_at is not None:
        lived = (view.ended_at - view.started_at).total_seconds()
    return record.model_copy(
        update={
            "counted_start": view.started_at,
            "exit_code": view.exit_code,
            "out_of_memory": view.out_of_memory,
            "early_deaths": early_deaths_after(record.early_deaths, lived),
        }
    )
