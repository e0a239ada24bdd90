"""The endpoint rule at connect time: every address that a vendor's name resolves to is checked, then connected to.

A check when the source was saved is not enough: a name may resolve to something else today.
"""

import socket
from collections.abc import Sequence
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from vitrina_contracts.endpoints import Network, is_refused
from yarl import URL

from vitrina_sdk.errors import EndpointRefused

_REFUSAL = "The endpoint leads to an address that is not allowed (private, loopback, link-local or reserved)"


class GuardedResolver(AbstractResolver):
    """Resolves names and refuses them when one of their addresses is forbidden."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        results = await self._resolver.resolve(host, port, family)
        if any(is_refused(result["host"], self._allowed) for result in results):
            raise EndpointRefused(_REFUSAL)
        return results

    async def close(self) -> None:
        await self._resolver.close()


def check_literal_address(url: URL, allowed: Sequence[Network]) -> None:
    """Refuses a forbidden address that is written out in the URL: aiohttp asks no resolver for those."""
    try:
        address = ip_address((url.host or "").partition("%")[0])
    except ValueError:
        return
    if is_refused(str(address), allowed):
        raise EndpointRefused(_REFUSAL)
