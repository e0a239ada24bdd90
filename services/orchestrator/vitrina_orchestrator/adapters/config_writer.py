"""Gets configurations into their volume through a container that is created from our own image and never started.

The exporter mounts the volume read-only, and nothing can be put into a read-only mount.
"""

import hashlib
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from vitrina_contracts.source_file import config_file_name

from vitrina_orchestrator.adapters.config_volume import config_tar, emptied_tar, revisions_in
from vitrina_orchestrator.adapters.container_records import ConfigRecord
from vitrina_orchestrator.adapters.engine import Engine
from vitrina_orchestrator.domain.container_spec import writer_body
from vitrina_orchestrator.domain.containers import (
    CONFIG_DIR,
    INSTALLATION,
    VOLUME,
    VOLUME_ID,
    WRITER,
    ContainerSettings,
    config_volume,
    image_reference,
    state_volume,
    writer_name,
)
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.errors import StartRefusedError
from vitrina_orchestrator.domain.naming import instance_parts
from vitrina_orchestrator.domain.program import files_in


class ConfigWriter:
    """Its methods want the exporter's fence held."""

    def __init__(self, engine: Engine, settings: ContainerSettings) -> None:
        self._engine = engine
        self._settings = settings

    async def write(
        self, spec: InstanceSpec, revision: int, content: bytes, former: ConfigRecord | None
    ) -> ConfigRecord:
        volume, is_new = await self._config_volume(spec.name)
        async with self._writer(spec.name, spec.image) as writer:
            if is_new:  # to read it would take the engine longer than to write it
                present: tuple[int, ...] = ()
            elif former is None or former.volume != volume:
                present = revisions_in(await self._engine.files(writer, CONFIG_DIR))
            else:
                present = (*former.older_revisions, former.revision)
            await self._engine.put_files(
                writer, CONFIG_DIR, config_tar(revision, content, files_in(content) if spec.program is not None else {})
            )
        older = tuple(sorted(set(present) - {revision}))
        return ConfigRecord(
            volume=volume, revision=revision, digest=hashlib.sha256(content).hexdigest(), older_revisions=older
        )

    async def fall_back(self, spec: InstanceSpec, revision: int) -> ConfigRecord:
        """Makes a former revision's content the present one; takes the credentials of all others out of the volume.

        Raises:
            StartRefusedError: the volume does not hold it (any more).
        """
        volume, _ = await self._config_volume(spec.name)
        async with self._writer(spec.name, spec.image) as writer:
            files = await self._engine.files(writer, CONFIG_DIR)
            content = files.get(config_file_name(revision), b"")
            if not content:
                raise StartRefusedError(f"its configuration of revision {revision} is gone")
            own = files_in(content) if spec.program is not None else {}
            await self._engine.put_files(writer, CONFIG_DIR, config_tar(revision, content, own))
            others = set(revisions_in(files)) - {revision}
            await self._engine.put_files(writer, CONFIG_DIR, emptied_tar(sorted(others)))
        return ConfigRecord(volume=volume, revision=revision, digest=hashlib.sha256(content).hexdigest())

    async def empty_former(self, instance: str, config: ConfigRecord, image: str | None) -> ConfigRecord:
        """Takes the credentials of former revisions out of the volume."""
        async with self._writer(instance, image) as writer:
            await self._engine.put_files(writer, CONFIG_DIR, emptied_tar(config.older_revisions))
        return config.model_copy(update={"older_revisions": ()})

    async def ensure_volumes(self, instance: str) -> None:
        await self._config_volume(instance)

    async def _config_volume(self, instance: str) -> tuple[str, bool]:
        """Its id, and whether it has just been made; the volume of its state is there as well."""
        labels = {INSTALLATION: self._settings.installation, VOLUME: instance}
        await self._ensure(state_volume(instance, self._settings), labels | {VOLUME: instance_parts(instance)[0]})
        return await self._ensure(config_volume(instance, self._settings), labels)

    async def _ensure(self, name: str, labels: dict[str, str]) -> tuple[str, bool]:
        wanted = uuid.uuid4().hex
        found = await self._engine.ensure_volume(name, labels | {VOLUME_ID: wanted})
        if any(found.get(key) != value for key, value in labels.items()):
            raise StartRefusedError(f"there is a volume named {name} that is not of this installation")
        return found[VOLUME_ID], found[VOLUME_ID] == wanted

    @asynccontextmanager
    async def _writer(self, instance: str, image: str | None) -> AsyncIterator[str]:
        labels = {INSTALLATION: self._settings.installation, WRITER: instance}
        for left_over in await self._engine.containers(labels):
            await self._engine.delete(left_over["Id"])
        reference = await self._image(image)
        writer = await self._engine.create(
            writer_name(instance, self._settings), writer_body(instance, reference, self._settings)
        )
        try:
            yield writer
        finally:
            await self._engine.delete(writer)

    async def _image(self, image: str | None) -> str:
        """The exporter's own, or any of ours that is here: nothing of it ever runs in a writer."""
        if image is not None and await self._engine.has_image(image_reference(image, self._settings)):
            return image_reference(image, self._settings)
        ours = await self._engine.images(image_reference("vitrina/exporter-*", self._settings))
        if not ours:
            raise StartRefusedError(f"there is no image {image_reference(image or 'of an exporter', self._settings)}")
        return ours[0]
