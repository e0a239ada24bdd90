"""What Swarm adds to an engine's verbs. aiodocker covers a part of it and reshapes bodies: one request serves all."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import aiohttp
from aiodocker.exceptions import DockerError

from vitrina_orchestrator.adapters.engine import Engine
from vitrina_orchestrator.domain.errors import EngineUnreachableError, InstanceBusyError

_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_OUT_OF_SEQUENCE: Final = "out of sequence"
_LOG_SECONDS: Final = 2.0
"""A machine that is gone would keep a log waiting."""


class SwarmEngine(Engine):
    """Of a manager. `async with` it."""

    async def services(self, labels: Mapping[str, str | None]) -> Sequence[Mapping[str, Any]]:
        async with self._call():
            return list(await self._ask("GET", "services", params=_filters(label=_labels(labels))))

    async def service(self, name: str) -> Mapping[str, Any] | None:
        async with self._call():
            try:
                found: Mapping[str, Any] = await self._ask("GET", f"services/{name}")
            except DockerError as error:
                if error.status == _NOT_FOUND:
                    return None
                raise
            return found

    async def create_service(self, body: Mapping[str, Any]) -> str:
        """Its id. Raises `InstanceBusyError` when the name is taken."""
        async with self._call():
            try:
                return str((await self._ask("POST", "services/create", body))["ID"])
            except DockerError as error:
                if error.status == _CONFLICT:
                    raise InstanceBusyError(f"there is a service named {body['Name']} already") from error
                raise

    async def update_service(self, service: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        """Raises `InstanceBusyError` when it is not the version any more that was read."""
        params = {"version": str(service["Version"]["Index"])}
        async with self._call():
            try:
                await self._ask("POST", f"services/{service['ID']}/update", body, params)
            except DockerError as error:
                if _OUT_OF_SEQUENCE in str(error.message):
                    raise InstanceBusyError("another orchestrator works on it") from error
                raise

    async def delete_service(self, service: str) -> None:
        await self._delete(f"services/{service}")

    async def tasks(self, **filters: Collection[str]) -> Sequence[Mapping[str, Any]]:
        """With these ids (`id`) or of these services (`service`); none for no id at all."""
        if not all(filters.values()):
            return []
        async with self._call():
            try:
                return list(await self._ask("GET", "tasks", params=_filters(**filters)))
            except DockerError as error:
                if error.status == _NOT_FOUND:  # a service has just been removed
                    return []
                raise

    async def secrets(self, labels: Mapping[str, str | None]) -> Sequence[Mapping[str, Any]]:
        async with self._call():
            return list(await self._ask("GET", "secrets", params=_filters(label=_labels(labels))))

    async def create_secret(self, name: str, content: bytes, labels: Mapping[str, str]) -> None:
        """One of this name that is there already is left: names tell their content."""
        body = {"Name": name, "Labels": labels, "Data": base64.b64encode(content).decode()}
        async with self._call():
            try:
                await self._ask("POST", "secrets/create", body)
            except DockerError as error:
                if error.status != _CONFLICT:
                    raise

    async def delete_secret(self, secret: str) -> None:
        await self._delete(f"secrets/{secret}")

    async def ensure_overlay(self, name: str, *, internal: bool, label: Mapping[str, str]) -> None:
        """Attachable, for a Prometheus that is no service, and for containers that try a source."""
        if await self.has_network(name):
            return
        body = {"Name": name, "Driver": "overlay", "Attachable": True, "Internal": internal, "Labels": label}
        async with self._call():
            try:
                await self._ask("POST", "networks/create", body)
            except DockerError as error:
                if error.status != _CONFLICT:
                    raise

    async def service_log(self, service: str, tail: int) -> str:
        """Of all its tasks that are left, each line behind its time; empty while a machine of theirs is silent."""
        options = {"stdout": True, "stderr": True, "timestamps": True, "tail": str(tail)}
        async with self._call():
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOG_SECONDS):
                    return "".join(await self._docker.services.logs(service, **options))
            return ""

    async def follow_service_log(self, service: str, tail: int) -> AsyncGenerator[str]:
        pieces = self._docker.services.logs(service, stdout=True, stderr=True, follow=True, tail=str(tail))
        try:
            async for piece in pieces:
                yield piece
        except (TimeoutError, DockerError, aiohttp.ClientError, OSError) as error:
            raise EngineUnreachableError("the container engine stopped telling the log") from error
        finally:
            await pieces.aclose()

    async def _delete(self, path: str) -> None:
        async with self._call():
            try:
                async with self._docker._query(path, method="DELETE"):  # noqa: SLF001 - its answer is no JSON
                    return
            except DockerError as error:
                if error.status != _NOT_FOUND:
                    raise

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, params: Mapping[str, str] | None = None
    ) -> Any:
        data = json.dumps(body) if body is not None else None
        return await self._docker._query_json(path, method=method, params=params, data=data)  # noqa: SLF001 - see above


def _labels(labels: Mapping[str, str | None]) -> list[str]:
    return [key if value is None else f"{key}={value}" for key, value in labels.items()]


def _filters(**filters: Collection[str]) -> dict[str, str]:
    return {"filters": json.dumps({key: list(values) for key, values in filters.items()})}
