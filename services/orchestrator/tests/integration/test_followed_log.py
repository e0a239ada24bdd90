"""A log that is followed through the internal route: what comes later is told, and the end of the exporter ends it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from vitrina_contracts.exporter import Phase
from vitrina_orchestrator.testing.registry_stand_in import source

if TYPE_CHECKING:
    from conftest import OrchestratorProcess, World

LAST_WORDS = "cannot go on: asked to end"


def authorization(orchestrator: "OrchestratorProcess") -> dict[str, str]:
    token = Path(orchestrator.environment["VITRINA_ORCHESTRATOR_TOKEN_FILE"]).read_text(encoding="utf-8")
    return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def followed(orchestrator: "OrchestratorProcess", exporter: str) -> AsyncIterator[AsyncIterator[str]]:
    headers = authorization(orchestrator)
    url = f"http://127.0.0.1:{orchestrator.port}/logs/{exporter}?tail=1&follow=true"
    async with (
        httpx.AsyncClient(trust_env=False, timeout=20) as http,
        http.stream("GET", url, headers=headers) as answer,
    ):
        assert answer.status_code == httpx.codes.OK
        yield answer.aiter_lines()


async def test_new_lines_are_told_and_the_removal_ends_it(world: "World") -> None:
    orchestrator = world.orchestrator()
    await world.change("cubicmedia")
    await world.until("cubicmedia", lambda status: status.phase is Phase.RUNNING)
    async with followed(orchestrator, "cubicmedia") as lines, asyncio.timeout(40):
        assert (await anext(lines)).startswith("stub exporter listens")
        await world.change("cubicmedia", sources=[source(exit=7)])
        assert LAST_WORDS in await anext(lines)
        world.registry.exporters.clear()
        await world.change("addreality")  # an empty list of the registry removes nothing
        rest = [line async for line in lines]
    assert all("stub exporter" in line or line == LAST_WORDS for line in rest)
    assert not (world.runtime_dir / "cubicmedia").exists()


async def test_a_log_that_nobody_has_written_is_not_found(world: "World") -> None:
    orchestrator = world.orchestrator()
    await world.until_listed_at_all(orchestrator)
    assert (await orchestrator.get("/logs/cubicmedia?follow=true")).status_code == 404
