"""Asks exporters about themselves."""

from typing import Final

import httpx
from pydantic import ValidationError
from vitrina_contracts.exporter import ExporterSelfStatus

_TIMEOUT_SECONDS: Final = 1.0
_LONGEST_ANSWER_BYTES: Final = 4 * 1024 * 1024


def exporter_http_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False)


class ExporterClient:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def ask(self, address: str) -> ExporterSelfStatus | None:
        try:
            answer = await self._client.get(f"http://{address}/status")
        except httpx.HTTPError:
            return None
        if answer.status_code != httpx.codes.OK or len(answer.content) > _LONGEST_ANSWER_BYTES:
            return None
        try:
            return ExporterSelfStatus.model_validate_json(answer.content)
        except ValidationError:
            return None
