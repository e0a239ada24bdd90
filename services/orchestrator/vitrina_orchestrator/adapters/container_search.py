"""Which container is an instance's: found by its labels, kept under its one name, remembered while nothing happens.

What is double or misnamed is settled on the way, and what only helped for a moment and was left behind goes away.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from vitrina_orchestrator.adapters.container_records import RecordFolder
from vitrina_orchestrator.adapters.container_view import ContainerView, view_of
from vitrina_orchestrator.adapters.engine import Engine
from vitrina_orchestrator.adapters.known_containers import KnownContainers
from vitrina_orchestrator.domain.containers import (
    EXPORTER,
    INSTALLATION,
    SHARD,
    STANDBY,
    VOLUME,
    WRITER,
    ContainerSettings,
    container_name,
    state_volume,
)
from vitrina_orchestrator.domain.errors import InstanceBusyError, NoInstanceError
from vitrina_orchestrator.domain.naming import instance_name, instance_parts, is_instance_name

log = structlog.get_logger(__name__)


class ContainerSearch:
    def __init__(self, engine: Engine, settings: ContainerSettings, records: Path) -> None:
        self._engine = engine
        self._settings = settings
        self._records = records
        self.known = KnownContainers()

    @property
    def ours(self) -> dict[str, str | None]:
        """The labels of all that is of this installation."""
        return {INSTALLATION: self._settings.installation}

    def record(self, name: str) -> RecordFolder:
        """Raises `NoInstanceError` for what is no instance's name."""
        if not is_instance_name(name):
            raise NoInstanceError(f"there is no instance of {name}")
        return RecordFolder(self._records, name)

    async def names(self) -> set[str]:
        """Instances of which there is anything. What only helped for a moment and was left behind goes away."""
        containers = await self._engine.containers(self.ours)
        volumes = await self._engine.volumes(self.ours)
        for container in containers:
            await self._drop_if_left_over(container)
        names = [name_from(container["Labels"]) for container in containers]
        used = {container["Labels"].get(EXPORTER, "") for container in containers}
        names += [
            name
            for volume in volumes
            if is_instance_name(name := volume["Labels"].get(VOLUME, ""))
            and not (name in used and volume["Name"] == state_volume(name, self._settings))  # its shards share that
        ]
        return {name for name in names if is_instance_name(name)}

    async def containers(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Its container, and whatever else says that it is."""
        labels = {EXPORTER: instance_parts(name)[0]}
        found = await self._engine.containers(self.ours | labels)
        return [container for container in found if name_from(container["Labels"]) == name]

    async def existing(self, name: str) -> ContainerView:
        """Its container, under the fence. Raises `NoInstanceError`."""
        view = await self.view(name, fenced=True)
        if view is None:
            raise NoInstanceError(f"there is no instance of {name}")
        return view

    async def inspected(self, container: str) -> ContainerView | None:
        inspected = await self._engine.inspect(container)
        return view_of(inspected, self._settings) if inspected is not None else None

    async def view(self, name: str, *, fenced: bool = False) -> ContainerView | None:
        """The exporter's container. `fenced`: the caller holds the fence, so what is double or misnamed is settled."""
        if not fenced and (known := await self._known_view(name)) is not None:
            return known
        stamp = self.known.stamp
        containers = await self.containers(name)
        if not containers:
            return None
        chosen = min(containers, key=lambda container: self._rank(name, container))
        if len(containers) > 1 or not self._is_named(name, chosen):
            if fenced:
                await self._settle(name, chosen, containers)
            else:
                with suppress(InstanceBusyError):
                    async with self.record(name).fence(patience_seconds=0):
                        return await self.view(name, fenced=True)
        else:
            self.known.note(name, chosen["Id"], stamp)
        return await self.inspected(chosen["Id"])

    async def _drop_if_left_over(self, container: Mapping[str, Any]) -> None:
        """Whoever works with such a container holds the exporter's fence."""
        name = container["Labels"].get(STANDBY) or container["Labels"].get(WRITER) or ""
        if is_instance_name(name):
            with suppress(InstanceBusyError):
                async with self.record(name).fence(patience_seconds=0):
                    await self._engine.delete(container["Id"])

    async def _known_view(self, name: str) -> ContainerView | None:
        """Its container as the last list showed it, if nothing has happened to it since."""
        container = self.known.find(name)
        view = await self.inspected(container) if container is not None else None
        if container is not None and view is None:
            self.known.forget(name)
        return view

    def _is_named(self, name: str, container: Mapping[str, Any]) -> bool:
        return f"/{container_name(name, self._settings)}" in container["Names"]

    def _rank(self, name: str, container: Mapping[str, Any]) -> tuple[bool, bool]:
        return not self._is_named(name, container), container["State"] != "running"

    async def _settle(self, name: str, chosen: Mapping[str, Any], containers: Sequence[Mapping[str, Any]]) -> None:
        """One container an instance, under its name: copies go, and what was renamed is named again."""
        for container in containers:
            if container["Id"] != chosen["Id"]:
                await self._engine.delete(container["Id"])
                log.warning("copy_removed", instance=name, container=container["Names"])
        if not self._is_named(name, chosen):
            await self._engine.rename(chosen["Id"], container_name(name, self._settings))
            log.warning("container_named_again", instance=name, container=chosen["Names"])


def name_from(labels: Mapping[str, str]) -> str:
    """Of the instance whose container it is; no instance's name for a container that only helps."""
    shard = labels.get(SHARD, "0")  # a copy made by hand may lack it, and is to be found all the same
    return instance_name(labels.get(EXPORTER, ""), int(shard)) if shard.isdecimal() else ""
