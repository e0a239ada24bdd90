"""The configuration decides which devices are listed; the vendor's complete answers decide which are in a source."""

from typing import Any


async def test_disabled_is_unknown_at_once_and_enabled_is_back(world: Any) -> None:
    source = world.source("north", a=True)
    async with world.gateway() as client:
        await client.shows(a="online")
        source.enabled = False
        await client.shows(a="unknown")
        assert (await client.devices())["a"].cause == "disabled"
        source.enabled = True
        await client.shows(a="online")


async def test_a_deleted_source_takes_its_devices_along_and_ends_their_chains(world: Any) -> None:
    exporter = world.exporter(north=world.fake_source(a=True), south=world.fake_source(b=True))
    async with world.gateway() as client:
        await client.shows(a="online", b="online")
        await world.stored(lambda chains: set(chains) == {"a", "b"})
        del exporter.sources["north"]
        await client.shows(b="online")
        await world.stored(lambda chains: chains["a"] == [(None, "online", False), ("online", "online", True)])
        recent = (await client.overview())["recent"]
        assert [(change["device_id"], change["removed"]) for change in recent] == [("a", True)]


async def test_a_source_deleted_while_the_gateway_was_away_ends_its_chains_too(world: Any) -> None:
    exporter = world.exporter(north=world.fake_source(a=True), south=world.fake_source(b=True))
    async with world.gateway() as client:
        await client.shows(a="online", b="online")
        await world.stored(lambda chains: set(chains) == {"a", "b"})
    (world.folder / "checkpoint.json").unlink()
    del exporter.sources["north"]
    async with world.gateway() as client:
        await client.shows(b="online")
        await world.stored(lambda chains: chains["a"][-1] == ("online", "online", True))


async def test_the_registry_down_or_suddenly_empty_removes_nothing(world: Any) -> None:
    world.source("north", a=True)
    async with world.gateway() as client:
        await client.shows(a="online")
        world.surroundings.registry_answers = False
        await world.asked_again()
        assert await client.statuses() == {"a": "online"}
        world.surroundings.registry_empty_answers = 1
        world.surroundings.registry_answers = True
        await world.asked_again()
        assert await client.statuses() == {"a": "online"}


async def test_a_device_leaves_after_two_complete_answers_without_it(world: Any) -> None:
    source = world.source("north", a=True, b=True)
    async with world.gateway() as client:
        await client.shows(a="online", b="online")
        del source.devices["a"]
        source.polls += 1
        await world.scraped_again()
        assert await client.statuses() == {"a": "online", "b": "online"}
        source.polls += 1
        await client.shows(b="online")
        source.devices["a"] = False
        await client.shows(a="offline", b="online")
    assert (await world.chains())["a"] == [
        (None, "online", False),
        ("online", "online", True),
        (None, "offline", False),
    ]


async def test_what_the_registry_does_not_know_is_not_listed(world: Any) -> None:
    """An exporter may say anything about itself: sources of others, platforms of others."""
    honest = world.exporter(south=world.fake_source(b=True))
    liar = world.exporter(north=world.fake_source(a=True), smuggled=world.fake_source(x=False))
    liar.sources["south"] = world.fake_source(b=False)
    exporters = world.surroundings.exporters
    slots = {id(exporter): slot for slot, exporter in exporters.items()}
    world.surroundings.registry_pairs = {(slots[id(liar)], "north"), (slots[id(honest)], "south")}
    async with world.gateway() as client:
        await client.shows(a="online", b="online")
        await world.scraped_again()
        assert await client.statuses() == {"a": "online", "b": "online"}
        assert {source["source"] for source in (await client.overview())["sources"]} == {"north", "south"}
