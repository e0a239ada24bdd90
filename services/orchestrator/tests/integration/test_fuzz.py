"""No request to the inside routes is answered with 5xx, or otherwise than described; the seed makes it again."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from fastapi import FastAPI
from vitrina_kit.testing.conformance import QUICK, Conformance, Service, conformance_of, served, thorough
from vitrina_kit.testing.fuzzing import MadeRequest, Report, RequestMaker, fuzz
from vitrina_orchestrator.app import running
from vitrina_orchestrator.settings import OrchestratorSettings
from vitrina_orchestrator.testing.runtime_contract import eventually

if TYPE_CHECKING:
    from conftest import World

SEED = int(os.environ.get("VITRINA_SEED", "20261125"))
TOKEN = "token-for-the-orchestrator"
KNOWN = {
    "name": ["screens", "cubicmedia", "a" * 63],
    "type": ["cubicmedia"],
    "image": ["vitrina/exporter-cubicmedia"],
    "module": ["not_installed", "not_installed.here", "_"],
    "config": [{"api_url": "https://vendor.example/", "api_token": "canary-4f1d"}],
}


async def nothing_to_renew() -> None:
    """None of these routes takes anything away."""


@asynccontextmanager
async def orchestrator_of(world: "World") -> AsyncIterator[FastAPI]:
    """Its inside routes; it has listed what runs."""
    settings = OrchestratorSettings.model_validate(
        {name.removeprefix("VITRINA_").lower(): value for name, value in world.environment.items()}
    )
    async with running(settings) as app, client_of(app) as client:

        async def has_listed() -> bool:
            return (await client.get("/health/ready")).is_success

        await eventually(has_listed)
        yield app


def client_of(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://orchestrator")


async def attack(world: "World", cases: int, seed: int) -> Report:
    async with orchestrator_of(world) as app, client_of(app) as client:
        maker = RequestMaker(app.openapi(), seed, KNOWN, [*[f"Bearer {TOKEN}"] * 8, "Bearer x", None])
        return await fuzz(client, maker, cases, renew=nothing_to_renew, expected=cannot_try)


async def schemathesis(world: "World", folder: Path, options: Sequence[str]) -> Conformance:
    async with orchestrator_of(world) as app, served(app) as url:
        names = {"name": KNOWN["name"]}
        service = Service(url, app.openapi(), TOKEN, known=names, unavailable=["/internal/v1/check$"])
        return await conformance_of(service, folder, SEED, options)


def cannot_try(request: MadeRequest, response: httpx.Response) -> bool:
    """The modules that are named here are not installed, and the orchestrator says so."""
    return request.url.startswith("/internal/v1/check") and "is not installed beside" in response.text


async def test_what_fits_the_description_is_answered_as_described(world: "World", tmp_path: Path) -> None:
    told = await schemathesis(world, tmp_path, QUICK)
    assert not told.faults, told.faults
    assert told.cases > 20


async def test_two_thousand_odd_requests_break_nothing(world: "World") -> None:
    report = await attack(world, 2000, SEED)
    assert report.broken == []
    assert report.accepted > 0.1, report.statuses


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_whatever_schemathesis_asks_is_answered_as_described(world: "World", tmp_path: Path) -> None:
    told = await schemathesis(world, tmp_path, thorough(300))
    assert not told.faults, told.faults
    assert told.cases > 500


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_twenty_thousand_odd_requests_break_nothing(world: "World") -> None:
    report = await attack(world, 20_000, SEED + 1)
    assert report.broken == []
