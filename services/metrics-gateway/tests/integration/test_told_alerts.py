"""What a real Alertmanager tells becomes events: each beginning and each end once, over an outage of NATS, too."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from vitrina_contracts.delivery import Delivery
from vitrina_contracts.events import AlertChanged, CloudEvent
from vitrina_contracts.subjects import ALERTS
from vitrina_embedded.alerting.routes import EventsWay, Receivers, render_routes
from vitrina_embedded.downloads import fetch_monitoring, find_monitoring
from vitrina_embedded.testing.alerting import QUICK_TIMES, RunningAlertmanager
from vitrina_gateway.adapters.alert_publisher import AlertPublisher
from vitrina_gateway.api.told_alerts import create_alert_router
from vitrina_gateway.use_cases.told_alerts import ToldAlerts
from vitrina_kit.bus import Bus, connected_bus
from vitrina_kit.serving import Listener, serve
from vitrina_kit.settings import BusSettings
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - a fixture
from vitrina_kit.testing.ports import free_port

from .world import eventually

TOKEN = "alertmanager-token"


@pytest.fixture
async def bus(nats_server: NatsServer) -> AsyncIterator[Bus]:  # noqa: F811 - the fixture imported above
    async with connected_bus(Bus(BusSettings(nats_url=nats_server.url), "metrics-gateway", [ALERTS])) as bus:
        await bus.jetstream.purge_stream(ALERTS.name)
        yield bus


@pytest.fixture
def app(bus: Bus) -> FastAPI:
    app = FastAPI()
    app.include_router(create_alert_router(TOKEN, ToldAlerts(AlertPublisher(bus))))
    return app


async def events(bus: Bus) -> list[tuple[str, AlertChanged]]:
    state = (await bus.jetstream.stream_info(ALERTS.name)).state
    found = []
    for number in range(state.first_seq, state.last_seq + 1) if state.messages else ():
        message = await bus.jetstream.get_msg(ALERTS.name, number)
        event = CloudEvent[AlertChanged].model_validate_json(message.data or b"")
        found.append((message.subject or "", event.data))
    return found


def alert(device: str, *, ended: bool = False) -> dict[str, Any]:
    now = datetime.now(UTC)
    labels = {"alertname": "DeviceOffline", "scope": "device", "severity": "warning", "source": "north"}
    ends = now if ended else now + timedelta(minutes=10)
    return {
        "labels": {**labels, "platform": "p", "device_id": device},
        "annotations": {"summary_ru": "Экран не в сети"},
        "endsAt": ends.isoformat(),
    }


@pytest.mark.timeout(120)
async def test_a_beginning_and_an_end_are_one_event_each(app: FastAPI, bus: Bus, tmp_path: Path) -> None:
    port, stop = free_port(), asyncio.Event()
    server = asyncio.create_task(serve(Listener(app, "127.0.0.1", port), stop=stop))
    (tmp_path / "token").write_text(TOKEN)
    alertmanager = RunningAlertmanager(find_monitoring() or fetch_monitoring(), tmp_path / "a", "127.0.0.1:1")
    way = EventsWay(f"http://127.0.0.1:{port}/internal/v1/alerts", str(tmp_path / "token"))
    text = render_routes(Receivers(events=way), Delivery(), QUICK_TIMES)
    (tmp_path / "a" / "alertmanager.yml").write_text(text, encoding="utf-8")
    await asyncio.to_thread(alertmanager.start)

    async def told(*alerts: dict[str, Any]) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(f"http://{alertmanager.address}/api/v2/alerts", json=alerts)
            answer.raise_for_status()

    async def until(count: int) -> Any:
        async def are_there() -> Any:
            found = await events(bus)
            return found if len(found) >= count else None

        return await eventually(are_there, 40)

    try:
        await told(alert("1"))
        await until(1)
        await told(alert("2"))  # the group is told again, with the first in it
        await until(2)
        await told(alert("1", ended=True))
        found = await until(3)
    finally:
        await asyncio.to_thread(alertmanager.stop)
        stop.set()
        await server
    assert [(each.labels["device_id"], each.state) for _, each in found] == [
        ("1", "firing"), ("2", "firing"), ("1", "resolved"),
    ]  # fmt: skip
    assert {subject for subject, _ in found} == {"alerts.warning.DeviceOffline"}
    assert found[0][1].ends_at is None
    assert found[2][1].ends_at is not None
    assert found[0][1].annotations == {"summary_ru": "Экран не в сети"}


async def test_without_the_token_nothing_is_told_and_without_nats_alertmanager_is_to_try_again(
    app: FastAPI, bus: Bus
) -> None:
    now = datetime.now(UTC).isoformat()
    told = {"status": "firing", "fingerprint": "f", "labels": {"alertname": "A"}, "startsAt": now, "endsAt": now}
    body = {"version": "4", "alerts": [told]}
    away = FastAPI()
    nowhere = Bus(BusSettings(nats_url="nats://127.0.0.1:1"), "metrics-gateway", [ALERTS])
    away.include_router(create_alert_router(TOKEN, ToldAlerts(AlertPublisher(nowhere))))

    async def post(to: FastAPI, token: str) -> int:
        transport = httpx.ASGITransport(to, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            headers = {"Authorization": f"Bearer {token}"}
            return (await client.post("/internal/v1/alerts", json=body, headers=headers)).status_code

    assert await post(app, "guess") != 204
    assert await events(bus) == []
    assert await post(away, TOKEN) == 503
    assert [await post(app, TOKEN) for _ in range(2)] == [204, 204]
    assert len(await events(bus)) == 1
