"""The registry's internal route that says which sources there are."""

from typing import Final

import httpx
from pydantic import TypeAdapter, ValidationError
from vitrina_contracts.exporter import KnownSource

from vitrina_gateway.use_cases.ports import RegistryError

_sources: Final = TypeAdapter(list[KnownSource])


class RegistryClient:
    """Implements the port `Registry`. `token`: this service's own, for the registry's internal listener."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.AsyncClient(base_url=url, timeout=5, headers=headers, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def known_sources(self) -> list[KnownSource]:
        try:
            response = await self._client.get("/internal/v1/sources")
            response.raise_for_status()
            return _sources.validate_json(response.content)
        except httpx.HTTPStatusError as error:
            raise RegistryError(f"HTTP {error.response.status_code}") from None
        except (httpx.HTTPError, ValidationError) as error:
            raise RegistryError(type(error).__name__) from None
