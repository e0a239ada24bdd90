"""Prometheus' admin API, which this service alone may reach: series are removed by it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vitrina_orchestrator.domain.errors import MonitoringError

_TIMEOUT_SECONDS: Final = 120.0
_ALWAYS: Final = "100y"
"""A range that begins before anything was measured."""


Model = TypeVar("Model", bound=BaseModel)


class _Sample(BaseModel):
    model_config = ConfigDict(frozen=True)

    metric: dict[str, str]
    value: tuple[float, str]


class _Data(BaseModel):
    result: list[_Sample]


class _Answer(BaseModel):
    data: _Data
    warnings: Annotated[list[str], Field(max_length=0)] = []
    """An incomplete answer must not count as an empty one."""


class _Names(BaseModel):
    data: list[str]


def prometheus_http_client(base_url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=base_url, timeout=httpx.Timeout(_TIMEOUT_SECONDS, connect=3), trust_env=False)


class PrometheusAdmin:
    """Implements the port `StoredSeries`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def count(self, selector: str, at: datetime) -> int:
        return _number(await self._query(f"count({selector})", at))

    async def left(self, selector: str, until: datetime | None) -> int:
        return _number(await self._query(f"count(last_over_time({selector}[{_ALWAYS}]))", until))

    async def platforms(self, selector: str) -> dict[str, int]:
        found = await self._query(f"count by (platform) (last_over_time({selector}[{_ALWAYS}]))", None)
        return {
            sample.metric["platform"]: int(float(sample.value[1])) for sample in found if "platform" in sample.metric
        }

    async def sources(self, selector: str) -> list[str]:
        answer = await self._ask("GET", "label/source/values", params={"match[]": selector})
        return _parsed(_Names, answer).data

    async def delete(self, selector: str, until: datetime | None) -> None:
        end = {} if until is None else {"end": f"{until.timestamp():.3f}"}
        await self._ask("POST", "admin/tsdb/delete_series", data={"match[]": selector, **end})

    async def clean_tombstones(self) -> None:
        await self._ask("POST", "admin/tsdb/clean_tombstones")

    async def _query(self, query: str, at: datetime | None) -> Sequence[_Sample]:
        time = {} if at is None else {"time": f"{at.timestamp():.3f}"}
        return _parsed(_Answer, await self._ask("POST", "query", data={"query": query, **time})).data.result

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = await self._client.request(method, f"/api/v1/{path}", **options)
        except httpx.HTTPError as error:
            raise MonitoringError(f"Prometheus does not answer: {type(error).__name__}") from None
        if answer.is_success:
            return answer
        if "admin APIs disabled" in answer.text:
            raise MonitoringError("Prometheus lets nobody remove series: start it with --web.enable-admin-api")
        raise MonitoringError(f"Prometheus answers {answer.status_code} to {path}")


def _number(samples: Sequence[_Sample]) -> int:
    return sum(int(float(sample.value[1])) for sample in samples)


def _parsed(model: type[Model], answer: httpx.Response) -> Model:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        raise MonitoringError(f"Prometheus' answer cannot be used: {error.error_count()} errors") from None
