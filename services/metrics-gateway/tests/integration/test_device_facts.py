"""Site, city and hours come from the registry: filtered, counted, searched, told to neighbours, and in events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest


async def test_what_people_know_is_joined_and_follows_changes(world: Any) -> None:
    world.source("north", n1=False, n2=False, n3=False, n4=True)
    world.surroundings.facts = [
        {"source": "north", "device_id": device_id, "site": "Mall", "city": "Kazan"} for device_id in ("n1", "n2", "n3")
    ]
    async with world.gateway() as client:
        await client.shows(n1="offline", n2="offline", n3="offline", n4="online")

        async def is_joined() -> bool:
            found = await client.list(site="Mall")
            return found["total"] == 3 and {each["cause"] for each in found["items"]} == {"site_dark"}

        await world.eventually(is_joined)
        found = await client.list(search="kazan", cause="site_dark")
        assert found["facets"]["site"] == {"Mall": 3}
        assert found["facets"]["city"] == {"Kazan": 3}
        neighbours = (await client.http.get("/api/v1/devices/acme/north/n1/neighbours")).json()
        assert neighbours["site"] == "Mall"
        assert {each["device_id"] for each in neighbours["items"]} == {"n2", "n3"}

        world.surroundings.facts = None  # the registry is gone: what was known stands
        await world.asked_again()
        assert await is_joined()
        world.surroundings.facts = []

        async def is_taken_away() -> bool:
            found = await client.list(cause="reported_offline")
            return found["total"] == 3 and found["facets"]["site"] == {}

        await world.eventually(is_taken_away)


async def test_a_dark_screen_outside_its_hours_is_closed_until_its_place_opens(world: Any) -> None:
    world.source("north", n1=False, n2=False, n3=True)
    asleep = {"source": "north", "opening_hours": "off", "time_zone": "Asia/Omsk"}
    world.surroundings.facts = [{**asleep, "device_id": "n1"}, {**asleep, "device_id": "n3"}]
    async with world.gateway() as client:
        await client.shows(n1="offline", n2="offline", n3="online")

        async def causes() -> dict[str, str | None]:
            return {each["device_id"]: each["cause"] for each in (await client.list())["items"]}

        async def is_closed() -> bool:
            return bool(await causes() == {"n1": "closed", "n2": "reported_offline", "n3": None})

        await world.eventually(is_closed)
        assert (await client.list(cause="closed"))["facets"]["status"]["offline"] == 1
        device = (await client.http.get("/api/v1/devices/acme/north/n1")).json()
        assert device["evidence"][-1]["text_key"] == "closed"
        world.surroundings.facts = []

        async def is_open() -> bool:
            return bool((await causes())["n1"] == "reported_offline")

        await world.eventually(is_open)


@pytest.mark.long
async def test_a_replaced_player_s_past_goes_on_in_the_one_that_took_its_place(world: Any) -> None:
    source = world.fake_source(old_player=True, other=True)
    world.exporter(north=source)
    async with world.gateway() as client:
        await client.shows(old_player="online", other="online")
        await world.scraped_again()
        del source.devices["old_player"]
        source.devices["new_player"] = False
        source.polls += 1
        await world.scraped_again()
        source.polls += 1
        await client.shows(new_player="offline", other="online")
        await world.scraped_again()

        async def history(device: str) -> Any:
            """Of five minutes: a day's steps are longer than all of this takes."""
            since = {"from": (datetime.now(UTC) - timedelta(minutes=5)).isoformat()}
            return (await client.http.get(f"/api/v1/devices/acme/north/{device}/history", params=since)).json()

        alone = await history("new_player")
        assert alone["replaced"] == []
        assert {each["status"] for each in alone["segments"]} == {"not_measured", "offline"}

        world.surroundings.facts = [
            {"source": "north", "device_id": "new_player", "replaces": "old_player"},
            {"source": "north", "device_id": "old_player", "replaces": "new_player"},  # round and round ends, too
            {"source": "north", "device_id": "other", "replaces": "never_seen"},
        ]

        async def goes_on() -> bool:
            return bool((await history("new_player"))["replaced"])

        await world.eventually(goes_on)
        told = await history("new_player")
        (replaced,) = told["replaced"]
        assert replaced["device_id"] == "old_player"
        statuses = [each["status"] for each in told["segments"] if each["status"] != "not_measured"]
        assert statuses == ["online", "offline"]
        assert next(each["to"] for each in told["segments"] if each["status"] == "online") <= replaced["until"]
        assert told["uptime"]["online_seconds"] > 0
        assert (await history("other"))["replaced"] == []

        async def is_found_by_the_former_id() -> bool:
            found = await client.list(search="old_player")
            return [each["device_id"] for each in found["items"]] == ["new_player"]

        await world.eventually(is_found_by_the_former_id)
