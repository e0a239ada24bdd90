"""Starting, ending and swapping the containers of exporters. Whoever calls holds the exporter's fence."""

import asyncio
from typing import Final

import structlog

from vitrina_orchestrator.adapters.container_view import ContainerView, view_of
from vitrina_orchestrator.adapters.engine import Engine
from vitrina_orchestrator.adapters.own_doing import OwnDoing
from vitrina_orchestrator.domain.container_spec import exporter_body, standby_body
from vitrina_orchestrator.domain.containers import (
    INSTALLATION,
    STANDBY,
    ContainerSettings,
    container_name,
    former_name,
    image_reference,
    is_allowed_image,
    is_third_party_image,
    standby_name,
)
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.errors import ContainerRefusedError, OrchestratorError, StartRefusedError
from vitrina_orchestrator.use_cases.ports import Exporters

log = structlog.get_logger(__name__)

ANSWER_PATIENCE_SECONDS: Final = 15.0
_ASK_SECONDS: Final = 0.1
_LAST_LINES: Final = 20
_LONGEST_LAST_WORDS: Final = 300


class ContainerStarts:
    def __init__(self, engine: Engine, settings: ContainerSettings, exporters: Exporters, own: OwnDoing) -> None:
        self._engine = engine
        self._settings = settings
        self._exporters = exporters
        self._own = own

    async def prepare(self, spec: InstanceSpec) -> None:
        """Image and networks are here afterwards, or nothing has been changed.

        Raises:
            StartRefusedError: they cannot be.
        """
        is_foreign = spec.program is not None and is_third_party_image(spec.image, self._settings)
        if not is_foreign and not is_allowed_image(spec.image):
            raise ContainerRefusedError(f"the image {spec.image!r} is not one that this installation allows")
        reference = image_reference(spec.image, self._settings)
        if not await self._engine.has_image(reference):
            if not self._settings.image_prefix and not is_foreign:
                raise StartRefusedError(f"there is no image {reference} on this machine")
            log.info("image_pulled", image=reference)
            await self._engine.pull(reference)
        label = {INSTALLATION: self._settings.installation}
        await self._engine.ensure_network(self._settings.scrape_network, internal=True, label=label)
        await self._engine.ensure_network(self._settings.egress_network, internal=False, label=label)

    async def make(self, spec: InstanceSpec) -> str:
        """Creates and starts the container of that name; its id. Leaves nothing behind when it does not start."""
        container = await self._create(spec)
        with self._own.about(container):
            try:
                await self._start_new(container)
            except OrchestratorError:
                await self._give_up(container)
                raise
        return container

    async def start(self, view: ContainerView) -> None:
        if self._settings.scrape_network not in view.networks:  # whoever created it died before joining it
            await self._engine.connect(view.id, self._settings.scrape_network)
        await self._engine.start(view.id)

    async def end(self, view: ContainerView) -> None:
        if view.paused:  # it could not even hear that it should end
            await self._engine.unpause(view.id)
        if view.running:
            await self._engine.stop(view.id)

    async def try_out(self, spec: InstanceSpec) -> None:
        """Starts the new version beside the present one, where it can poll nobody.

        Raises:
            StartRefusedError: it does not start or answer; the present container has not been touched.
        """
        labels = {INSTALLATION: self._settings.installation, STANDBY: spec.name}
        for left_over in await self._engine.containers(labels):
            await self._engine.delete(left_over["Id"])
        standby = await self._engine.create(standby_name(spec.name, self._settings), standby_body(spec, self._settings))
        try:
            await self._engine.start(standby)
            await self._until_it_answers(standby, spec)
        except StartRefusedError as error:
            raise StartRefusedError(f"the new version is no good, the former one stays: {error}") from error
        finally:
            await self._engine.delete(standby)

    async def swap(self, spec: InstanceSpec, old: ContainerView) -> str:
        """Id of the new container. The old one ends before, for two of them would both poll.

        Raises:
            StartRefusedError: the new one does not start or answer; the old one runs again.
        """
        with self._own.about(old.id):
            await self.end(old)
            await self._engine.rename(old.id, former_name(spec.name, self._settings))
            try:
                container = await self._make_and_ask(spec)
            except StartRefusedError as error:
                await self._engine.rename(old.id, container_name(spec.name, self._settings))
                await self._engine.start(old.id)
                raise StartRefusedError(f"the new version is no good, the former one goes on: {error}") from error
            await self._give_up(old.id)
        return container

    async def last_words(self, container: str) -> str | None:
        """The last line of its log that says something."""
        lines = (await self._engine.log(container, _LAST_LINES)).splitlines()
        return next((line.strip()[:_LONGEST_LAST_WORDS] for line in reversed(lines) if line.strip()), None)

    async def _make_and_ask(self, spec: InstanceSpec) -> str:
        """Its id once it answers; else nothing of it is left."""
        container = await self._create(spec)
        with self._own.about(container):
            try:
                await self._start_new(container)
                await self._until_it_answers(container, spec)
            except StartRefusedError:
                await self._give_up(container)
                raise
        return container

    async def _create(self, spec: InstanceSpec) -> str:
        name, body = container_name(spec.name, self._settings), exporter_body(spec, self._settings)
        return await self._engine.create(name, body)

    async def _start_new(self, container: str) -> None:
        await self._engine.connect(container, self._settings.scrape_network)
        await self._engine.start(container)

    async def _give_up(self, container: str) -> None:
        self._own.gave_up(container)
        await self._engine.delete(container)

    async def _until_it_answers(self, container: str, spec: InstanceSpec) -> None:
        deadline = asyncio.get_running_loop().time() + ANSWER_PATIENCE_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            inspected = await self._engine.inspect(container)
            view = view_of(inspected, self._settings) if inspected is not None else None
            if view is None:
                raise StartRefusedError("somebody removed its container")
            if not view.running:
                words = await self.last_words(container)
                raise StartRefusedError(f"it ended with exit code {view.exit_code}{f': {words}' if words else ''}")
            if view.ip is not None and await self._exporters.ask(f"{view.ip}:{spec.port}", spec) is not None:
                return
            await asyncio.sleep(_ASK_SECONDS)
        raise StartRefusedError(f"it has not answered on its port within {ANSWER_PATIENCE_SECONDS:g} s")
