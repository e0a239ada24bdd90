"""Asks exporters about themselves."""

from typing import Final

import httpx
from pydantic import ValidationError
from vitrina_contracts.exporter import ExporterSelfStatus

from vitrina_orchestrator.domain.desired import InstanceSpec

_TIMEOUT_SECONDS: Final = 1.0
_LONGEST_ANSWER_BYTES: Final = 4 * 1024 * 1024


def exporter_http_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False)


def _of_foreign(spec: InstanceSpec, revision: int | None) -> ExporterSelfStatus:
    """A program that somebody else wrote only tells that it is well; it was started with what lies there for it."""
    return ExporterSelfStatus(
        exporter=spec.exporter, platform=spec.platform, version=spec.image, config_revision=revision, sources=[]
    )


class ExporterClient:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def ask(self, address: str, spec: InstanceSpec, revision: int | None = None) -> ExporterSelfStatus | None:
        foreign = spec.program
        try:
            answer = await self._client.get(f"http://{address}{foreign.health_path if foreign else '/status'}")
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
        if foreign is not None:
            return _of_foreign(spec, revision) if answer.status_code == httpx.codes.OK else None
        if answer.status_code != httpx.codes.OK or len(answer.content) > _LONGEST_ANSWER_BYTES:
            return None
        try:
            return ExporterSelfStatus.model_validate_json(answer.content)
        except ValidationError:
            return None
