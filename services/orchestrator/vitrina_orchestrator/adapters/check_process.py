"""Tries a source in a process of its own, the platform's `check`: bounded in time, number, memory of its answer.

Credentials reach it by standard input alone: arguments and environment of a process can be read by others.
"""

import asyncio
import importlib.util
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from pydantic import ValidationError
from vitrina_contracts.source_check import CheckError, CheckRequest, SourceCheck
from vitrina_contracts.source_file import SourceConfig

from vitrina_orchestrator.domain.desired import Polling, source_config
from vitrina_orchestrator.domain.errors import ChecksBusyError, CheckUnavailableError

log = structlog.get_logger(__name__)

AT_ONCE: Final = 4
GRACE_SECONDS: Final = 10.0
"""For the start of an interpreter and its imports, on top of the time that the vendor gets."""
_LONGEST_ANSWER: Final = 1024 * 1024


class CheckProcesses:
    def __init__(self, polling: Polling, *, at_once: int = AT_ONCE, grace_seconds: float = GRACE_SECONDS) -> None:
        self._polling = polling
        self._free = at_once
        self._grace = grace_seconds

    async def check(self, request: CheckRequest) -> SourceCheck:
        """What the vendor says of the source now.

        Raises:
            ChecksBusyError: as many as may run do run.
            CheckUnavailableError: the platform's program is not installed beside this service.
        """
        if not _is_installed(request.module):
            raise CheckUnavailableError(f"the module {request.module} is not installed beside the orchestrator")
        source = source_config(request.name, request.config, self._polling)
        async with self._place():
            started = asyncio.get_running_loop().time()
            answer = await self._run(request, source)
            seconds = asyncio.get_running_loop().time() - started
        log.info("source_checked", type=request.type, ok=answer.ok, seconds=round(seconds, 3))
        return answer

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        if self._free == 0:
            raise ChecksBusyError("too many sources are being tried at this moment")
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1

    async def _run(self, request: CheckRequest, source: SourceConfig) -> SourceCheck:
        bound = request.timeout_seconds + self._grace
        async with _started(request, ",".join(self._polling.private_endpoints)) as process:
            try:
                async with asyncio.timeout(bound):
                    said = await _answer(process, source.model_dump_json().encode())
            except TimeoutError:
                return _failed("timeout", f"There was no answer within {bound:g} s", bound)
        try:
            return SourceCheck.model_validate_json(said)
        except ValidationError:
            return _failed("internal", "The exporter's own check gave no usable answer; its version may be another", 0)


def _is_installed(module: str) -> bool:
    """By its package alone: to look further would be to import it here."""
    return importlib.util.find_spec(module.partition(".")[0]) is not None


@asynccontextmanager
async def _started(request: CheckRequest, private_endpoints: str) -> AsyncIterator[Process]:
    """Ended with everything that it started when the block is left, whatever the reason."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", request.module, "check"),
        *("--timeout", f"{request.timeout_seconds:g}", "--private-endpoints", private_endpoints),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _answer(process: Process, asked: bytes) -> bytes:
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101 - both are pipes
    with suppress(ConnectionError):
        process.stdin.write(asked)
        await process.stdin.drain()
    process.stdin.close()
    said = bytearray()
    while len(said) <= _LONGEST_ANSWER and (piece := await process.stdout.read(65536)):
        said += piece
    return bytes(said)


def _failed(reason: str, detail: str, seconds: float) -> SourceCheck:
    return SourceCheck(ok=False, error=CheckError(reason=reason, detail=detail), seconds=seconds)
