"""How a vendor is reached: straight, or through the company's proxy, and which certificates are trusted.

The endpoint rule judges the vendor's own address either way. A proxy resolves names by itself, so before a request goes
to it the name is resolved here and judged; a name that cannot be resolved here is not asked for there.
"""

import functools
import ssl
from collections.abc import Sequence
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import ThreadedResolver
from vitrina_contracts.endpoints import Network, goes_straight, is_literal
from vitrina_contracts.source_file import WayOut
from yarl import URL

from vitrina_sdk.addresses import GuardedResolver, check_literal_address
from vitrina_sdk.clock import Clock

MAX_CONNECTIONS: Final = 64
_KNOWN_SECONDS: Final = 60
"""How long a resolved name counts, as in aiohttp's own cache."""


class Ways:
    """Sessions of one source. `options` are those of aiohttp's session."""

    def __init__(self, way_out: WayOut, allowed: Sequence[Network], clock: Clock, **options: Any) -> None:
        self._allowed = allowed
        self._clock = clock
        self._no_proxy = way_out.no_proxy
        self._judge = GuardedResolver(allowed)
        self._judged: dict[str, float] = {}
        """Names that may be asked for, and until when."""
        trust = _trust(way_out.ca_certificates)
        self._straight = aiohttp.ClientSession(connector=_connector(GuardedResolver(allowed), trust=trust), **options)
        self._proxied = (
            # Its resolver sees the proxy's name alone, which the admin has chosen: no endpoint of a source.
            aiohttp.ClientSession(
                connector=_connector(ThreadedResolver(), trust=trust), proxy=way_out.https_proxy, **options
            )
            if way_out.https_proxy
            else None
        )

    async def session_for(self, target: URL) -> aiohttp.ClientSession:
        """Raises:
        EndpointRefused: the address of the target is forbidden.
        OSError: its name cannot be resolved.
        """
        check_literal_address(target, self._allowed)
        host = target.host or ""
        if self._proxied is None or goes_straight(host, self._no_proxy):
            return self._straight
        if not is_literal(host) and self._judged.get(host, 0) < self._clock.monotonic():
            await self._judge.resolve(host)
            self._judged[host] = self._clock.monotonic() + _KNOWN_SECONDS
        return self._proxied

    async def close(self) -> None:
        await self._straight.close()
        await self._judge.close()
        if self._proxied is not None:
            await self._proxied.close()


@functools.cache
def _trust(certificates: str) -> ssl.SSLContext | bool:
    """This machine's authorities, and the given ones; one for all sources, since it takes a megabyte."""
    if not certificates:
        return True
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=certificates)
    return context


def _connector(resolver: AbstractResolver, *, trust: ssl.SSLContext | bool) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(
        resolver=resolver, ssl=trust, limit=MAX_CONNECTIONS, keepalive_timeout=75, ttl_dns_cache=_KNOWN_SECONDS
    )
