"""Those who ask a registry, and bodies that fit."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final

import httpx
from fastapi import FastAPI

from vitrina_registry.app import Registry
from vitrina_registry.settings import RegistrySettings

ORCHESTRATOR_TOKEN: Final = "orchestrator-token-of-the-tests"
GATEWAY_TOKEN: Final = "gateway-token-of-the-tests"
ALERTING_TOKEN: Final = "alerting-token-of-the-tests"
V1: Final = "/api/registry/v1"
PUBLIC: Final = "http://8.8.8.8/api/list"
"""An address that the endpoint rule lets through, written so that no name service is asked."""
MAC: Final = "AA:BB:CC:DD:EE:01"

Rows = Callable[[str], Awaitable[list[dict[str, Any]]]]
"""What a query of the database answers."""
RunningRegistry = Callable[[RegistrySettings], AbstractAsyncContextManager[Registry]]
"""Starts a registry in this process, with the exporters of the first start."""


@dataclass(frozen=True)
class Asker:
    """Somebody who asks the API."""

    client: httpx.AsyncClient

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.client.request(method, f"{V1}{path}", **options)

    async def get(self, path: str) -> httpx.Response:
        return await self.ask("GET", path)

    async def post(self, path: str, body: Any) -> httpx.Response:
        return await self.ask("POST", path, json=body)

    async def put(self, path: str, body: Any, if_match: str = "*") -> httpx.Response:
        return await self.ask("PUT", path, json=body, headers={"If-Match": if_match})

    async def patch(self, path: str, body: Any, if_match: str = "*", **options: Any) -> httpx.Response:
        headers = {"If-Match": if_match} | options.pop("headers", {})
        return await self.ask("PATCH", path, json=body, headers=headers, **options)

    async def delete(self, path: str, if_match: str = "*") -> httpx.Response:
        return await self.ask("DELETE", path, headers={"If-Match": if_match})


def client_of(app: FastAPI, token: str | None) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://vitrina.test", headers=headers
    )


def cubic(name: str = "north", **fields: Any) -> dict[str, Any]:
    """Body of a source that fits."""
    return {"name": name, "config": {"api_url": f"{PUBLIC}?mac=", "macs": [MAC]}, **fields}


def addreality(name: str = "vendor", token: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"name": name, "config": {"api_url": PUBLIC, "api_token": token or "t"}, **fields}


def fields_of(answer: httpx.Response) -> list[str]:
    """Names of the fields that a refusal names."""
    return [error["field"] for error in answer.json()["errors"]]
