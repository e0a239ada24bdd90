"""A device that somebody takes care of is told so, counted apart, and comes back by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any


async def test_a_device_in_work_is_counted_apart_until_its_date(world: Any) -> None:
    world.surroundings.facts = []
    world.source("north", n1=False, n2=False, n3=True)
    now = datetime.now(UTC)
    work = {"kind": "in_repair", "owner": "Ivan", "by": "anna", "since": now.isoformat()}
    world.surroundings.work = [{"source": "north", "device_id": "n1", "work": work}]
    async with world.gateway() as client:
        await client.shows(n1="offline", n2="offline", n3="online")

        async def is_in_work() -> bool:
            return bool((await client.list(work="in_repair"))["total"])

        await world.eventually(is_in_work)
        found = await client.list(work="in_repair")
        assert [(each["device_id"], each["work"]["owner"]) for each in found["items"]] == [("n1", "Ivan")]
        assert found["facets"]["work"] == {"in_repair": 1, "none": 2}
        assert [each["device_id"] for each in (await client.list(work="none", status="offline"))["items"]] == ["n2"]
        overview = (await client.http.get("/api/v1/overview")).json()
        assert (overview["totals"]["offline"], overview["in_work"]["offline"]) == (2, 1)
        assert overview["causes"] == [{"cause": "reported_offline", "count": 1}]
        assert (await client.http.get("/api/v1/devices?work=lost")).status_code == 422

        over = {**work, "until": (now - timedelta(seconds=1)).isoformat()}
        world.surroundings.work = [{"source": "north", "device_id": "n1", "work": over}]

        async def is_back() -> bool:
            return (await client.list(work="none", status="offline"))["total"] == 2

        await world.eventually(is_back)
