"""A service's listeners: who is believed about a client's address, and that they stop together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from vitrina_kit.serving import Listener, serve
from vitrina_kit.testing.ports import free_port

SAID = {"X-Forwarded-For": "203.0.113.7"}
ELSEWHERE = "127.0.0.2"
"""An address of this machine that is not the one which uvicorn believes by itself."""


async def tells_the_client(scope: Any, _receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["client"][0].encode()})


@asynccontextmanager
async def listening(*ports: int) -> AsyncIterator[None]:
    stop = asyncio.Event()
    served = asyncio.create_task(serve(*(Listener(tells_the_client, "127.0.0.1", port) for port in ports), stop=stop))
    yield
    stop.set()
    async with asyncio.timeout(10):
        await served


async def client_told(port: int, local_address: str, retries: int = 5) -> str:
    transport = httpx.AsyncHTTPTransport(local_address=local_address, retries=retries)
    async with httpx.AsyncClient(transport=transport) as client:
        return (await client.get(f"http://127.0.0.1:{port}/", headers=SAID)).text


@pytest.mark.parametrize(
    ("believed", "expected"), [(None, ["203.0.113.7", ELSEWHERE]), ("*", ["203.0.113.7", "203.0.113.7"])]
)
async def test_the_edge_is_believed_about_the_client_on_loopback_and_in_a_container_wherever_it_is(
    monkeypatch: pytest.MonkeyPatch, believed: str | None, expected: list[str]
) -> None:
    """An image sets the variable: there the edge is another container."""
    if believed is not None:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", believed)
    port, other = free_port(), free_port()
    async with listening(port, other):
        assert [await client_told(port, local) for local in ("127.0.0.1", ELSEWHERE)] == expected
        assert await client_told(other, "127.0.0.1") == expected[0]
    for ended in (port, other):
        with pytest.raises(httpx.ConnectError):
            await client_told(ended, ELSEWHERE, retries=0)
