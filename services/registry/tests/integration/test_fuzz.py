"""No request that anybody can send is answered with 5xx; the seed and the number make it again."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from vitrina_contracts.source_check import CheckRequest, SourceCheck
from vitrina_kit.testing.fuzzing import MadeRequest, Report, RequestMaker, fuzz
from vitrina_registry.app import Registry, openapi
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import MAC, PUBLIC, Asker, addreality, client_of, cubic

SEED = int(os.environ.get("VITRINA_SEED", "20261125"))
KNOWN = {
    "name": ["cubicmedia", "cubicmedia", "addreality", "addreality", "north", "vendor", "probe"],
    "source": ["north", "vendor", "p"],
    "exporter": ["cubicmedia", "addreality"],
    "platform": ["cubicmedia", "addreality"],
    "type": ["cubicmedia", "addreality", "probe"],
    "device_id": [MAC, "17"],
    "revision": ["1", "2", "3"],
    "mode": ["plan", "apply"],
    "config": [cubic()["config"], addreality()["config"], {}, {"api_url": PUBLIC, "macs": [MAC, "bad"]}],
    "site": ["Lobby"],
}


async def attack(admin: Asker, registry: Registry, actors: Actors, cases: int, seed: int) -> Report:
    async def logs(_name: str, _lines: int) -> list[str]:
        return ["a line"]

    @asynccontextmanager
    async def follow(_name: str, _shard: int, _lines: int) -> AsyncIterator[AsyncIterator[str]]:
        async def lines() -> AsyncIterator[str]:
            yield "a line"

        yield lines()

    async def check(_question: CheckRequest) -> SourceCheck:
        return SourceCheck(ok=True, seconds=0.1)

    async def renew() -> None:
        for kind in ("cubicmedia", "addreality", "probe"):
            await admin.post("/exporters", {"type": kind})
        await admin.post("/exporters/cubicmedia/sources", cubic())
        await admin.post("/exporters/addreality/sources", addreality())
        await admin.post("/exporters/probe/sources", {"name": "p", "config": {}})

    world = replace(registry.api.state.world, read_logs=logs, follow_logs=follow, check_source=check)
    registry.api.state.world = world
    tokens = [*[f"Bearer {actors.admin}"] * 16, f"Bearer {actors.manager('north')}", "Bearer x", None]
    maker = RequestMaker(openapi(), seed, KNOWN, tokens)
    return await fuzz(client_of(registry.api, None), maker, cases, renew=renew, expected=asks_the_orchestrator)


def asks_the_orchestrator(request: MadeRequest, response: httpx.Response) -> bool:
    """Metrics of exporters come from there, and this test has none."""
    return response.status_code == 503 and "/registry/v1/monitoring/" in request.url


@pytest.mark.timeout(300)
async def test_two_thousand_odd_requests_break_nothing(admin: Asker, registry: Registry, actors: Actors) -> None:
    report = await attack(admin, registry, actors, 2000, SEED)
    assert report.broken == []
    assert report.accepted > 0.1, report.statuses


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_twenty_thousand_odd_requests_break_nothing(admin: Asker, registry: Registry, actors: Actors) -> None:
    report = await attack(admin, registry, actors, 20_000, SEED + 1)
    assert report.broken == []
