"""What breaks between us and a device is never told as the device's failure, and the last good list stays."""

from typing import Any

import pytest

CALM = {"a": [(None, "online", False)], "b": [(None, "offline", False)]}


async def test_a_dead_exporter_keeps_statuses_while_fresh_and_then_makes_them_unknown(world: Any) -> None:
    world.fresh_seconds = 3
    exporter = world.exporter(north=world.fake_source(a=True, b=False))
    async with world.gateway() as client:
        await client.shows(a="online", b="offline")
        exporter.alive = False
        await client.until(lambda found: found["sources"][0]["reason"] == "exporter_down")
        assert await client.statuses() == {"a": "online", "b": "offline"}
        await client.shows(a="unknown", b="unknown")
        assert (await client.devices())["a"].cause == "exporter_down"
        exporter.alive = True
        await client.shows(a="online", b="offline")
    assert (await world.chains())["a"] == [
        (None, "online", False),
        ("online", "unknown", False),
        ("unknown", "online", False),
    ]


async def test_an_exporter_that_restarts_without_memory_changes_nothing(world: Any) -> None:
    source = world.source("north", a=True, b=False)
    async with world.gateway() as client:
        await client.shows(a="online", b="offline")
        devices, source.devices, source.up = source.devices, {}, None
        await client.until(lambda found: found["sources"][0]["up"] is None)
        assert await client.statuses() == {"a": "online", "b": "offline"}
        source.devices, source.up = devices, True
        await client.until(lambda found: found["sources"][0]["up"])
    assert await world.chains() == CALM


async def test_a_vendor_failure_is_told_with_its_reason_and_no_device_goes_offline(world: Any) -> None:
    source = world.source("north", a=True, b=False)
    async with world.gateway() as client:
        await client.shows(a="online", b="offline")
        source.up, source.reason = False, "unauthorized"
        await client.until(lambda found: found["sources"][0]["reason"] == "unauthorized")
        assert await client.statuses() == {"a": "online", "b": "offline"}
        source.devices = dict.fromkeys(source.devices)  # what the exporter renders once the answers are too old
        await client.shows(a="unknown", b="unknown")
        assert (await client.devices())["a"].cause == "unauthorized"


async def test_prometheus_and_the_gateway_restart_and_nothing_is_forgotten_or_invented(fragile_world: Any) -> None:
    world = fragile_world
    source = world.source("north", a=True, b=False)
    async with world.gateway() as client:
        await client.shows(a="online", b="offline")
        since = (await client.devices())["a"].status_since
        world.prometheus.stop()
        await client.until(lambda found: not found["prometheus_up"])
        as_of = (await client.overview())["as_of"]
    async with world.gateway() as client:
        overview = await client.overview()
        assert overview["as_of"] == as_of
        assert overview["stale_seconds"] > 0
        assert await client.statuses() == {"a": "online", "b": "offline"}
        world.prometheus.wipe()
        world.prometheus.start()
        await client.until(lambda found: found["prometheus_up"])
        assert await client.statuses() == {"a": "online", "b": "offline"}
        await client.until(lambda found: found["sources"][0]["up"])
        assert await client.statuses() == {"a": "online", "b": "offline"}
        assert (await client.devices())["a"].status_since == since
        source.devices["a"] = False
        await client.shows(a="offline", b="offline")
    assert await world.chains() == {**CALM, "a": [(None, "online", False), ("online", "offline", False)]}


@pytest.mark.parametrize("fault", ["refuse", "partial", "garbage"])
async def test_an_incomplete_prometheus_is_told_and_devices_keep_and_then_become_unknown(
    world: Any, fault: str
) -> None:
    world.fresh_seconds = 2
    world.source("north", a=True)
    async with world.gateway() as client:
        await client.shows(a="online")
        world.surroundings.fault = fault
        await client.until(lambda found: not found["prometheus_up"])
        assert await client.statuses() == {"a": "online"}
        await client.shows(a="unknown")
        assert (await client.devices())["a"].cause == "prometheus_down"
        world.surroundings.fault = None
        await client.shows(a="online")


async def test_an_empty_prometheus_is_no_news_about_devices(world: Any) -> None:
    world.source("north", a=True, b=False)
    async with world.gateway() as client:
        await client.shows(a="online", b="offline")
        world.surroundings.fault = "empty"
        await client.until(lambda found: found["sources"][0]["reason"] == "exporter_down")
        assert await client.statuses() == {"a": "online", "b": "offline"}
        world.surroundings.fault = None
        await client.until(lambda found: found["sources"][0]["up"])
        assert await client.statuses() == {"a": "online", "b": "offline"}
    assert await world.chains() == CALM


async def test_a_slow_prometheus_makes_the_list_older_and_nothing_else(world: Any) -> None:
    source = world.source("north", a=True, b=False)
    async with world.gateway() as client:
        await client.shows(a="online", b="offline")
        world.surroundings.fault = "slow"
        await world.scraped_again()
        assert await client.statuses() == {"a": "online", "b": "offline"}
        source.devices["b"] = True
        await client.shows(a="online", b="online")
        assert (await client.overview())["prometheus_up"]
    assert await world.chains() == {**CALM, "b": [(None, "offline", False), ("offline", "online", False)]}


@pytest.mark.long
async def test_a_prometheus_that_hangs_leaves_the_list_also_when_the_gateway_restarts_meanwhile(world: Any) -> None:
    world.source("north", a=True, b=False)
    async with world.gateway() as client:
        await client.shows(a="online", b="offline")
        world.surroundings.fault = "hang"
        await client.until(lambda found: not found["prometheus_up"])
        as_of = (await client.overview())["as_of"]
    async with world.gateway() as client:
        assert (await client.overview())["as_of"] == as_of
        assert await client.statuses() == {"a": "online", "b": "offline"}
        world.surroundings.fault = None
        await client.until(lambda found: found["prometheus_up"])
        assert await client.statuses() == {"a": "online", "b": "offline"}
    assert await world.chains() == CALM


async def test_before_there_is_a_list_the_answer_is_not_an_empty_one(world: Any) -> None:
    world.surroundings.fault = "refuse"
    async with world.gateway() as client:
        await world.asked_again()
        for path in ("devices", "overview", "stream", "devices/acme/north/a"):
            response = await client.http.get(f"/api/v1/{path}")
            assert response.status_code == 503
            assert response.headers["retry-after"] == "2"
            assert response.headers["content-type"] == "application/problem+json"


async def test_a_damaged_checkpoint_is_left_aside(world: Any) -> None:
    world.source("north", a=True)
    (world.folder / "checkpoint.json").write_text('{"version": 1, "devices": [')
    async with world.gateway() as client:
        await client.shows(a="online")


async def test_without_nats_the_list_goes_on_and_the_chain_is_made_good(world: Any) -> None:
    source = world.source("north", a=True, b=False)
    async with world.gateway() as client:
        await client.shows(a="online", b="offline")
        await world.stored(lambda chains: chains == CALM)
        world.nats.kill()
        source.devices["a"] = False
        await client.shows(a="offline", b="offline")
        source.devices["a"] = None
        await client.shows(a="unknown", b="offline")
        world.nats.start()
        await world.stored(lambda chains: len(chains["a"]) == 2)
    assert await world.chains() == {**CALM, "a": [(None, "online", False), ("online", "unknown", False)]}


async def test_a_gateway_that_starts_without_nats_publishes_when_it_comes(world: Any) -> None:
    world.source("north", a=True, b=False)
    world.nats.kill()
    async with world.gateway() as client:
        await client.shows(a="online", b="offline")
        world.nats.start()
        await world.stored(lambda chains: chains == CALM)
