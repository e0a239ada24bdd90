"""Every route that reads for whoever signed in, tomorrow's included: without a source nothing is told of it."""

import time
from functools import partial
from typing import Any, Final

import pytest
from vitrina_kit.testing.rights import reading_routes, text_of

ELSEWHERE: Final = {"/api/v1/stream", "/api/v1/alerts", "/api/v1/silences", "/api/prometheus/api/v1/{path:path}"}
"""What never ends, what Alertmanager answers, and what is refused: see the tests of leaks and of alerts."""
READ: Final = [route for route in reading_routes("gateway", "signed in") if route not in ELSEWHERE]
SAME_FOR_ALL: Final = {"labels", "metadata", "buildinfo"}
"""Names of labels and metrics, which every source has."""


def query_of(route: str) -> dict[str, Any]:
    now = time.time()
    times = {"start": now - 10, "end": now + 10, "step": 1}
    return {
        "query": {"query": "signage_device_up"},
        "query_range": {"query": "signage_device_up", **times},
        "series": {"match[]": "signage_device_up"} if "prometheus" in route else {"metric": "signage_device_up"},
    }.get(route.rsplit("/", 1)[1], {})


def path_of(route: str, source: str, device: str) -> str:
    path = route.replace("{platform}", "acme").replace("{source}", source).replace("{device_id:path}", device)
    return path.replace("{name}", "source")


@pytest.mark.long
async def test_without_the_source_nothing_is_told_and_with_it_everything(world: Any) -> None:
    world.exporter(north=world.fake_source(n1=True), kestrel=world.fake_source(s1=False))
    async with world.gateway() as admin, world.client("north") as without, world.client("kestrel") as having:
        await admin.shows(n1="online", s1="offline")

        async def is_told_its_owner(route: str) -> bool:
            own = await having.http.get(path_of(route, "kestrel", "s1"), params=query_of(route))
            assert own.status_code == 200, (route, own.text)
            return "{source}" in route or "kestrel" in text_of(own)

        for route in READ:
            if route.rsplit("/", 1)[1] not in SAME_FOR_ALL:
                await world.eventually(partial(is_told_its_owner, route))
            told = await without.http.get(path_of(route, "kestrel", "s1"), params=query_of(route))
            assert told.status_code == (404 if "{source}" in route else 200), (route, told.text)
            assert "kestrel" not in text_of(told), route
