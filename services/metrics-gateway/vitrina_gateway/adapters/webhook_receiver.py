"""Calls a webhook's receiver: by the endpoint rule, through the company's proxy, trusting its authority.

A name is resolved here and the call goes to the very address that was judged, so that a name which means something else
a moment later leads nowhere. Neither the URL nor the receiver's words are logged or shown.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx
from vitrina_contracts.endpoints import Network, goes_straight, is_literal, is_refused
from vitrina_contracts.source_file import WayOut
from vitrina_contracts.webhook import Webhook

from vitrina_gateway.domain.webhook import Answer

_PATIENCE_SECONDS: Final = 10.0
_MOST_ANSWER_BYTES: Final = 16_384
"""An answer is read so that the connection can be used again, and left when it is longer."""


class OutsideWorld:
    """How receivers are reached from this installation."""

    def __init__(self, way_out: WayOut, allowed: Sequence[Network]) -> None:
        self.allowed = allowed
        self.proxy = way_out.https_proxy
        self.no_proxy = way_out.no_proxy
        self.trust = ssl.create_default_context()
        if way_out.ca_certificates:
            self.trust.load_verify_locations(cadata=way_out.ca_certificates)

    def receiver(self, webhook: Webhook) -> "WebhookReceiver":
        return WebhookReceiver(self, webhook.url)


class WebhookReceiver:
    """Implements `Receiver`. Each has its own connections: one to an address is bound to the name it was made for."""

    def __init__(self, world: OutsideWorld, url: str) -> None:
        self._world = world
        self._url = httpx.URL(url)
        is_straight = world.proxy is None or goes_straight(self._url.host, world.no_proxy)
        self._proxy = None if is_straight else world.proxy
        self._client = httpx.AsyncClient(
            verify=world.trust,
            timeout=_PATIENCE_SECONDS,
            trust_env=False,
            proxy=self._proxy,
            limits=httpx.Limits(max_connections=2, keepalive_expiry=60),
        )

    async def send(self, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await self._sent(headers, body)
        except TimeoutError:
            return Answer(reason="timeout")

    async def close(self) -> None:
        await self._client.aclose()

    async def _sent(self, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            addresses = await _addresses(self._url.host)
        except (OSError, UnicodeError):
            return Answer(reason="name_not_resolved")
        if any(is_refused(address, self._world.allowed) for address in addresses):
            return Answer(reason="endpoint_refused")
        try:
            async with self._client.stream("POST", content=body, **self._target(headers, addresses[0])) as response:
                await _read_little(response)
        except httpx.TimeoutException:
            return Answer(reason="timeout")
        except httpx.ConnectError as error:
            return Answer(reason="tls" if _is_about_tls(error) else "not_reachable")
        except (httpx.HTTPError, httpx.InvalidURL):
            return Answer(reason="broken_answer")
        return _answer(response)

    def _target(self, headers: Mapping[str, str], address: str) -> dict[str, Any]:
        """A proxy resolves the name by itself; straight, the judged address is called in the name's stead."""
        if self._proxy is not None:
            return {"url": self._url, "headers": dict(headers)}
        return {
            "url": self._url.copy_with(host=address),
            "headers": {**headers, "Host": self._url.netloc.decode("ascii")},
            "extensions": {"sni_hostname": self._url.host},
        }


async def _addresses(host: str) -> list[str]:
    """Raises `OSError`, `UnicodeError`."""
    if is_literal(host):
        return [host]
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


async def _read_little(response: httpx.Response) -> None:
    read = 0
    async for part in response.aiter_raw():
        read += len(part)
        if read > _MOST_ANSWER_BYTES:
            return


def _is_about_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _answer(response: httpx.Response) -> Answer:
    status = response.status_code
    asked = response.headers.get("retry-after", "")
    return Answer(
        status=status,
        reason=None if response.is_success else f"http_{status}",
        retry_after=float(asked) if asked.isdecimal() and len(asked) < 6 else None,  # noqa: PLR2004 - a day at most
    )
