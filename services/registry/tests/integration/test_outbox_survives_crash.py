"""A registry killed at any line of its relay: every committed event reaches NATS, once."""

import asyncio
import sys
from pathlib import Path

import pytest
from vitrina_registry.settings import RegistrySettings
from vitrina_registry.testing.asking import Asker, Rows
from vitrina_registry.testing.processes import environment, registry_process
from vitrina_registry.testing.waiting import Stored, until


async def die(settings: RegistrySettings, seam: str, number: int) -> None:
    """Starts a registry that kills itself at a seam, and waits for its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "vitrina_registry.testing.dying_registry", seam, str(number)),
        env=environment(settings),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(60):
            assert await process.wait() == -9
    finally:
        if process.returncode is None:
            process.kill()


@pytest.mark.parametrize("seam", ["before", "after"])
async def test_a_kill_in_the_relay_loses_no_event_and_stores_none_twice(  # noqa: PLR0917 - fixtures
    admin: Asker, connected_settings: RegistrySettings, stored: Stored, rows: Rows, tmp_path: Path, seam: str
) -> None:
    for number in range(5):
        await admin.patch("/exporters/cubicmedia", {"labels": {"n": str(number)}})
    ids = [row["id"] for row in await rows("SELECT id FROM registry.outbox ORDER BY id")]
    await die(connected_settings, seam, 4)
    assert await rows("SELECT id FROM registry.outbox WHERE published_at IS NOT NULL") == []
    assert len(await stored()) == {"before": 3, "after": 4}[seam]
    async with registry_process(connected_settings, tmp_path / "log"):
        await until(lambda: _published(rows, len(ids)))
    messages = await stored()
    assert [int((message.headers or {})["Nats-Msg-Id"]) for message in messages] == ids


async def _published(rows: Rows, count: int) -> bool:
    return len(await rows("SELECT id FROM registry.outbox WHERE published_at IS NOT NULL")) == count
