"""No request that anybody can send to the inside routes is answered with 5xx; the seed and the number make it again."""

import os
from typing import TYPE_CHECKING

import httpx
import pytest
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


async def attack(world: "World", cases: int, seed: int) -> Report:
    settings = OrchestratorSettings.model_validate(
        {name.removeprefix("VITRINA_").lower(): value for name, value in world.environment.items()}
    )
    async with running(settings) as app:
        tokens = [*[f"Bearer {TOKEN}"] * 8, "Bearer x", None]
        maker = RequestMaker(app.openapi(), seed, KNOWN, tokens)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://orchestrator") as client:

            async def has_listed() -> bool:
                return (await client.get("/health/ready")).is_success

            await eventually(has_listed)
            return await fuzz(client, maker, cases, renew=nothing_to_renew, expected=cannot_try)


def cannot_try(request: MadeRequest, response: httpx.Response) -> bool:
    """The modules that are named here are not installed, and the orchestrator says so."""
    return request.url.startswith("/internal/v1/check") and "is not installed beside" in response.text


async def test_two_thousand_odd_requests_break_nothing(world: "World") -> None:
    report = await attack(world, 2000, SEED)
    assert report.broken == []
    assert report.accepted > 0.1, report.statuses


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_twenty_thousand_odd_requests_break_nothing(world: "World") -> None:
    report = await attack(world, 20_000, SEED + 1)
    assert report.broken == []
