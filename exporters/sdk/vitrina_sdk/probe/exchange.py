"""Questions and answers of one probe, kept as they were until they are redacted."""

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import msgspec
from vitrina_contracts.endpoints import Network
from vitrina_contracts.source_file import WayOut
from yarl import URL

from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import Clock
from vitrina_sdk.http import DIRECT, VendorClient


class Exchange(msgspec.Struct):
    """Without the headers of the question: they hold credentials. Of the answer's only those about the rate."""

    method: str
    path: str
    query: list[tuple[str, str]]
    asked: Any
    """JSON of the question's body; null without one."""
    status: int
    rate_headers: dict[str, str]
    answered: Any
    """JSON of the answer's body; null when it is none."""


class Recording(msgspec.Struct):
    """A file of these is what the simulator replays."""

    platform: str
    exchanges: list[Exchange]


class RecordingClient(VendorClient):
    """The SDK's own client, which remembers."""

    def __init__(
        self, budget: Budget, allowed: Sequence[Network], timeout: float, clock: Clock, way_out: WayOut = DIRECT
    ) -> None:
        super().__init__(budget, allowed, timeout, clock, way_out)
        self.exchanges: list[Exchange] = []

    def heard(
        self, method: str, target: URL, body: bytes | None, response: aiohttp.ClientResponse, content: bytes
    ) -> None:
        """Called for every answer."""
        self.exchanges.append(
            Exchange(
                method=method,
                path=target.path,
                query=list(target.query.items()),
                asked=_json(body or b""),
                status=response.status,
                rate_headers=_about_the_rate(response.headers),
                answered=_json(content),
            )
        )


def _json(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content) if content else None
    except (msgspec.DecodeError, RecursionError):
        return None


def _about_the_rate(headers: Mapping[str, str]) -> dict[str, str]:
    names = ("ratelimit", "rate-limit", "retry-after")
    return {name.lower(): value for name, value in headers.items() if any(part in name.lower() for part in names)}
