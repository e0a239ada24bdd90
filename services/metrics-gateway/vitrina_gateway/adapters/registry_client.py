"""The registry's internal routes: which sources there are, and what people know of devices."""

from typing import Final, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError
from vitrina_contracts.availability import AvailabilityPart, AvailabilityTask
from vitrina_contracts.exporter import KnownSource
from vitrina_contracts.facts import FactsDelta
from vitrina_contracts.webhook import Webhook
from vitrina_contracts.work import WorkDelta

from vitrina_gateway.use_cases.ports import RegistryError

_sources: Final = TypeAdapter(list[KnownSource])
_facts: Final = TypeAdapter(FactsDelta)
_work: Final = TypeAdapter(WorkDelta)
_days: Final = TypeAdapter(list[AvailabilityTask])
_webhooks: Final = TypeAdapter(list[Webhook])
_names: Final = TypeAdapter(frozenset[str])
Read = TypeVar("Read")


class RegistryClient:
    """Implements the port `Registry`. `token`: this service's own, for the registry's internal listener."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.AsyncClient(base_url=url, timeout=5, headers=headers, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def known_sources(self) -> list[KnownSource]:
        return await self._read("/internal/v1/sources", _sources)

    async def facts(self, since: int) -> FactsDelta:
        return await self._read(f"/internal/v1/facts?since={since}", _facts)

    async def work_states(self, since: int) -> WorkDelta:
        return await self._read(f"/internal/v1/work-states?since={since}", _work)

    async def hidden_sources(self) -> frozenset[str]:
        return await self._read("/internal/v1/hidden-sources", _names)

    async def webhooks(self) -> list[Webhook]:
        return await self._read("/internal/v1/webhooks", _webhooks)

    async def availability_tasks(self) -> list[AvailabilityTask]:
        return await self._read("/internal/v1/availability", _days)

    async def store_availability(self, part: AvailabilityPart) -> None:
        content, headers = part.model_dump_json().encode(), {"Content-Type": "application/json"}
        try:
            response = await self._client.post("/internal/v1/availability", content=content, headers=headers)
        except httpx.HTTPError as error:
            raise RegistryError(type(error).__name__) from None
        if not response.is_success:
            raise RegistryError(f"HTTP {response.status_code}")

    async def _read(self, path: str, what: TypeAdapter[Read]) -> Read:
        """What a later version of the registry says more is left aside."""
        try:
            response = await self._client.get(path)
            return what.validate_json(response.raise_for_status().content, extra="ignore")
        except httpx.HTTPStatusError as error:
            raise RegistryError(f"HTTP {error.response.status_code}") from None
        except (httpx.HTTPError, ValidationError) as error:
            raise RegistryError(type(error).__name__) from None
