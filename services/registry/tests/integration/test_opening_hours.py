"""Hours of devices and of sources are series of open and closed; what cannot be read is refused where it is written."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from vitrina_registry.app import Registry
from vitrina_registry.testing.asking import MAC, Asker, addreality, client_of, cubic, fields_of

SOURCE = "/exporters/addreality/sources/vendor"
MOSCOW = {"opening_hours": "Mo-Su 10:00-20:00", "time_zone": "Europe/Moscow"}
"""In November: 07:00-17:00 UTC."""


@pytest.fixture
async def fleet(admin: Asker) -> None:
    await admin.post("/exporters/cubicmedia/sources", cubic())
    await admin.post("/exporters/addreality/sources", addreality())


@pytest.fixture
def series(registry: Registry) -> Any:
    """What is open at an hour, UTC, by device or source."""

    async def ask(hour: int, minute: int = 0) -> dict[str, int]:
        world = registry.internal.state.world
        at = datetime(2026, 11, 25, hour, minute, tzinfo=UTC)
        registry.internal.state.world = type(world)(**{**vars(world), "now": lambda: at})
        text = (await client_of(registry.internal, None).get("/metrics/declared")).text
        found = {}
        for line in text.splitlines():
            if line.startswith(("vitrina_device_open{", "vitrina_source_open{")):
                labels, value = line.rsplit(" ", 1)
                parts = dict(part.split("=", 1) for part in labels.partition("{")[2].rstrip("}").split(","))
                found[parts.get("device_id", parts["source"]).strip('"')] = int(float(value))
        return found

    return ask


async def put(admin: Asker, device: str, **facts: Any) -> httpx.Response:
    return await admin.ask("PUT", f"/facts/{device}", json=facts)


@pytest.mark.usefixtures("fleet")
async def test_open_is_told_of_whoever_has_hours_in_the_zone_of_each(admin: Asker, series: Any) -> None:
    assert await series(8) == {}
    await put(admin, "addreality/vendor/1", **MOSCOW)
    await put(admin, "addreality/vendor/2", opening_hours="22:00-06:00", time_zone="Asia/Vladivostok")
    await put(admin, "addreality/vendor/3", site="no hours")
    await put(admin, f"cubicmedia/north/{MAC}", opening_hours="10:00-20:00")
    assert await series(8) == {"1": 1, "2": 0}
    assert await series(6, 59) == {"1": 0, "2": 0}
    assert await series(12) == {"1": 1, "2": 1}
    assert await series(20) == {"1": 0, "2": 0}
    await put(admin, "addreality/vendor/1", site="always open now")
    assert await series(8) == {"2": 0}


@pytest.mark.usefixtures("fleet")
async def test_the_hours_of_a_source_hold_for_what_its_devices_do_not_say(admin: Asker, series: Any) -> None:
    answer = await admin.patch(SOURCE, {"labels": MOSCOW})
    assert answer.status_code == 200
    assert await series(8) == {"vendor": 1}
    await put(admin, "addreality/vendor/1", opening_hours="24/7")
    await put(admin, "addreality/vendor/2", time_zone="Asia/Vladivostok")
    assert await series(8) == {"vendor": 1, "1": 1, "2": 1}
    assert await series(11) == {"vendor": 1, "1": 1, "2": 0}
    assert await series(18) == {"vendor": 0, "1": 1, "2": 0}


@pytest.mark.usefixtures("fleet")
async def test_hours_that_cannot_be_read_are_refused_by_name(admin: Asker) -> None:
    labels = {"opening_hours": "9-18", "time_zone": "Mars/Base"}
    wrong = ["labels.opening_hours", "labels.time_zone"]
    assert fields_of(await admin.patch(SOURCE, {"labels": labels})) == wrong
    assert fields_of(await admin.post("/exporters/addreality/sources", {**addreality("b"), "labels": labels})) == wrong
    table = "platform,source,device_id,opening_hours\naddreality,vendor,1,24/7\naddreality,vendor,2,all day\n"
    answer = await admin.ask("POST", "/facts.csv", content=table, headers={"Content-Type": "text/csv"})
    assert (answer.status_code, fields_of(answer)) == (422, ["line 3, opening_hours"])
