"""A registry as a process of its own, as it runs in production."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.waiting import until


def environment(settings: RegistrySettings) -> dict[str, str]:
    given = settings.model_dump(exclude_none=True, mode="json")
    return {**os.environ, **{f"VITRINA_{name.upper()}": str(value) for name, value in given.items()}}


@asynccontextmanager
async def registry_process(settings: RegistrySettings, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Ready when the block begins; ended by SIGTERM unless it has ended before. Its log is appended to the file."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "vitrina_registry"), env=environment(settings), stdout=output, stderr=output
        )
    try:
        await until(lambda: _ready(settings))
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _ready(settings: RegistrySettings) -> bool:
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            answer = await client.get(f"http://127.0.0.1:{settings.internal_port}/health/ready")
        except httpx.TransportError:
            return False
    return answer.status_code == httpx.codes.OK
