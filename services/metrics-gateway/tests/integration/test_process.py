"""The gateway as a process: wrong settings are one sentence, and SIGTERM ends it soon also with open streams."""

import os
import signal
import subprocess
import sys
import time
from typing import Any

import httpx


def _start_wrongly(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "vitrina_gateway"],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_wrong_setting_is_named_in_one_sentence(world: Any) -> None:
    ended = _start_wrongly({**world.environment(), "VITRINA_TICK_SECONDS": "0"})
    assert ended.returncode == 1
    assert ended.stderr.startswith("metrics-gateway cannot start: check VITRINA_TICK_SECONDS (")
    assert ended.stderr.count("\n") == 1


def test_a_missing_secret_file_is_named_in_one_sentence(world: Any) -> None:
    ended = _start_wrongly({**world.environment(), "VITRINA_REGISTRY_TOKEN_FILE": "/nowhere/token"})
    assert ended.returncode == 1
    assert "/nowhere/token" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


async def test_sigterm_ends_it_soon_also_with_an_open_stream(world: Any) -> None:
    world.source("north", a=True)
    gateway = world.spawn_gateway()
    async with world.client("*", role="admin") as client:

        async def listed() -> bool:
            try:
                return bool(await client.statuses() == {"a": "online"})
            except httpx.HTTPError:
                return False

        await world.eventually(listed)
        async with client.http.stream("GET", "/api/v1/stream") as response:
            lines = response.aiter_lines()
            assert await anext(lines)
            gateway.send_signal(signal.SIGTERM)
            started = time.monotonic()
            async for _ in lines:
                pass
        assert gateway.wait(timeout=10) == 0
        assert time.monotonic() - started < 2.5
    assert (world.folder / "checkpoint.json").exists()
