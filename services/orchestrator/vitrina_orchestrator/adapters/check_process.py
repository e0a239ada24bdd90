"""Tries a source in a process of its own.

Credentials reach it by standard input alone: arguments and environment of a process can be read by others.
"""

import asyncio
import importlib.util
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from vitrina_contracts.source_check import CheckRequest

from vitrina_orchestrator.adapters.source_checks import LONGEST_ANSWER, SourceChecks
from vitrina_orchestrator.domain.errors import CheckUnavailableError


class CheckProcesses(SourceChecks):
    async def make_sure(self, request: CheckRequest) -> None:
        if not _is_installed(request.module):
            raise CheckUnavailableError(f"the module {request.module} is not installed beside the orchestrator")

    async def ask(self, request: CheckRequest, source: bytes) -> bytes:
        async with _started(["-P", "-m", request.module, *self.arguments(request)]) as process:
            return await _answer(process, source)


def _is_installed(module: str) -> bool:
    """By its package alone: to look further would be to import it here."""
    return importlib.util.find_spec(module.partition(".")[0]) is not None


@asynccontextmanager
async def _started(arguments: Sequence[str]) -> AsyncIterator[Process]:
    """Ended with everything that it started when the block is left, whatever the reason."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, cwd="/", start_new_session=True
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
    while len(said) <= LONGEST_ANSWER and (piece := await process.stdout.read(65536)):
        said += piece
    return bytes(said)
