"""In a company's network: its proxy and authority serve every call, and the endpoint rule still judges the vendor."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from vitrina_contracts.endpoints import goes_straight, parse_networks
from vitrina_contracts.source_file import WayOut
from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import SystemClock
from vitrina_sdk.errors import ConnectionFailed, EndpointRefused, PollError
from vitrina_sdk.http import VendorClient
from vitrina_sdk.testing.certificates import Authority
from vitrina_sdk.testing.proxy import Proxy

LOOPBACK = "127.0.0.0/8,::1/128"


async def ask(url: str, way_out: WayOut, private: str = LOOPBACK) -> bytes:
    client = VendorClient(Budget(1000, SystemClock()), parse_networks(private), 5, SystemClock(), way_out)
    try:
        await client.get(url)
        return await client.post_json(url, {"again": True})
    finally:
        await client.close()


async def failure_of(url: str, way_out: WayOut, private: str = LOOPBACK) -> PollError:
    with pytest.raises(PollError) as caught:
        await ask(url, way_out, private)
    return caught.value


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with Proxy() as running:
        yield running


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def _answer(_request: web.Request) -> web.Response:
    return web.Response(text="[]")


@pytest.fixture
async def vendor(authority: Authority) -> AsyncIterator[str]:
    """URL of a vendor whose certificate is the company's own."""
    app = web.Application()
    app.router.add_route("*", "/", _answer)
    served = TestServer(app, scheme="https")
    await served.start_server(ssl=authority.issue("localhost").server_context())
    yield f"https://localhost:{served.port}/"
    await served.close()


async def test_every_call_goes_through_the_proxy_and_trusts_the_companys_authority(
    vendor: str, proxy: Proxy, authority: Authority
) -> None:
    way_out = WayOut(https_proxy=proxy.url, ca_certificates=authority.pem)
    assert await ask(vendor, way_out) == b"[]"
    assert set(proxy.asked) == {vendor.removeprefix("https://").rstrip("/")}


async def test_plain_http_goes_through_the_proxy_too(proxy: Proxy) -> None:
    app = web.Application()
    app.router.add_route("*", "/", _answer)
    async with TestServer(app) as server:
        assert await ask(f"http://127.0.0.1:{server.port}/", WayOut(https_proxy=proxy.url)) == b"[]"
    assert proxy.asked


async def test_without_the_authority_the_vendor_is_not_trusted(vendor: str, proxy: Proxy) -> None:
    for way_out in (WayOut(), WayOut(https_proxy=proxy.url)):
        error = await failure_of(vendor, way_out)
        assert isinstance(error, ConnectionFailed)
        assert str(error) == "No trusted TLS connection to the vendor"


@pytest.mark.parametrize("url", ["https://127.0.0.1:1/", "https://localhost:1/", "http://169.254.169.254/latest/"])
async def test_the_proxy_is_not_asked_for_what_the_endpoint_rule_forbids(url: str, proxy: Proxy) -> None:
    assert isinstance(await failure_of(url, WayOut(https_proxy=proxy.url), private=""), EndpointRefused)
    assert proxy.asked == []


async def test_a_name_that_is_unknown_here_is_not_asked_for_there(proxy: Proxy) -> None:
    error = await failure_of("https://vendor.invalid/", WayOut(https_proxy=proxy.url))
    assert str(error) == "The vendor's name cannot be resolved"
    assert proxy.asked == []


async def test_what_needs_no_proxy_is_asked_straight(vendor: str, proxy: Proxy, authority: Authority) -> None:
    way_out = WayOut(https_proxy=proxy.url, no_proxy=("localhost",), ca_certificates=authority.pem)
    assert await ask(vendor, way_out) == b"[]"
    assert proxy.asked == []


async def test_a_proxy_that_wants_a_password_gets_it_and_nobody_else_sees_it(vendor: str, authority: Authority) -> None:
    async with Proxy("vitrina:canary-password") as proxy:
        way_out = WayOut(https_proxy=proxy.url, ca_certificates=authority.pem)
        assert await ask(vendor, way_out) == b"[]"
        assert "canary" not in repr(way_out)
        wrong = WayOut(https_proxy=proxy.url.replace("canary", "wrong"), ca_certificates=authority.pem)
        error = await failure_of(vendor, wrong)
    assert str(error) == "The proxy does not connect to the vendor"


async def test_a_proxy_that_is_away_is_told_apart_from_the_vendor(vendor: str) -> None:
    error = await failure_of(vendor, WayOut(https_proxy="http://127.0.0.1:1"))
    assert str(error) == "The proxy does not accept the connection"


@pytest.mark.parametrize(
    ("host", "straight"),
    [
        ("intra.example.org", True),
        ("EXAMPLE.ORG", True),
        ("notexample.org", False),
        ("10.1.2.3", True),
        ("11.1.2.3", False),
        ("::1", True),
        ("vendor.example.com", False),
    ],
)
def test_hosts_that_need_no_proxy_are_named_by_domain_or_network(host: str, *, straight: bool) -> None:
    assert goes_straight(host, (".example.org", "10.0.0.0/8", "::1")) is straight
