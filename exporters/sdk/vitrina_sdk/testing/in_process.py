"""A simulated vendor without sockets, for tests in virtual time: all but the HTTP exchange is the real thing."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from vitrina_contracts.endpoints import Network
from vitrina_contracts.source_file import WayOut
from yarl import URL

from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import Clock
from vitrina_sdk.errors import PollError
from vitrina_sdk.http import VendorClient
from vitrina_sdk.testing.simulator import Answer, Request, VendorApi

NO_FAULTS: Final[frozenset[str]] = frozenset()


def _never() -> PollError | None:
    return None


class InProcessVendor:
    """Answers after `latency` seconds, of which a random part passes before it sees the request."""

    def __init__(self, api: VendorApi, latency: tuple[float, float], seed: int = 1) -> None:
        self.api = api
        self.latency = latency
        self.seen: list[float] = []
        """When each request was seen, in seconds of the loop."""
        self.faults = NO_FAULTS
        """Of the content, as the simulator knows them."""
        self.failure: Callable[[], PollError | None] = _never
        """What the client raises in place of an answer, if anything: a fault of the transport."""
        self._random = random.Random(seed)  # noqa: S311 - a simulation

    def connect(
        self, budget: Budget, allowed: Sequence[Network], timeout: float, clock: Clock, _way_out: WayOut
    ) -> VendorClient:
        return _Client(self, budget, allowed, timeout, clock)

    async def answer(self, request: Request) -> Answer:
        takes = self._random.uniform(*self.latency)
        before = takes * self._random.random()
        await asyncio.sleep(before)
        self.seen.append(asyncio.get_running_loop().time())
        failure, answer = self.failure(), self.api.answer(request, self.faults)
        await asyncio.sleep(takes - before)
        if failure is not None:
            raise failure
        return answer

    def busiest_second(self) -> int:
        """The most requests seen in any one second."""
        most, window = 0, deque[float]()
        for moment in sorted(self.seen):
            window.append(moment)
            while moment - window[0] >= 1:
                window.popleft()
            most = max(most, len(window))
        return most

    def longest_silence(self) -> float:
        """Seconds."""
        return max(later - earlier for earlier, later in pairwise(self.seen))


class _Client(VendorClient):
    """The SDK's client with a call in place of the connection."""

    def __init__(
        self, vendor: InProcessVendor, budget: Budget, allowed: Sequence[Network], timeout: float, clock: Clock
    ) -> None:
        super().__init__(budget, allowed, timeout, clock)
        self._vendor = vendor

    async def _exchange(
        self, method: str, target: URL, headers: Mapping[str, str] | None, body: bytes | None, max_body: int
    ) -> bytes:
        del max_body
        sent = {name.lower().encode(): value.encode() for name, value in (headers or {}).items()}
        request = Request(method, target.path, target.query_string, sent, body or b"")
        return (await self._vendor.answer(request)).body
