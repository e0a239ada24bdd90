"""Webhooks against a real gateway and NATS: signed, in order, resumed, and never where they must not go."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from vitrina_contracts.webhook import Webhook

DOCUMENT = Path(__file__).parents[4] / "memory-bank" / "webhooks.md"
SECRET = "whsec_" + base64.b64encode(b"canary-" * 4).decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"former-" * 4).decode()

Chain = list[tuple[str | None, str]]


def documented_check() -> Callable[[str, Any, bytes, float], bool]:
    """`is_ours` as the document tells receivers to write it."""
    [code] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - our own document
    check: Callable[[str, Any, bytes, float], bool] = names["is_ours"]
    return check


@dataclass
class Receiver:
    """Keeps what it takes; answers `status` otherwise."""

    port: int = 0
    status: int = 204
    chains: dict[str, Chain] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    signed: list[bool] = field(default_factory=list)
    asked: int = 0
    delay: float = 0.0

    def webhook(self, **changes: Any) -> dict[str, Any]:
        known = {"id": uuid4().hex, "name": "tickets", "url": f"http://127.0.0.1:{self.port}/hook?key=canary-in-url"}
        begun = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
        return {**known, "created_at": begun, "secrets": [SECRET, OTHER_SECRET], "sources": [], **changes}

    async def take(self, request: web.Request) -> web.Response:
        self.asked += 1
        body = await request.read()
        await asyncio.sleep(self.delay)
        if self.status == 204:
            now = datetime.now(UTC).timestamp()
            self.signed += [documented_check()(secret, request.headers, body, now) for secret in (SECRET, OTHER_SECRET)]
            event = await request.json()
            data = event["data"]
            self.chains.setdefault(data["device"]["device_id"], []).append((data["previous"], data["device"]["status"]))
            self.ids.append(request.headers["webhook-id"])
            assert request.headers["webhook-id"] == event["id"]
        return web.Response(status=self.status)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


async def progress(client: Any) -> dict[str, Any]:
    answer = await client.http.get("/api/v1/webhooks")
    assert answer.status_code == 200
    items = answer.json()["items"]
    return items[0] if items else {}


async def until(world: Any, condition: Callable[[], bool]) -> None:
    async def is_so() -> bool:
        return condition()

    await world.eventually(is_so)


async def test_changes_of_chosen_sources_come_signed_and_in_order_over_a_failing_receiver(
    world: Any, receiver: Receiver
) -> None:
    north = world.source("north", a=True)
    world.source("south", b=True)
    world.surroundings.webhooks = [receiver.webhook(sources=["north"])]
    async with world.gateway() as client:
        await until(world, lambda: receiver.chains == {"a": [(None, "online")]})
        receiver.status = 503
        for up in (False, True):
            north.devices["a"] = up
            await client.shows(a="online" if up else "offline", b="online")
            await world.scraped_again()

        async def is_failing() -> bool:
            known = await progress(client)
            return (known["state"], known["reason"]) == ("failing", "http_503") and known["next_try_at"] is not None

        await world.eventually(is_failing)
        receiver.status = 204
        await until(world, lambda: len(receiver.chains["a"]) == 3)
        assert receiver.chains == {"a": [(None, "online"), ("online", "offline"), ("offline", "online")]}
        assert all(receiver.signed)
        known = await progress(client)
        assert (known["state"], known["delivered"], known["failing_since"]) == ("delivering", 3, None)


async def test_a_restarted_gateway_goes_on_where_it_stopped(world: Any, receiver: Receiver) -> None:
    source = world.source("north", a=True, b=False)
    world.surroundings.webhooks = [receiver.webhook(begins_with="present")]
    async with world.gateway():
        await until(world, lambda: len(receiver.ids) == 2)
    source.devices["a"] = False
    async with world.gateway() as client:
        await client.shows(a="offline", b="offline")
        await until(world, lambda: len(receiver.ids) == 3)
    assert receiver.chains == {"a": [(None, "online"), ("online", "offline")], "b": [(None, "offline")]}


async def test_two_gateways_send_each_event_once_and_in_order(world: Any, receiver: Receiver) -> None:
    names = [f"d{number}" for number in range(20)]
    source = world.source("north", **dict.fromkeys(names, True))
    receiver.delay = 0.005
    world.surroundings.webhooks = [receiver.webhook()]
    async with world.gateway() as client, world.gateway(second=True):
        await until(world, lambda: len(receiver.ids) == 20)
        for up in (False, True):
            source.devices.update(dict.fromkeys(names, up))
            await client.shows(**dict.fromkeys(names, "online" if up else "offline"))
        await until(world, lambda: len(receiver.ids) == 60)
    assert len(set(receiver.ids)) == 60
    for chain in receiver.chains.values():
        assert chain == [(None, "online"), ("online", "offline"), ("offline", "online")]


@pytest.mark.long
async def test_after_a_wiped_store_the_present_comes_again(fragile_world: Any, receiver: Receiver) -> None:
    world = fragile_world
    world.source("north", a=True)
    world.surroundings.webhooks = [receiver.webhook()]
    async with world.gateway():
        await until(world, lambda: len(receiver.ids) == 1)
        world.nats.wipe()
        world.nats.start()
        await until(world, lambda: len(receiver.ids) == 2)
    assert receiver.chains == {"a": [(None, "online"), (None, "online")]}


async def test_a_refused_address_is_never_called_and_nothing_leaks(
    world: Any, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    world.source("north", a=True)
    world.private_endpoints = ""
    world.surroundings.webhooks = [receiver.webhook()]
    async with world.gateway() as client:

        async def is_refused() -> bool:
            return (await progress(client)).get("reason") == "endpoint_refused"

        await world.eventually(is_refused)
        shown = (await client.http.get("/api/v1/webhooks")).text
        world.surroundings.webhooks = []

        async def is_gone() -> bool:
            return await progress(client) == {}

        await world.eventually(is_gone)
    assert receiver.asked == 0
    printed = capsys.readouterr()
    for text in (shown, printed.out, printed.err, repr(Webhook.model_validate(receiver.webhook()))):
        assert SECRET not in text
        assert "canary" not in text


async def test_a_manager_is_told_of_no_webhook(world: Any) -> None:
    async with world.gateway(), world.client("north") as manager:
        assert (await manager.http.get("/api/v1/webhooks")).status_code == 403
