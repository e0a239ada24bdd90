"""A demoted or disabled user's live stream ends within seconds, and so does the access token."""

import time
from typing import Any

import httpx
from vitrina_contracts.events import TYPE_ACCESS_REVOKED, AccessRevoked, CloudEvent
from vitrina_contracts.subjects import AUTH, auth_revoked
from vitrina_kit.bus import Bus, connected_bus
from vitrina_kit.clock import utc_now


async def test_a_stream_and_its_token_end_within_five_seconds_of_the_revocation(world: Any) -> None:
    world.source("north", a=True)
    event = CloudEvent[AccessRevoked](
        id="s1", source="/vitrina/auth", type=TYPE_ACCESS_REVOKED, time=utc_now(), data=AccessRevoked(sid="s1")
    )
    url = f"http://127.0.0.1:{world.api_port}"
    tokens = {sid: world.surroundings.token("north", sid=sid) for sid in ("s1", "s2")}
    headers = {sid: {"Authorization": f"Bearer {token}"} for sid, token in tokens.items()}
    async with (
        connected_bus(Bus(world.nats.settings, "auth", [AUTH])) as bus,
        world.gateway() as admin,
        httpx.AsyncClient(base_url=url, timeout=20) as http,
    ):
        await admin.shows(a="online")
        async with http.stream("GET", "/api/v1/stream", headers=headers["s1"]) as response:
            lines = response.aiter_lines()
            await anext(lines)
            await bus.publish(auth_revoked("s1"), event.model_dump_json().encode(), message_id="s1")
            revoked = time.monotonic()
            assert [line async for line in lines]
        assert time.monotonic() - revoked < 5
        assert (await http.get("/api/v1/devices", headers=headers["s1"])).status_code == 401
        assert (await http.get("/api/v1/devices", headers=headers["s2"])).status_code == 200
