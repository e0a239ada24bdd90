import asyncio
from email.utils import formatdate

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from vitrina_contracts.endpoints import parse_networks
from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import SystemClock
from vitrina_sdk.errors import ConfigurationError, ConnectionFailed, EndpointRefused, PollError
from vitrina_sdk.http import VendorClient, parse_retry_after

LOOPBACK = "127.0.0.0/8"


async def failure_of(url: str, private: str = "") -> PollError:
    client = VendorClient(Budget(1000, SystemClock()), parse_networks(private), 2, SystemClock())
    try:
        with pytest.raises(PollError) as caught:
            await client.get(url)
    finally:
        await client.close()
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://localhost:1/",
    ],
)
async def test_forbidden_addresses_are_refused_written_out_or_by_name(url: str) -> None:
    assert isinstance(await failure_of(url), EndpointRefused)


@pytest.mark.parametrize("url", ["ftp://vendor.example/", "nonsense", "http://", "http://2130706433/", "http://127.1/"])
async def test_what_is_no_usable_url_is_an_error_of_the_configuration(url: str) -> None:
    assert isinstance(await failure_of(url), ConfigurationError)


async def test_a_closed_port_and_an_unknown_name_are_failed_connections() -> None:
    for url in ("http://127.0.0.1:1/", "http://vendor.invalid/"):
        error = await failure_of(url, LOOPBACK)
        assert isinstance(error, ConnectionFailed)
        assert "127.0.0.1" not in str(error)


async def test_a_list_call_is_sent_again_when_the_kept_connection_was_closed() -> None:
    calls = 0

    async def handle(request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        if calls == 2:
            assert request.transport is not None
            request.transport.close()
            await asyncio.Event().wait()
        return web.Response(text="[]")

    app = web.Application()
    app.router.add_post("/", handle)
    async with TestServer(app) as server:
        client = VendorClient(Budget(1000, SystemClock()), parse_networks(LOOPBACK), 2, SystemClock())
        for _ in range(2):
            assert await client.post_json(f"http://127.0.0.1:{server.port}/", {}) == b"[]"
        await client.close()
    assert calls == 3


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120),
        (" 7 ", 7),
        (formatdate(1_000_060, usegmt=True), 60),
        (formatdate(900_000, usegmt=True), 0),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("9" * 400, 999_999_999),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, 1_000_000) == seconds
