"""The registry may be of a later version than the gateway that asks it."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiohttp import web
from vitrina_gateway.adapters.registry_client import RegistryClient
from vitrina_gateway.use_cases.ports import RegistryError
from vitrina_kit.testing.ports import free_port

MORE = {"of_the_next_version": {"more": [1]}}
DEVICE = {"platform": "acme", "source": "north", "device_id": "7"}
MAPPING = {"device": "label", "device_label": "host", "status": {"metric": "up", **MORE}, **MORE}
ANSWERS: Mapping[str, Any] = {
    "facts": {"version": 2, "full": True, "items": [{**DEVICE, "site": "Mall", **MORE}], **MORE},
    "sources": [{"exporter": "e", "platform": "acme", "source": "north", "enabled": True, "mapping": MAPPING, **MORE}],
    "hidden-sources": {"names": ["north"]},
}


@pytest.fixture
async def registry() -> AsyncIterator[RegistryClient]:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response(ANSWERS[request.match_info["what"]])

    app = web.Application()
    app.router.add_get("/internal/v1/{what}", answer)
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    client = RegistryClient(f"http://127.0.0.1:{port}", "t")
    yield client
    await client.close()
    await runner.cleanup()


async def test_what_a_registry_of_a_later_version_says_more_is_left_aside(registry: RegistryClient) -> None:
    (facts,) = (await registry.facts(0)).items
    assert (facts.device_id, facts.site) == ("7", "Mall")
    (source,) = await registry.known_sources()
    assert source.mapping is not None
    assert source.mapping.device_label == "host"


async def test_an_answer_of_another_shape_is_an_error_that_quotes_nothing(registry: RegistryClient) -> None:
    with pytest.raises(RegistryError, match=r"^ValidationError$"):
        await registry.hidden_sources()
