"""Prometheus' own API, asked for others: bytes as they come, bounded in time and size."""

from typing import Final

import httpx

from vitrina_gateway.use_cases.ports import Form, MonitoringError, RawAnswer

_LONGEST_SECONDS: Final = 10
_LARGEST_BYTES: Final = 64 << 20
_TIMED: Final = frozenset({"query", "query_range"})
_READ: Final = frozenset({"metadata", "status/buildinfo"})
"""Routes of Prometheus that take no form."""
_TOLD: Final = frozenset({200, 400, 422, 503})
"""With these Prometheus answers in its own envelope."""


class RawPrometheusClient:
    """Implements the port `RawPrometheus`."""

    def __init__(self, url: str) -> None:
        deadline = httpx.Timeout(_LONGEST_SECONDS + 2, connect=2)
        self._client = httpx.AsyncClient(base_url=url, timeout=deadline, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(self, route: str, form: Form) -> RawAnswer:
        form = [*form, ("timeout", f"{_LONGEST_SECONDS}s")] if route in _TIMED else form
        try:
            response = await self._client.send(self._request(route, form), stream=True)
            try:
                if response.status_code not in _TOLD or "json" not in response.headers.get("content-type", ""):
                    raise MonitoringError(f"HTTP {response.status_code}")
                return RawAnswer(response.status_code, await _body(response))
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise MonitoringError(type(error).__name__) from None

    def _request(self, route: str, form: Form) -> httpx.Request:
        """Forms are posted, as queries may be longer than an address; some routes can only be read."""
        url = f"/api/v1/{route}"
        if route in _READ or route.startswith("label/"):
            return self._client.build_request("GET", url, params=list(form))
        data: dict[str, list[str]] = {}
        for name, value in form:
            data.setdefault(name, []).append(value)
        return self._client.build_request("POST", url, data=data)


async def _body(response: httpx.Response) -> bytes:
    parts = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > _LARGEST_BYTES:
            raise MonitoringError("the answer is too large")
        parts.append(part)
    return b"".join(parts)
