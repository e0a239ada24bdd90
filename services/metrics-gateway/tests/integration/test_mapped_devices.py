"""Devices of exporters that somebody else wrote: listed, with a past, and with the evidence why they are dark."""

from typing import Any

import pytest

PROBES = {"device": "target", "status": {"metric": "probe_success", "online": 1, "offline": 0}}
LABELS = {
    "device": "label",
    "device_label": "mac",
    "status": {"metric": "player_state", "online": 3, "offline": 4},
    "last_seen": None,
}
ONE = {"device": "exporter", "status": {"metric": "node_uname_info", "online": 1, "offline": None}}


@pytest.fixture
async def mapped(world: Any) -> Any:
    """Probed addresses, players told apart by a label of their own with states of their own, and one whole machine."""
    players, machine = world.exporter(), world.exporter()
    players.others = 'player_state{mac="p:lit"} 3\nplayer_state{mac="p:dark"} 4\nplayer_state{mac="p:odd"} 7\n'
    machine.others = 'node_uname_info{nodename="wall"} 1\n'
    names = {id(exporter): name for name, exporter in world.surroundings.exporters.items()}
    world.surroundings.mapped = [
        {"exporter": exporter, "platform": "acme", "source": source, "enabled": True, "mapping": mapping}
        for exporter, source, mapping in (
            ("checks", "shops", PROBES),
            (names[id(players)], "players", LABELS),
            (names[id(machine)], "machine", ONE),
        )
    ]
    async with world.gateway() as admin:
        machine_id = names[id(machine)]
        statuses = {"lit": "online", "dark": "offline", "mute": "unknown"}
        statuses |= {"p:lit": "online", "p:dark": "offline", "p:odd": "unknown", machine_id: "online"}
        await admin.shows(**statuses)
        await world.scraped_again()
        yield world, statuses, machine_id


async def test_a_mapped_device_has_a_past_and_a_series(mapped: Any) -> None:
    world, statuses, machine = mapped
    sources = {"lit": "shops", "dark": "shops", "mute": "shops", machine: "machine"}
    metrics = {"shops": "probe_success", "players": "player_state", "machine": "node_uname_info"}
    async with world.client("shops", "players", "machine") as manager:
        for device, status in statuses.items():
            source = sources.get(device, "players")
            path = f"/api/v1/devices/acme/{source}/{device}"
            found = (await manager.http.get(f"{path}/history")).json()
            assert found["segments"][-1]["status"] == status, device
            assert found["uptime"]["online_share"] == {"online": 1, "offline": 0, "unknown": None}[status]
            series = (await manager.http.get(f"{path}/series", params={"metric": metrics[source]})).json()
            assert any(value is not None for _, value in series["points"]) is (device != "mute")


async def test_a_dark_mapped_device_tells_why(mapped: Any) -> None:
    world, _, _ = mapped
    expected = {
        "shops/dark": ["prometheus_answers", "exporter_scraped", "source_failing", "reported_offline"],
        "shops/mute": ["prometheus_answers", "exporter_scraped", "source_failing"],
        "players/p:dark": ["prometheus_answers", "exporter_scraped", "source_answers", "reported_offline"],
        "players/p:odd": ["prometheus_answers", "exporter_scraped", "source_answers", "never_seen"],
    }
    async with world.client("shops", "players") as manager:
        for path, keys in expected.items():
            device = (await manager.http.get(f"/api/v1/devices/acme/{path}")).json()
            assert [each["text_key"] for each in device["evidence"]] == keys, path
        failing = (await manager.http.get("/api/v1/devices/acme/shops/mute")).json()["evidence"][2]
        assert (failing["detail"], failing["at"] is not None) == ("probe_failed", True)


async def test_the_past_of_anothers_mapped_device_is_not_there(mapped: Any) -> None:
    world, _, _ = mapped
    async with world.client("players") as manager:
        for path in ("shops/lit/history", "shops/lit/series?metric=up", "shops/lit"):
            assert (await manager.http.get(f"/api/v1/devices/acme/{path}")).status_code == 404
