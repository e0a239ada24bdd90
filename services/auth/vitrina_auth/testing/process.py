"""auth as a process of its own, as a supervisor runs it."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from vitrina_auth.settings import AuthSettings


def environment(settings: AuthSettings, api_port: int, internal_port: int) -> dict[str, str]:
    """Settings as the process reads them."""
    given = {
        "DATABASE_URL": settings.database_url,
        "DATABASE_PASSWORD_FILE": str(settings.database_password_file or ""),
        "API_PORT": str(api_port),
        "INTERNAL_PORT": str(internal_port),
        "SECRET_KEY_FILE": str(settings.secret_key_file),
        "ADMIN_PASSWORD_FILE": str(settings.admin_password_file),
    }
    return {"PATH": os.environ["PATH"]} | {f"VITRINA_{name}": value for name, value in given.items() if value}


@asynccontextmanager
async def running(*arguments: str, env: dict[str, str]) -> AsyncIterator[Process]:
    """`python -m vitrina_auth` with these arguments; killed at the end unless it ended before."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "vitrina_auth", *arguments, env=env, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def readiness(client: httpx.AsyncClient, port: int, status: int) -> httpx.Response:
    """Waits until the service answers with this status."""
    async with asyncio.timeout(30):
        while True:
            try:
                answer = await client.get(f"http://127.0.0.1:{port}/health/ready")
            except httpx.TransportError:
                await asyncio.sleep(0.05)  # nothing listens yet, so there is nothing to wait on
                continue
            if answer.status_code == status:
                return answer
            await asyncio.sleep(0.05)
