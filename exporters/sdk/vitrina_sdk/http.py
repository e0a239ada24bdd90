"""HTTP to a vendor whose answers are not to be trusted: bounded in time, size and number; no redirects."""

import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
import msgspec
from vitrina_contracts.endpoints import Network
from vitrina_contracts.source_file import WayOut
from yarl import URL

from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import Clock
from vitrina_sdk.errors import (
    BadPayload,
    ConfigurationError,
    ConnectionFailed,
    EndpointRefused,
    PayloadTooLarge,
    PollError,
    RateLimited,
    ServerFailed,
    Timeout,
    Unauthorized,
    UnexpectedStatus,
)
from vitrina_sdk.way_out import Ways

MAX_BODY: Final = 64 * 1024 * 1024
"""Bytes after decoding."""
DIRECT: Final = WayOut()
_PIECE: Final = 64 * 1024
_OK: Final = 200
_ENDLESS: Final = float("inf")
_REDIRECTS: Final = range(300, 400)
_SERVER_ERRORS: Final = range(500, 600)


class VendorClient:
    """Keep-alive client of one source. Each request waits for the source's budget and ends within `timeout` seconds."""

    def __init__(
        self, budget: Budget, allowed: Sequence[Network], timeout: float, clock: Clock, way_out: WayOut = DIRECT
    ) -> None:
        self.budget = budget
        self.timeout = timeout
        self.clock = clock
        self.sent = 0
        """Requests sent so far."""
        self.patience = _ENDLESS
        """Seconds that the requests together may still take; the waits for the budget do not count."""
        self._ways = Ways(
            way_out,
            allowed,
            clock,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=timeout),
            headers={"User-Agent": "vitrina-exporter", "Accept": "application/json"},
            trust_env=False,
        )

    async def get(self, url: str, headers: Mapping[str, str] | None = None, max_body: int = MAX_BODY) -> bytes:
        """The decoded body of a 200 answer, of `max_body` bytes at most. Raises a `PollError` for everything else."""
        return await self._request("GET", url, headers, None, max_body)

    async def post_json(self, url: str, body: Any, headers: Mapping[str, str] | None = None) -> bytes:
        """As `get`, with a JSON body, for a call that only reads: it is sent again if a kept connection was closed."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        content = msgspec.json.encode(body)
        try:
            return await self._request("POST", url, sent, content, MAX_BODY)
        except ConnectionFailed as error:
            if not isinstance(error.__cause__, aiohttp.ServerDisconnectedError | ConnectionResetError):
                raise
        return await self._request("POST", url, sent, content, MAX_BODY)

    async def close(self) -> None:
        await self._ways.close()

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str] | None, body: bytes | None, max_body: int
    ) -> bytes:
        target = _parse(url)
        async with self.budget.request():
            if self.patience <= 0:
                raise Timeout("The vendor is too slow: the list was not read to its end in time")
            self.sent += 1
            return await self._exchange(method, target, headers, body, max_body)

    async def _exchange(
        self, method: str, target: URL, headers: Mapping[str, str] | None, body: bytes | None, max_body: int
    ) -> bytes:
        started = self.clock.monotonic()
        try:
            session = await self._ways.session_for(target)
            async with session.request(method, target, headers=headers, data=body, allow_redirects=False) as response:
                content = await _read(response, max_body) if response.status == _OK else b""
                self.heard(method, target, body, response, content)
                if response.status != _OK:
                    raise self._refusal(response)
                return content
        except TimeoutError as error:
            raise Timeout(f"The vendor gave no whole answer within {self.timeout:g} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _translate(error) from error
        finally:
            self.patience -= self.clock.monotonic() - started

    def heard(
        self, method: str, target: URL, body: bytes | None, response: aiohttp.ClientResponse, content: bytes
    ) -> None:
        """Told of every answer; of one that is no 200 without its content."""

    def _refusal(self, response: aiohttp.ClientResponse) -> PollError:
        status = response.status
        if status in (401, 403):
            return Unauthorized(f"The vendor refuses the credentials ({status})")
        if status == 429:  # noqa: PLR2004 - Too Many Requests
            # A time in it is the vendor's, whose clock may be wrong: so is the one that it counts from.
            now = parse_http_date(response.headers.get("Date", "")) or self.clock.wall()
            retry_after = parse_retry_after(response.headers.get("Retry-After"), now)
            return RateLimited("The vendor asks for fewer requests (429)", retry_after)
        if status in _SERVER_ERRORS:
            return ServerFailed(f"The vendor answered {status}")
        if status in _REDIRECTS:
            return UnexpectedStatus(f"The vendor answered with a redirect ({status}), which is not followed")
        return UnexpectedStatus(f"The vendor answered {status}")


Connect = Callable[[Budget, Sequence[Network], float, Clock, WayOut], VendorClient]
"""How a source gets its client."""


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait, from delta-seconds or an HTTP date; null when absent or unreadable."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    moment = parse_http_date(value)
    return None if moment is None else max(0.0, moment - now)


def parse_http_date(value: str) -> float | None:
    """Unix seconds; null for what is no date."""
    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None


def _parse(url: str) -> URL:
    try:
        parsed = URL(url)
    except ValueError as error:
        raise ConfigurationError("The endpoint is not a valid URL") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ConfigurationError("The endpoint is not an http or https URL")
    return parsed


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body, piece by piece, so that an endless or a bloated one costs no more than the limit."""
    pieces: list[bytes] = []
    size = response.content_length or 0
    if size <= limit:
        size = 0
        async for piece in response.content.iter_chunked(_PIECE):
            size += len(piece)
            if size > limit:
                break
            pieces.append(piece)
    if size > limit:
        response.close()
        raise PayloadTooLarge(f"The vendor's answer is larger than {limit // 2**20} MiB")
    return b"".join(pieces)


def _translate(error: Exception) -> PollError:
    """What aiohttp raises, in our words. Its own messages name hosts and URLs, so none is passed on."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, EndpointRefused):
            return cause
        cause = cause.__cause__
    for kinds, meaning, message in _MEANINGS:
        if isinstance(error, kinds):
            return meaning(message)
    return ConnectionFailed("The connection to the vendor broke")


_MEANINGS: Final[tuple[tuple[tuple[type[Exception], ...], type[PollError], str], ...]] = (
    ((aiohttp.InvalidURL,), ConfigurationError, "The endpoint is not a valid URL"),
    ((aiohttp.ClientProxyConnectionError,), ConnectionFailed, "The proxy does not accept the connection"),
    ((aiohttp.ClientHttpProxyError,), ConnectionFailed, "The proxy does not connect to the vendor"),
    ((aiohttp.ClientConnectorDNSError, socket.gaierror), ConnectionFailed, "The vendor's name cannot be resolved"),
    ((aiohttp.ClientSSLError, ssl.SSLError), ConnectionFailed, "No trusted TLS connection to the vendor"),
    ((aiohttp.ClientConnectorError,), ConnectionFailed, "The vendor does not accept the connection"),
    ((aiohttp.http_exceptions.ContentEncodingError,), BadPayload, "The vendor's answer cannot be decoded"),
    ((aiohttp.ClientPayloadError,), ConnectionFailed, "The vendor's answer was cut off"),
    ((aiohttp.ClientResponseError,), BadPayload, "The vendor's answer is not HTTP"),
)
"""The first that fits counts: special kinds come before the general ones."""
