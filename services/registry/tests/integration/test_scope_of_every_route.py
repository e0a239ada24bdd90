"""Every route that a manager may read, tomorrow's included: without a source nothing is told of it, with it all."""

from typing import Any, Final

import httpx
import pytest
from vitrina_kit.testing.rights import reading_routes, text_of
from vitrina_registry.app import Registry
from vitrina_registry.testing.actors import Actors
from vitrina_registry.testing.asking import MAC, V1, Asker, client_of, cubic

READ: Final = [route.removeprefix(V1) for route in reading_routes("registry", "manager")]
SOURCE: Final = "south-kestrel"
WINDOW: Final[dict[str, Any]] = {
    "name": "kestrel-window", "matchers": [{"name": "source", "value": SOURCE}], "days": ["monday"], "from": "23:30",
    "till": "01:00", "time_zone": "Europe/Moscow", "comment": "players",
}  # fmt: skip
QUERIES: Final = {"availability": "?from=2026-03-01&to=2026-03-31&group=device", "exporters": "?include=sources"}
SAME_FOR_ALL: Final = {"/exporter-types", "/exporters/{name}"}
"""The catalogue; and an exporter's own card, which counts sources and names none."""


@pytest.fixture
async def fleet(admin: Asker, gateway: httpx.AsyncClient) -> None:
    """All that there is about a device of the source."""
    device = f"cubicmedia/{SOURCE}/{MAC}"
    row = {"device_id": MAC, "online": 1, "offline": 2, "planned": 3, "unknown": 4}
    day = {"platform": "cubicmedia", "source": SOURCE, "day": "2026-03-01", "devices": [row], "last": True}
    answers = [
        await admin.post("/exporters/cubicmedia/sources", cubic(SOURCE)),
        await admin.ask("PUT", f"/facts/{device}", json={"site": "a kestrel site"}),
        await admin.ask("PUT", f"/work-states/{device}", json={"kind": "in_repair", "note": "a kestrel note"}),
        await admin.post("/windows", WINDOW),
        await gateway.post("/internal/v1/availability", json=day),
    ]
    assert all(answer.is_success for answer in answers), [answer.text for answer in answers]


def path_of(route: str, source: str) -> str:
    """The route, asked about what there is of this source."""
    window = "kestrel-window" if source == SOURCE else "no-window"
    named = route.replace("/windows/{name}", f"/windows/{window}").replace("{name}", "cubicmedia")
    named = named.replace("{platform}", "cubicmedia").replace("{source}", source).replace("{device_id:path}", MAC)
    return named + QUERIES.get(named.strip("/").partition(".")[0], "")


def told_by(answer: httpx.Response) -> str:
    """Of a refusal without what differs by nature and what was asked."""
    if answer.is_success:
        return text_of(answer)
    told = {name: value for name, value in answer.json().items() if name != "instance"}
    return str(told).replace(SOURCE, "nowhere").replace("kestrel-window", "no-window")


@pytest.mark.usefixtures("fleet")
async def test_without_the_source_nothing_is_told_and_with_it_everything(registry: Registry, actors: Actors) -> None:
    without, having = (Asker(client_of(registry.api, actors.manager(name))) for name in ("north", SOURCE))
    for route in READ:
        told = await without.get(path_of(route, SOURCE))
        absent = await without.get(path_of(route, "nowhere"))
        assert (route, told.status_code, told_by(told)) == (route, absent.status_code, told_by(absent))
        assert "kestrel" not in told_by(told), route
        own = await having.get(path_of(route, SOURCE))
        assert own.status_code == 200, (route, own.text)
        assert ("kestrel" in told_by(own)) == (route not in SAME_FOR_ALL), (route, told_by(own))
