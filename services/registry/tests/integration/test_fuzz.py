"""No request that anybody can send is answered with 5xx, or otherwise than described; the seed makes it again."""

import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from vitrina_contracts.source_check import CheckRequest, SourceCheck
from vitrina_kit.testing.conformance import QUICK, Conformance, Service, conformance_of, served, thorough
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
MONITORING = "/registry/v1/monitoring/"
PATHS = ("name", "source", "platform", "device_id", "revision")
HOUR = 3600


async def renew(admin: Asker) -> None:
    """Puts back what deletions have taken."""
    for kind in ("cubicmedia", "addreality", "probe"):
        await admin.post("/exporters", {"type": kind})
    await admin.post("/exporters/cubicmedia/sources", cubic())
    await admin.post("/exporters/addreality/sources", addreality())
    await admin.post("/exporters/probe/sources", {"name": "p", "config": {}})


@pytest.fixture
async def beside_an_orchestrator(admin: Asker, registry: Registry) -> Registry:
    """Its orchestrator answers what can be answered at once; the exporters are there."""

    async def logs(_name: str, _lines: int) -> list[str]:
        return ["a line"]

    @asynccontextmanager
    async def follow(_name: str, _shard: int, _lines: int) -> AsyncIterator[AsyncIterator[str]]:
        async def lines() -> AsyncIterator[str]:
            yield "a line"

        yield lines()

    async def check(_question: CheckRequest) -> SourceCheck:
        return SourceCheck(ok=True, seconds=0.1)

    world = replace(registry.api.state.world, read_logs=logs, follow_logs=follow, check_source=check)
    registry.api.state.world = world
    await renew(admin)
    return registry


async def attack(admin: Asker, registry: Registry, actors: Actors, cases: int, seed: int) -> Report:
    tokens = [*[f"Bearer {actors.admin}"] * 16, f"Bearer {actors.manager('north')}", "Bearer x", None]
    maker = RequestMaker(openapi(), seed, KNOWN, tokens)
    client = client_of(registry.api, None)
    return await fuzz(client, maker, cases, renew=partial(renew, admin), expected=asks_the_orchestrator)


async def schemathesis(
    registry: Registry, actors: Actors, folder: Path, options: Sequence[str], left_out: Sequence[str] = ()
) -> Conformance:
    async with served(registry.api) as url:
        service = Service(
            url,
            openapi(),
            actors.admin_with(exp=int(time.time()) + HOUR),
            known={name: KNOWN[name] for name in PATHS},
            unavailable=[MONITORING],
            left_out=left_out,
        )
        return await conformance_of(service, folder, SEED, options)


def asks_the_orchestrator(request: MadeRequest, response: httpx.Response) -> bool:
    """Metrics of exporters come from there, and this test has none."""
    return response.status_code == 503 and MONITORING in request.url


@pytest.mark.timeout(300)
async def test_what_fits_the_description_is_answered_as_described(
    beside_an_orchestrator: Registry, actors: Actors, tmp_path: Path
) -> None:
    """Without documents at their borders, which hold 10,000 sources."""
    told = await schemathesis(beside_an_orchestrator, actors, tmp_path, QUICK, left_out=["/apply$"])
    assert not told.faults, told.faults
    assert (told.cases > 700, told.accepted > 100) == (True, True)


@pytest.mark.timeout(300)
async def test_odd_requests_break_nothing(admin: Asker, beside_an_orchestrator: Registry, actors: Actors) -> None:
    report = await attack(admin, beside_an_orchestrator, actors, 1300, SEED)
    assert report.broken == []
    assert report.accepted > 0.1, report.statuses


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_whatever_schemathesis_asks_is_answered_as_described(
    beside_an_orchestrator: Registry, actors: Actors, tmp_path: Path
) -> None:
    told = await schemathesis(beside_an_orchestrator, actors, tmp_path, thorough(100))
    assert not told.faults, told.faults
    assert told.cases > 10_000


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_twenty_thousand_odd_requests_break_nothing(
    admin: Asker, beside_an_orchestrator: Registry, actors: Actors
) -> None:
    report = await attack(admin, beside_an_orchestrator, actors, 20_000, SEED + 1)
    assert report.broken == []
