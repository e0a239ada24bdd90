"""A manager never learns of a device outside the granted sources, by no route, count, order, cursor or event."""

import asyncio
import json
from typing import Any

import pytest


@pytest.fixture
async def two_sources(world: Any) -> Any:
    world.exporter(north=world.fake_source(n1=True, n2=False), south=world.fake_source(s1=True, s2=None))
    async with world.gateway() as admin:
        await admin.shows(n1="online", n2="offline", s1="online", s2="unknown")
        yield world


@pytest.mark.parametrize(
    "query", [{}, {"search": "screen"}, {"search": "s1"}, {"sort": "-status"}, {"source": "south"}]
)
async def test_list_total_and_facets_hold_the_own_sources_alone(two_sources: Any, query: dict[str, str]) -> None:
    async with two_sources.client("north") as manager:
        text = json.dumps(await manager.list(**query))
        assert "south" not in text
        assert "s1" not in text.replace('"status"', "")


async def test_counts_are_of_the_own_sources(two_sources: Any) -> None:
    async with two_sources.client("north") as manager:
        answer = await manager.list()
        assert answer["total"] == 2
        assert answer["facets"] == {
            "status": {"online": 1, "offline": 1, "unknown": 0},
            "platform": {"acme": 2},
            "source": {"north": 2},
            "cause": {"reported_offline": 1},
            "site": {},
            "city": {},
            "player_version": {},
            "work": {"none": 2},
        }
        overview = await manager.overview()
        assert overview["totals"] == {"online": 1, "offline": 1, "unknown": 0, "total": 2}
        assert [source["source"] for source in overview["sources"]] == ["north"]
        assert "s1" not in json.dumps(overview)


async def test_a_foreign_device_answers_exactly_like_one_that_does_not_exist(two_sources: Any) -> None:
    async with two_sources.client("north") as manager:
        answers = []
        for path in ("acme/south/s1", "acme/south/none", "acme/nowhere/s1"):
            response = await manager.http.get(f"/api/v1/devices/{path}")
            body = response.json()
            del body["instance"]
            headers = {name: value for name, value in response.headers.items() if name not in {"date", "x-request-id"}}
            answers.append((response.status_code, body, headers))
        assert answers[0][0] == 404
        assert answers[0] == answers[1] == answers[2]
        assert (await manager.http.get("/api/v1/devices/acme/north/n1")).json()["status"] == "online"


async def test_a_cursor_of_an_admin_gives_a_manager_nothing_foreign(two_sources: Any) -> None:
    async with two_sources.client("*", role="admin") as admin, two_sources.client("north") as manager:
        cursor = (await admin.list(limit=1))["next_cursor"]
        items = (await manager.list(limit=10, cursor=cursor))["items"]
        assert {item["source"] for item in items} <= {"north"}


async def test_an_answer_cached_for_one_caller_is_not_confirmed_to_another(two_sources: Any) -> None:
    async with two_sources.client("*", role="admin") as admin, two_sources.client("north") as manager:
        etag = (await admin.http.get("/api/v1/devices")).headers["etag"]
        response = await manager.http.get("/api/v1/devices", headers={"If-None-Match": etag})
        assert response.status_code == 200


async def test_the_stream_tells_of_the_own_sources_alone(two_sources: Any) -> None:
    source = next(each.sources["south"] for each in two_sources.surroundings.exporters.values())
    async with two_sources.client("north") as manager, two_sources.client("south") as other:
        heard: list[str] = []

        async def listen() -> None:
            async with manager.http.stream("GET", "/api/v1/stream") as response:
                async for line in response.aiter_lines():
                    heard.append(line)  # noqa: PERF401 - what was heard so far is looked at meanwhile

        listening = asyncio.create_task(listen())
        source.devices["s1"] = False
        await other.shows(s1="offline", s2="unknown")
        ticks = len(heard)
        await manager.waits_for(lambda: len(heard) > ticks + 8)
        listening.cancel()
        text = "\n".join(heard)
        assert "event: tick" in text
        assert "s1" not in text
        assert '"total":2' in text
        assert "event: devices" not in text


async def test_nobody_gets_nothing(two_sources: Any) -> None:
    async with two_sources.client("north") as manager:
        del manager.http.headers["authorization"]
        for path in ("devices", "overview", "stream", "devices/acme/north/n1"):
            assert (await manager.http.get(f"/api/v1/{path}")).status_code == 401


async def test_what_does_not_fit_is_refused_by_name(two_sources: Any) -> None:
    async with two_sources.client("north") as manager:
        for query in ("limit=0", "limit=1001", "limit=x", "sort=colour", "status=on", "cursor=%00"):
            response = await manager.http.get(f"/api/v1/devices?{query}")
            assert response.status_code == 422, query
            assert [error["field"] for error in response.json()["errors"]] == [query.partition("=")[0]]
