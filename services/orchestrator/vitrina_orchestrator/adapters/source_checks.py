"""Tries a source with the platform's own `check`: bounded in time, number and memory of its answer."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from pydantic import ValidationError
from vitrina_contracts.source_check import CheckError, CheckRequest, SourceCheck, TriedSource

from vitrina_orchestrator.domain.desired import Polling, source_config
from vitrina_orchestrator.domain.errors import ChecksBusyError

log = structlog.get_logger(__name__)

AT_ONCE: Final = 4
GRACE_SECONDS: Final = 10.0
"""For the start of a program and its imports, on top of the time that the vendor gets."""
LONGEST_ANSWER: Final = 1024 * 1024


class SourceChecks(ABC):
    def __init__(self, polling: Polling, *, at_once: int = AT_ONCE, grace_seconds: float = GRACE_SECONDS) -> None:
        self._polling = polling
        self._free = at_once
        self._grace = grace_seconds

    @abstractmethod
    async def make_sure(self, request: CheckRequest) -> None:
        """Raises `CheckUnavailableError`: sources of this type cannot be tried here."""

    @abstractmethod
    async def ask(self, request: CheckRequest, source: bytes) -> bytes:
        """What the platform's `check` prints, given the source on standard input alone; cancelled when it is late."""

    async def check(self, request: CheckRequest) -> SourceCheck:
        """What the vendor says of the source now.

        Raises:
            ChecksBusyError: as many as may run do run.
            CheckUnavailableError: sources of this type cannot be tried here.
        """
        await self.make_sure(request)
        source = _tried(request, self._polling)
        async with self._place():
            started = asyncio.get_running_loop().time()
            answer = await self._answer(request, source.model_dump_json().encode())
            seconds = asyncio.get_running_loop().time() - started
        log.info("source_checked", type=request.type, ok=answer.ok, seconds=round(seconds, 3))
        return answer

    def arguments(self, request: CheckRequest) -> list[str]:
        """Of the exporter's program; nothing secret, for arguments can be read by others."""
        networks = ",".join(self._polling.private_endpoints)
        return ["check", "--timeout", f"{request.timeout_seconds:g}", "--private-endpoints", networks]

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        if self._free == 0:
            raise ChecksBusyError("too many sources are being tried at this moment")
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1

    async def _answer(self, request: CheckRequest, source: bytes) -> SourceCheck:
        bound = request.timeout_seconds + self._grace
        try:
            async with asyncio.timeout(bound):
                said = await self.ask(request, source)
        except TimeoutError:
            return _failed("timeout", f"There was no answer within {bound:g} s", bound)
        try:
            return SourceCheck.model_validate_json(said)
        except ValidationError:
            return _failed("internal", "The exporter's own check gave no usable answer; its version may be another", 0)


def _tried(request: CheckRequest, polling: Polling) -> TriedSource:
    config = source_config(request.name, request.config, polling)
    return TriedSource(**(dict(config) | {"selection": request.selection, "others": request.others}))


def _failed(reason: str, detail: str, seconds: float) -> SourceCheck:
    return SourceCheck(ok=False, error=CheckError(reason=reason, detail=detail), seconds=seconds)
