"""Hot reads answered without the framework are its answers, to whom it gave them, and no longer than they are true."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from vitrina_gateway.api.fast_lane import ANSWERED


def fast_answers() -> float:
    return ANSWERED._value.get()


@pytest.fixture
async def fleet(world: Any) -> Any:
    world.exporter(north=world.fake_source(n1=True, n2=False), south=world.fake_source(s1=True))
    async with world.gateway() as admin:
        await admin.shows(n1="online", n2="offline", s1="online")
        yield world


async def twice(world: Any, ask: Callable[[], Awaitable[Any]]) -> tuple[Any, Any]:
    """An answer, and a fast one of the same snapshot."""
    found: tuple[Any, Any] | None = None

    async def is_fast() -> bool:
        nonlocal found
        slow = await ask()
        before = fast_answers()
        found = (slow, await ask())
        return fast_answers() == before + 1

    await world.eventually(is_fast)
    assert found is not None
    return found


@pytest.mark.parametrize("path", ["devices?status=offline&sort=-status_since&limit=50", "devices", "overview"])
async def test_a_fast_answer_is_the_same_but_for_its_request_id(fleet: Any, path: str) -> None:
    async with fleet.client("north") as manager:
        slow, fast = await twice(fleet, lambda: manager.http.get(f"/api/v1/{path}"))
        assert (fast.status_code, fast.content) == (200, slow.content)
        assert fast.headers["etag"] == slow.headers["etag"]
        ids = {"x-request-id", "date"}
        assert {k: v for k, v in fast.headers.items() if k not in ids} == {
            k: v for k, v in slow.headers.items() if k not in ids
        }
        assert fast.headers["x-request-id"] != slow.headers["x-request-id"]
        assert "s1" not in fast.text.replace('"status"', "")


async def test_a_plot_is_fast_for_a_tick_and_never_for_another_or_after_its_source_was_hidden(fleet: Any) -> None:
    query = "query=count(signage_device_up)&start=1790000000&end=1790000600&step=60"
    path = f"/api/prometheus/api/v1/query_range?{query}"
    async with fleet.client("north") as manager, fleet.client("south") as other:
        slow, fast = await twice(fleet, lambda: manager.http.get(path))
        assert (slow.status_code, fast.status_code, fast.content) == (200, 200, slow.content)
        before = fast_answers()
        assert (await other.http.get(path)).status_code == 200
        assert fast_answers() == before
        asked = len(fleet.surroundings.prometheus_asked)
        fleet.surroundings.hidden = ["north"]

        async def is_asked_anew() -> bool:
            await manager.http.get(path)
            return len(fleet.surroundings.prometheus_asked) > asked

        await fleet.eventually(is_asked_anew)


async def test_a_fast_confirmation_has_no_body(fleet: Any) -> None:
    async with fleet.client("north") as manager:

        async def confirmed() -> Any:
            first = await manager.http.get("/api/v1/devices")
            return await manager.http.get("/api/v1/devices", headers={"If-None-Match": first.headers["etag"]})

        async def is_confirmed() -> bool:
            answer = await confirmed()
            return bool(answer.status_code == 304 and answer.content == b"")

        await fleet.eventually(is_confirmed)


async def test_another_token_another_question_and_no_token_share_nothing(fleet: Any) -> None:
    async with fleet.client("north") as manager, fleet.client("south") as other:
        await twice(fleet, lambda: manager.http.get("/api/v1/devices"))
        assert [each["device_id"] for each in (await other.list())["items"]] == ["s1"]
        assert (await manager.list(status="offline"))["total"] == 1
        del manager.http.headers["authorization"]
        assert (await manager.http.get("/api/v1/devices")).status_code == 401
        odd = await manager.http.get("/api/v1/devices", headers=[(b"authorization", b"Bearer \xc3\xa9")])
        assert odd.status_code == 401


async def test_what_changes_is_told_with_the_next_snapshot(fleet: Any) -> None:
    source = next(each.sources["north"] for each in fleet.surroundings.exporters.values())
    async with fleet.client("north") as manager:
        await twice(fleet, lambda: manager.http.get("/api/v1/devices"))
        source.devices["n1"] = False
        await manager.shows(n1="offline", n2="offline")


async def test_a_token_that_expires_gets_nothing_any_more(fleet: Any) -> None:
    async with fleet.client("north", seconds=2) as manager:
        await manager.list()

        async def is_refused() -> bool:
            return bool((await manager.http.get("/api/v1/devices")).status_code == 401)

        await fleet.eventually(is_refused)
