"""No request that anybody can send is answered with 5xx, or otherwise than described; the seed makes it again."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from vitrina_gateway.app import openapi
from vitrina_kit.testing.conformance import Conformance, Service, conformance_of, thorough
from vitrina_kit.testing.fuzzing import MadeRequest, Report, RequestMaker, fuzz

SEED = int(os.environ.get("VITRINA_SEED", "20261125"))
ENDLESS = "/api/v1/stream"
HOUR = 3600
KNOWN = {
    "platform": ["acme"],
    "source": ["north", "south"],
    "device_id": ["n1", "n2", "s1"],
    "status": ["online", "offline,unknown"],
    "sort": ["name", "-status"],
    "metric": ["signage_device_up"],
    "from": ["2026-11-25T00:00:00Z", "2026-11-01T00:00:00+03:00"],
    "to": ["2026-11-25T12:00:00Z", "2999-01-01T00:00:00Z"],
}


async def nothing_to_renew() -> None:
    """Reading takes nothing away."""


@asynccontextmanager
async def gateway_of(world: Any) -> AsyncIterator[str]:
    """Its URL; it has a device of each status."""
    world.exporter(north=world.fake_source(n1=True, n2=False), south=world.fake_source(s1=True, s2=None))
    async with world.gateway() as admin:
        await admin.shows(n1="online", n2="offline", s1="online", s2="unknown")
        yield str(admin.http.base_url)


async def attack(world: Any, cases: int, seed: int) -> Report:
    async with gateway_of(world) as url:
        token = world.surroundings.token
        tokens = [*[f"Bearer {token('*', role='admin')}"] * 8, *[f"Bearer {token('north')}"] * 4, "Bearer x", None]
        maker = RequestMaker(openapi(), seed, KNOWN, tokens, without={ENDLESS})
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            return await fuzz(client, maker, cases, renew=nothing_to_renew, expected=without_alertmanager)


async def schemathesis(world: Any, folder: Path, options: Sequence[str]) -> Conformance:
    async with gateway_of(world) as url:
        service = Service(
            url,
            openapi(),
            world.surroundings.token("*", role="admin", seconds=HOUR),
            known={name: KNOWN[name] for name in ("platform", "source", "device_id")},
            unavailable=["/api/v1/alerts", "/api/v1/silences"],
            left_out=[f"{ENDLESS}$"],
        )
        return await conformance_of(service, folder, SEED, options)


def without_alertmanager(request: MadeRequest, response: httpx.Response) -> bool:
    """There is none in this world, and the gateway says so."""
    return response.status_code == 503 and request.url.startswith(("/api/v1/alerts", "/api/v1/silences"))


@pytest.mark.timeout(300)
async def test_two_thousand_odd_requests_break_nothing(world: Any) -> None:
    report = await attack(world, 2000, SEED)
    assert report.broken == []
    assert report.accepted > 0.1, report.statuses


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_whatever_schemathesis_asks_is_answered_as_described(world: Any, tmp_path: Path) -> None:
    told = await schemathesis(world, tmp_path, thorough(100))
    assert not told.faults, told.faults
    assert (told.cases > 2000, told.accepted > 200) == (True, True)


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_twenty_thousand_odd_requests_break_nothing(world: Any) -> None:
    report = await attack(world, 20_000, SEED + 1)
    assert report.broken == []
