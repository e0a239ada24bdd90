"""Which address a name has that may be probed: resolved here, checked by the endpoint rule, kept for a minute."""

import asyncio
import ipaddress
import socket
import time
from collections.abc import Callable, Sequence
from typing import Final

from vitrina_contracts.endpoints import Network, is_refused

_KEPT_SECONDS: Final = 60.0
_FAILED_SECONDS: Final = 10.0
_PATIENCE_SECONDS: Final = 2.0
_AT_ONCE: Final = 16
_MOST_KEPT: Final = 20_000

Resolve = Callable[[str], Sequence[str]]
"""Blocking; raises `OSError`."""


def system_addresses(host: str) -> Sequence[str]:
    """IPv4 first: what is probed is more often reached by it."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(info[4][0]) for info in sorted(found, key=lambda info: info[0] != socket.AF_INET)]


class Addresses:
    """One refused address among several is enough to refuse the name: nobody knows which one would be taken."""

    def __init__(self, allowed: Sequence[Network], resolve: Resolve = system_addresses) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._known: dict[str, tuple[str | None, float]] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def find(self, host: str) -> str | None:
        """Null while it does not resolve in time, or leads where probes may not go."""
        known, until = self._known.get(host, (None, 0.0))
        if time.monotonic() < until:
            return known
        found = await self._checked(host)
        while len(self._known) >= _MOST_KEPT:
            del self._known[next(iter(self._known))]
        self._known[host] = found, time.monotonic() + (_KEPT_SECONDS if found else _FAILED_SECONDS)
        return found

    async def _checked(self, host: str) -> str | None:
        addresses = [host] if _is_address(host) else await self._resolved(host)
        if not addresses or any(is_refused(address, self._allowed) for address in addresses):
            return None
        return addresses[0]

    async def _resolved(self, host: str) -> Sequence[str]:
        try:
            async with self._places, asyncio.timeout(_PATIENCE_SECONDS):
                return await asyncio.to_thread(self._resolve, host)
        except (OSError, TimeoutError, UnicodeError):
            return []


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
