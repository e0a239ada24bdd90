"""Tries a source in a container of its own, made from the type's image and gone when the answer is there.

Credentials reach it by standard input alone: the engine shows arguments and environment of a container to others.
"""

import asyncio
import time
import uuid
from contextlib import AsyncExitStack
from typing import Final, Self

from vitrina_contracts.source_check import CheckRequest

from vitrina_orchestrator.adapters.engine import Engine
from vitrina_orchestrator.adapters.source_checks import LONGEST_ANSWER, SourceChecks
from vitrina_orchestrator.domain.container_spec import check_body
from vitrina_orchestrator.domain.containers import (
    CHECK,
    INSTALLATION,
    ContainerSettings,
    check_name,
    image_reference,
    is_allowed_image,
)
from vitrina_orchestrator.domain.desired import Polling
from vitrina_orchestrator.domain.errors import CheckUnavailableError, EngineUnreachableError, OrchestratorError

_LONGEST_TRY_SECONDS: Final = 120.0
"""What the vendor may take at most, and as much again to start and to end."""


class CheckContainers(SourceChecks):
    """`async with` it."""

    def __init__(self, host: str, settings: ContainerSettings, polling: Polling) -> None:
        super().__init__(polling)
        self._settings = settings
        self._engine = Engine(host, settings)
        self._exit = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._exit.enter_async_context(self._engine)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._exit.aclose()

    async def make_sure(self, request: CheckRequest) -> None:
        reference = image_reference(request.image, self._settings)
        try:
            if not is_allowed_image(request.image):
                raise CheckUnavailableError(f"the image {request.image!r} is not one of Vitrina's exporters")
            if not await self._engine.has_image(reference):
                if not self._settings.image_prefix:
                    raise CheckUnavailableError(f"there is no image {reference} on this machine")
                await self._engine.pull(reference)
            label = {INSTALLATION: self._settings.installation}
            await self._engine.ensure_network(self._settings.egress_network, internal=False, label=label)
            await self._drop_left_overs()
        except EngineUnreachableError as error:
            raise CheckUnavailableError(str(error)) from error

    async def ask(self, request: CheckRequest, source: bytes) -> bytes:
        name = check_name(request.type, uuid.uuid4().hex[:8], self._settings)
        body = check_body(request.type, request.image, self.arguments(request), self._settings)
        try:
            container = await self._engine.create(name, body)
            try:
                return await self._engine.answer(container, source, LONGEST_ANSWER)
            finally:
                await asyncio.shield(self._engine.delete(container))
        except OrchestratorError as error:
            raise CheckUnavailableError(str(error)) from error

    async def _drop_left_overs(self) -> None:
        """Of an orchestrator that died meanwhile. A younger one may be another try's that has not begun yet."""
        longest_ago = time.time() - _LONGEST_TRY_SECONDS
        for container in await self._engine.containers({INSTALLATION: self._settings.installation, CHECK: None}):
            if container["Created"] < longest_ago:
                await self._engine.delete(container["Id"])
