"""The way to a receiver: the company's proxy and authority serve it, and the endpoint rule judges each call."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from vitrina_contracts.endpoints import parse_networks
from vitrina_contracts.source_file import WayOut
from vitrina_gateway.adapters.webhook_receiver import OutsideWorld, WebhookReceiver
from vitrina_gateway.domain.webhook import Answer
from vitrina_sdk.testing.certificates import Authority
from vitrina_sdk.testing.proxy import Proxy

LOOPBACK = "127.0.0.0/8,::1/128"


async def sent(url: str, way_out: WayOut, private: str = LOOPBACK) -> Answer:
    receiver = WebhookReceiver(OutsideWorld(way_out, parse_networks(private)), url)
    try:
        await receiver.send({"webhook-id": "1"}, b"{}")
        return await receiver.send({"webhook-id": "2"}, b"{}")
    finally:
        await receiver.close()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with Proxy() as running:
        yield running


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
async def server(authority: Authority) -> AsyncIterator[Any]:
    """Takes what is sent; its certificate is the company's own, for the name."""
    hosts: list[str] = []

    async def take(request: web.Request) -> web.Response:
        hosts.append(request.host)
        answer = web.Response(status=int(request.query.get("status", 204)))
        answer.headers["Retry-After"] = "60"
        return answer

    app = web.Application()
    app.router.add_post("/", take)
    app["hosts"] = hosts
    served = TestServer(app, scheme="https")
    await served.start_server(ssl=authority.issue("localhost").server_context())
    yield served
    await served.close()


def url_of(server: Any, query: str = "") -> str:
    return f"https://localhost:{server.port}/{query}"


async def test_a_receiver_is_called_at_its_judged_address_by_its_name(server: Any, authority: Authority) -> None:
    answer = await sent(url_of(server), WayOut(ca_certificates=authority.pem))
    assert (answer.status, answer.is_taken) == (204, True)
    assert server.app["hosts"] == [f"localhost:{server.port}"] * 2


async def test_the_companys_proxy_is_used_unless_the_host_needs_none(
    server: Any, authority: Authority, proxy: Proxy
) -> None:
    way_out = WayOut(https_proxy=proxy.url, ca_certificates=authority.pem)
    assert (await sent(url_of(server), way_out)).is_taken
    assert set(proxy.asked) == {f"localhost:{server.port}"}
    asked = len(proxy.asked)
    assert (await sent(url_of(server), way_out.model_copy(update={"no_proxy": ("localhost",)}))).is_taken
    assert len(proxy.asked) == asked


async def test_an_unknown_authority_is_told_as_tls(server: Any) -> None:
    assert await sent(url_of(server), WayOut()) == Answer(reason="tls")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://localhost:1/", "endpoint_refused"),
        ("http://169.254.169.254/latest", "endpoint_refused"),
        ("http://[::ffff:10.0.0.1]/", "endpoint_refused"),
        ("https://receiver.invalid/", "name_not_resolved"),
    ],
)
async def test_what_the_rule_forbids_is_called_neither_straight_nor_through_the_proxy(
    url: str, reason: str, proxy: Proxy
) -> None:
    for way_out in (WayOut(), WayOut(https_proxy=proxy.url)):
        assert await sent(url, way_out, private="") == Answer(reason=reason)
    assert proxy.asked == []


async def test_who_is_not_there_and_who_asks_for_a_pause_are_told_apart(server: Any, authority: Authority) -> None:
    assert await sent("http://127.0.0.1:1/", WayOut()) == Answer(reason="not_reachable")
    busy = await sent(url_of(server, "?status=429"), WayOut(ca_certificates=authority.pem))
    assert busy == Answer(status=429, reason="http_429", retry_after=60)
