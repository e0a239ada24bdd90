"""A registry killed at any line of its relay: every committed event reaches NATS, once."""

import asyncio
import os
import sys

import pytest
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.asking import Asker, Rows
from vitrina_registry.testing.waiting import Stored, until


def environment(settings: RegistrySettings) -> dict[str, str]:
    given = settings.model_dump(exclude_none=True, mode="json") | {"api_port": 0, "internal_port": 0}
    return {**os.environ, **{f"VITRINA_{name.upper()}": str(value) for name, value in given.items()}}


async def die(settings: RegistrySettings, seam: str, number: int) -> None:
    """Starts a registry that kills itself at a seam, and waits for its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "vitrina_registry.testing.dying_registry", seam, str(number)),
        env=environment(settings),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(30):
            assert await process.wait() == -9
    finally:
        if process.returncode is None:
            process.kill()


@pytest.mark.parametrize("seam", ["before", "after"])
async def test_a_kill_in_the_relay_loses_no_event_and_stores_none_twice(
    admin: Asker, connected_settings: RegistrySettings, stored: Stored, rows: Rows, seam: str
) -> None:
    for number in range(5):
        await admin.patch("/exporters/cubicmedia", {"labels": {"n": str(number)}})
    ids = [row["id"] for row in await rows("SELECT id FROM registry.outbox ORDER BY id")]
    await die(connected_settings, seam, 1)
    await die(connected_settings, seam, 4)
    assert await rows("SELECT id FROM registry.outbox WHERE published_at IS NOT NULL") == []
    assert len(await stored()) == {"before": 3, "after": 4}[seam]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "vitrina_registry", env=environment(connected_settings), stdout=asyncio.subprocess.DEVNULL
    )
    try:
        await until(lambda: _published(rows, len(ids)))
    finally:
        process.terminate()
        assert await process.wait() == 0
    messages = await stored()
    assert [int((message.headers or {})["Nats-Msg-Id"]) for message in messages] == ids


async def _published(rows: Rows, count: int) -> bool:
    return len(await rows("SELECT id FROM registry.outbox WHERE published_at IS NOT NULL")) == count
