"""The few verbs of a Docker engine that we use, typed.

An engine that has just come up may list fewer containers than there are. So after a failed call nothing is believed
until it answers a ping and gives the same list twice.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import aiohttp
from aiodocker import events as aiodocker_events
from aiodocker.exceptions import DockerError

from vitrina_orchestrator.adapters.engine_connection import EngineConnection
from vitrina_orchestrator.domain.container_policy import check_container
from vitrina_orchestrator.domain.containers import INSTALLATION, ContainerSettings
from vitrina_orchestrator.domain.errors import EngineUnreachableError, InstanceBusyError

STOP_GRACE_SECONDS: Final = 5
_PULL_SECONDS: Final = 600.0
_BELIEF_SECONDS: Final = 0.3
"""Between two lists."""
_BELIEF_LISTS: Final = 10
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409


class Engine(EngineConnection):
    """Methods may raise `EngineUnreachableError`, or `StartRefusedError` with the engine's words."""

    def __init__(self, host: str, settings: ContainerSettings) -> None:
        super().__init__(host)
        self._settings = settings
        self._one_believes = asyncio.Lock()
        self._one_network = asyncio.Lock()

    async def version(self) -> str:
        """Of the engine."""
        async with self._call():
            return str((await self._docker.version())["Version"])

    async def containers(self, labels: Mapping[str, str | None]) -> Sequence[Mapping[str, Any]]:
        """All containers with these labels (null: any value), as the engine lists them, once that is believed."""
        async with self._call():
            if not self._believed:
                await self._believe()
            return await self._list(_label_filters(labels))

    async def inspect(self, container: str) -> Mapping[str, Any] | None:
        async with self._call():
            try:
                found: Mapping[str, Any] = (await self._docker.containers.get(container))._container  # noqa: SLF001 - its only way to the answer
            except DockerError as error:
                if error.status == _NOT_FOUND:
                    return None
                raise
            return found

    async def create(self, name: str, body: Mapping[str, Any]) -> str:
        """The new container's id.

        Raises:
            ContainerRefusedError: the policy does not allow it.
            InstanceBusyError: the name is taken.
        """
        check_container(name, body, self._settings)
        async with self._call():
            try:
                return str((await self._docker.containers.create(body, name=name)).id)
            except DockerError as error:
                if error.status == _CONFLICT:
                    raise InstanceBusyError(f"there is a container named {name} already") from error
                raise

    async def start(self, container: str) -> None:
        async with self._call():
            await self._docker.containers.container(container).start()

    async def unpause(self, container: str) -> None:
        async with self._call():
            await self._docker.containers.container(container).unpause()

    async def stop(self, container: str) -> None:
        async with self._call():
            await self._docker.containers.container(container).stop(t=STOP_GRACE_SECONDS)

    async def rename(self, container: str, name: str) -> None:
        async with self._call():
            await self._docker.containers.container(container).rename(name)

    async def delete(self, container: str) -> None:
        """Kills it if it runs. A container that is gone, or about to be, is no error."""
        async with self._call():
            try:
                await self._docker.containers.container(container).delete(force=True)
            except DockerError as error:
                if error.status not in {_NOT_FOUND, _CONFLICT}:
                    raise

    async def answer(self, container: str, told: bytes, longest: int) -> bytes:
        """Starts a container that was created with a standard input, tells it something there, and waits for its end.

        Gives what it then has printed on its standard output. Whoever calls bounds the time.
        """
        made = self._docker.containers.container(container)
        async with self._call(_PULL_SECONDS):
            async with made.attach(stdin=True) as stream:
                await made.start()
                await stream.write_in(told)
            await made.wait()
            return "".join(await made.log(stdout=True)).encode()[:longest]

    async def put_files(self, container: str, folder: str, tar: bytes) -> None:
        async with self._call():
            await self._docker.containers.container(container).put_archive(folder, tar)

    async def files(self, container: str, folder: str) -> Mapping[str, bytes]:
        """Content by name of file directly in the folder."""
        async with self._call():
            archive = await self._docker.containers.container(container).get_archive(folder)
        found = {}
        for member in archive.getmembers():
            content = archive.extractfile(member)  # None of what is no file
            if content is not None:
                found[member.name.rpartition("/")[2]] = content.read()
        return found

    async def log(self, container: str, tail: int) -> str:
        async with self._call():
            pieces = await self._docker.containers.container(container).log(stdout=True, stderr=True, tail=tail)
            return "".join(pieces)

    async def follow_log(self, container: str, tail: int) -> AsyncGenerator[str]:
        """Pieces of text until the container ends."""
        pieces = self._docker.containers.container(container).log(stdout=True, stderr=True, follow=True, tail=tail)
        try:
            async for piece in pieces:
                yield piece
        except (DockerError, aiohttp.ClientError, OSError) as error:
            raise EngineUnreachableError("the container engine stopped telling the log") from error
        finally:
            await pieces.aclose()

    async def image_id(self, reference: str) -> str | None:
        """None when there is no such image here."""
        async with self._call():
            try:
                return str((await self._docker.images.inspect(reference))["Id"])
            except DockerError as error:
                if error.status == _NOT_FOUND:
                    return None
                raise

    async def has_image(self, reference: str) -> bool:
        return await self.image_id(reference) is not None

    async def images(self, pattern: str) -> Sequence[str]:
        """References of the images here that match, sorted."""
        async with self._call():
            found = await self._docker.images.list(filters={"reference": [pattern]})
            return sorted(tag for image in found for tag in image["RepoTags"] or [])

    async def pull(self, reference: str) -> None:
        async with self._call(_PULL_SECONDS):
            await self._docker.images.pull(reference)

    async def has_network(self, name: str) -> bool:
        return bool(await self._networks(name))

    async def ensure_network(self, name: str, *, internal: bool, label: Mapping[str, str]) -> None:
        """One network of this name: engines up to 20.10 make two when they are asked twice at a time."""
        async with self._one_network:
            found = await self._networks(name)
            if not found:
                await self._create_network(name, internal=internal, label=label)
                found = await self._networks(name)
            for copy in found[1:]:
                await self._delete_network(copy)

    async def _networks(self, name: str) -> list[str]:
        """Ids, the oldest first."""
        async with self._call():
            found = await self._docker.networks.list(filters={"name": [name]})  # names that hold this one
        named = [network for network in found if network["Name"] == name]
        return [network["Id"] for network in sorted(named, key=lambda each: (each["Created"], each["Id"]))]

    async def _create_network(self, name: str, *, internal: bool, label: Mapping[str, str]) -> None:
        async with self._call():
            body = {"Name": name, "Driver": "bridge", "Internal": internal, "CheckDuplicate": True, "Labels": label}
            try:
                await self._docker.networks.create(body)
            except DockerError as error:
                if error.status != _CONFLICT:
                    raise

    async def _delete_network(self, identity: str) -> None:
        """One that another orchestrator has deleted meanwhile, or that is in use, is left."""
        async with self._call():
            try:
                await (await self._docker.networks.get(identity)).delete()
            except DockerError as error:
                if error.status not in {_NOT_FOUND, _FORBIDDEN}:
                    raise

    async def connect(self, container: str, network: str) -> None:
        async with self._call():
            await (await self._docker.networks.get(network)).connect({"Container": container})

    async def volumes(self, labels: Mapping[str, str | None]) -> Sequence[Mapping[str, Any]]:
        async with self._call():
            filters = {"label": _label_filters(labels)}
            found: Sequence[Mapping[str, Any]] = (await self._docker.volumes.list(filters=filters))["Volumes"] or []
            return found

    async def ensure_volume(self, name: str, labels: Mapping[str, str]) -> Mapping[str, str]:
        """The labels of the volume of this name, which has just been made unless it was there."""
        async with self._call():
            await self._docker.volumes.create({"Name": name, "Labels": labels})
            found: Mapping[str, str] = (await (await self._docker.volumes.get(name)).show())["Labels"] or {}
            return found

    async def delete_volume(self, name: str) -> None:
        async with self._call():
            try:
                await (await self._docker.volumes.get(name)).delete()
            except DockerError as error:
                if error.status != _NOT_FOUND:
                    raise

    async def events(self, labels: Mapping[str, str | None], since: int) -> AsyncGenerator[Mapping[str, Any]]:
        """Events of containers with these labels, since that Unix time, until the engine ends the stream.

        A subscription of its own each time: aiodocker's shared one stays silent for ever once its stream has ended.
        """
        source: Any = _events_of(self._docker)
        filters = {"type": ["container"], "label": _label_filters(labels)}
        subscriber = source.subscribe(filters=json.dumps(filters), since=since)
        try:
            while (event := await subscriber.get()) is not None:
                yield event
        finally:
            self._believed = False
            with suppress(DockerError, aiohttp.ClientError, OSError, TimeoutError):
                await source.stop()

    async def _list(self, labels: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        found = await self._docker.containers.list(all=True, filters=json.dumps({"label": labels}))
        return [container._container for container in found]  # noqa: SLF001 - its only way to the answer

    async def _believe(self) -> None:
        """Returns when two lists in a row are the same. One call does it for all: what others make would change them.

        Raises `EngineUnreachableError` if they go on changing.
        """
        async with self._one_believes:
            if self._believed:
                return
            await self._docker.version()
            former = await self._own_ids()
            for _ in range(_BELIEF_LISTS):
                await asyncio.sleep(_BELIEF_SECONDS)
                if former == (present := await self._own_ids()):
                    self._believed = True
                    return
                former = present
        raise EngineUnreachableError("the container engine has just come up and still finds its containers")

    async def _own_ids(self) -> set[str]:
        return {
            str(container["Id"]) for container in await self._list([f"{INSTALLATION}={self._settings.installation}"])
        }


def _events_of(docker: Any) -> Any:
    unannotated: Any = aiodocker_events
    return unannotated.DockerEvents(docker)


def _label_filters(labels: Mapping[str, str | None]) -> list[str]:
    return [key if value is None else f"{key}={value}" for key, value in labels.items()]
