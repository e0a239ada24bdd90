"""A closed day's rows, computed from a real Prometheus and sent to a registry."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from vitrina_contracts.availability import AvailabilityPart, DeviceDay
from vitrina_contracts.facts import FactsDelta, FactsItem
from vitrina_embedded.downloads import fetch_monitoring, find_monitoring
from vitrina_gateway.adapters.raw_prometheus import RawPrometheusClient
from vitrina_gateway.adapters.registry_client import RegistryClient
from vitrina_gateway.use_cases import daily_rows
from vitrina_gateway.use_cases.daily_rows import DailyRows
from vitrina_gateway.use_cases.device_facts import FactBook
from vitrina_gateway.use_cases.ports import MonitoringError, RegistryError
from vitrina_kit.testing.ports import free_port

from .monitoring import served

SCRAPE = 300
DAY = (datetime.now(UTC) - timedelta(days=2)).date()
MIDNIGHT = int(datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC).timestamp())
HOUR = 3600


def _lines() -> Iterator[str]:
    """Device `day` is on from 6 to 18 o'clock UTC; `new` is known, not told, since noon; `half` measured till noon."""
    pins = 'job="exporters",exporter="e",platform="acme"'
    samples: list[tuple[str, int, int]] = []
    for at in range(SCRAPE // 2, 24 * HOUR, SCRAPE):
        for source, device in (("north", "day"), ("north", "half"), ("south", "day")):
            if device == "half" and at > 12 * HOUR:
                continue
            labels = f'{{{pins},source="{source}",device_id="{device}"}}'
            samples.append((f"signage_device_info{labels}", 1, at))
            samples.append((f"signage_device_up{labels}", int(device == "half" or 6 * HOUR <= at < 18 * HOUR), at))
        if at > 12 * HOUR:
            samples.append((f'signage_device_info{{{pins},source="north",device_id="new"}}', 1, at))
    for series, value, at in sorted(samples):
        yield f"{series} {value} {MIDNIGHT + at}"
    yield "# EOF\n"


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, tools = tmp_path_factory.mktemp("daily"), find_monitoring() or fetch_monitoring()
    (folder / "samples").write_text("\n".join(_lines()))
    command = [str(tools.promtool), "tsdb", "create-blocks-from", "openmetrics", "samples", "data"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (folder / "prometheus.yml").write_text("global: {}\n")
    url = f"http://127.0.0.1:{free_port()}"
    options = {"config.file": "prometheus.yml", "storage.tsdb.path": "data", "web.listen-address": url[7:]}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    with served(url, [str(tools.prometheus), *arguments, "--log.level=error"], Path(folder)):
        yield url


class RegistryStandIn:
    """Keeps what it is sent; a day is asked for until it is complete."""

    def __init__(self, source: str, labels: dict[str, str]) -> None:
        self.task = {"platform": "acme", "source": source, "day": str(DAY), "labels": labels}
        self.parts: list[AvailabilityPart] = []
        self.failing = False

    @property
    def rows(self) -> dict[str, DeviceDay]:
        return {row.device_id: row for part in self.parts for row in part.devices}

    async def tasks(self, _request: web.Request) -> web.Response:
        complete = any(part.last for part in self.parts)
        return web.json_response([] if complete else [self.task])

    async def store(self, request: web.Request) -> web.Response:
        if self.failing:
            return web.Response(status=503)
        self.parts.append(AvailabilityPart.model_validate_json(await request.read()))
        return web.Response(status=204)


@asynccontextmanager
async def computing(
    prometheus: str, *, source: str = "north", labels: dict[str, str] | None = None, **hours: str
) -> AsyncIterator[tuple[DailyRows, RegistryStandIn]]:
    """`hours`: opening hours by device."""
    stand_in = RegistryStandIn(source, labels or {})
    app = web.Application()
    app.router.add_get("/internal/v1/availability", stand_in.tasks)
    app.router.add_post("/internal/v1/availability", stand_in.store)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    registry, raw, facts = RegistryClient(f"http://127.0.0.1:{port}", "t"), RawPrometheusClient(prometheus), FactBook()
    items = [
        FactsItem(platform="acme", source=source, device_id=device, opening_hours=rule, time_zone="Europe/Moscow")
        for device, rule in hours.items()
    ]
    facts.learn(FactsDelta(version=1, full=True, items=items))
    try:
        yield DailyRows(raw, registry, facts, SCRAPE), stand_in
    finally:
        await registry.close()
        await raw.close()
        await runner.cleanup()


def told(row: DeviceDay) -> dict[str, Any]:
    """In hours, to a tenth: where a slot ends is a matter of a scrape."""
    seconds = row.model_dump(exclude={"device_id"})
    return {name: round(value / HOUR, 1) for name, value in seconds.items() if value}


async def test_a_day_is_divided_among_on_off_unknown_and_not_measured(prometheus: str) -> None:
    async with computing(prometheus) as (daily, registry):
        await daily.work()
    assert {name: told(row) for name, row in registry.rows.items()} == {
        "day": {"online": 12.0, "offline": 12.0},
        "half": {"online": 12.0},
        "new": {"unknown": 12.0},
    }
    assert [(part.source, part.day, part.last) for part in registry.parts] == [("north", DAY, True)]


async def test_dark_while_closed_is_told_apart(prometheus: str) -> None:
    async with computing(prometheus, day="Mo-Su 09:00-24:00", half="Mo-Su 00:00-01:00") as (daily, registry):
        await daily.work()  # open from 6 to 21 o'clock UTC
    assert told(registry.rows["day"]) == {"online": 12.0, "offline": 3.0, "planned": 9.0}
    assert told(registry.rows["half"]) == {"online": 12.0}
    labels = {"opening_hours": "Mo-Su 12:00-21:00", "time_zone": "Europe/Moscow"}
    async with computing(prometheus, source="south", labels=labels) as (daily, registry):
        await daily.work()  # open from 9 to 18 o'clock UTC
    assert told(registry.rows["day"]) == {"online": 12.0, "planned": 12.0}


async def test_the_same_day_again_has_the_same_numbers_also_after_a_failure_on_the_way(
    prometheus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily_rows, "MOST_DEVICES", 2)
    async with computing(prometheus) as (daily, registry):
        registry.failing = True
        with pytest.raises(RegistryError):
            await daily.work()
        registry.failing = False
        await daily.work()
        first = registry.parts
        assert [(len(part.devices), part.last) for part in first] == [(2, False), (1, True)]
        registry.parts = []
        await daily.work()
        assert registry.parts == first


async def test_without_prometheus_no_day_is_made_up() -> None:
    async with computing("http://127.0.0.1:1") as (daily, registry):
        with pytest.raises(MonitoringError):
            await daily.work()
    assert registry.parts == []
