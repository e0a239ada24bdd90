"""The orchestrator's internal interface: it alone can read an exporter's log, and run an exporter's client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import structlog
from pydantic import BaseModel, ValidationError
from vitrina_contracts.manifest import Text
from vitrina_contracts.source_check import CheckRequest, SourceCheck
from vitrina_kit.settings import read_secret

from vitrina_registry.domain.errors import NotFoundError, TooManyError, UnavailableError

log = structlog.get_logger(__name__)

_NOT_THERE = Text(
    en="The orchestrator, which reads the logs, does not answer; try again.",
    ru="Оркестратор, который читает журналы, не отвечает; повторите.",
)
_NO_LOG = Text(en="There is no log of this exporter yet.", ru="Журнала этого экспортёра ещё нет.")


_NO_CHECK: Final = Text(
    en="The orchestrator, which would try the source, does not answer; try again.",
    ru="Оркестратор, который проверяет источник, не отвечает; повторите.",
)
_BUSY: Final = Text(
    en="Other sources are being tried; again in 2 s.", ru="Идут другие проверки; повторите через 2 секунды."
)
_GRACE_SECONDS: Final = 10
"""What starting and ending the client's process may take on top of its own limit."""
_FOLLOW_SECONDS: Final = 5


class _Reason(BaseModel):
    """Of a problem answer (RFC 9457) what is for people."""

    detail: str


class OrchestratorClient:
    def __init__(self, url: str | None, token_file: Path | None) -> None:
        self._token_file = token_file
        self._client = httpx.AsyncClient(base_url=url or "http://orchestrator.invalid", timeout=5, trust_env=False)
        self._configured = url is not None

    async def read_logs(self, exporter: str, lines: int) -> list[str]:
        """The newest lines, oldest first."""
        if not self._configured:
            raise UnavailableError(_NOT_THERE)
        try:
            answer = await self._client.get(f"/logs/{exporter}", params={"tail": lines}, headers=self._headers())
        except httpx.HTTPError as error:
            raise UnavailableError(_NOT_THERE) from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise NotFoundError(_NO_LOG)
        if answer.status_code != httpx.codes.OK:
            raise UnavailableError(_NOT_THERE)
        return answer.text.splitlines()[-lines:]

    @asynccontextmanager
    async def follow_logs(self, exporter: str, shard: int, lines: int) -> AsyncIterator[AsyncIterator[str]]:
        """The newest lines of a shard and then each new one, until its instance ends.

        Entering raises like `read_logs`; iterating raises `UnavailableError` when the orchestrator stops telling.
        """
        if not self._configured:
            raise UnavailableError(_NOT_THERE)
        question = self._client.build_request(
            "GET",
            f"/logs/{exporter}",
            params={"tail": lines, "shard": shard, "follow": True},
            headers=self._headers(),
            timeout=httpx.Timeout(_FOLLOW_SECONDS, read=None),  # an exporter may be silent for hours
        )
        try:
            async with asyncio.timeout(_FOLLOW_SECONDS):
                answer = await self._client.send(question, stream=True)
        except (httpx.HTTPError, TimeoutError) as error:
            raise UnavailableError(_NOT_THERE) from error
        try:
            if answer.status_code == httpx.codes.NOT_FOUND:
                raise NotFoundError(_NO_LOG)
            if answer.status_code != httpx.codes.OK:
                raise UnavailableError(_NOT_THERE)
            yield _lines_of(answer)
        finally:
            await answer.aclose()

    async def check_source(self, question: CheckRequest) -> SourceCheck:
        """What the type's client found; the question holds credentials, so neither side logs it."""
        if not self._configured:
            raise UnavailableError(_NO_CHECK)
        limit = question.timeout_seconds + _GRACE_SECONDS
        try:
            answer = await self._client.post(
                "/internal/v1/check", json=question.model_dump(), headers=self._headers(), timeout=limit
            )
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                raise TooManyError(_BUSY, retry_after=2)
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                raise UnavailableError(_cannot_check(answer))
            answer.raise_for_status()
            return SourceCheck.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError) as error:
            log.warning("check_not_made", type=question.type, error=type(error).__name__)
            raise UnavailableError(_NO_CHECK) from None

    async def close(self) -> None:
        await self._client.aclose()

    def _headers(self) -> dict[str, str]:
        if self._token_file is None:
            return {}
        return {"Authorization": f"Bearer {read_secret(self._token_file)}"}


async def _lines_of(answer: httpx.Response) -> AsyncIterator[str]:
    try:
        async for line in answer.aiter_lines():
            yield line
    except httpx.HTTPError as error:
        raise UnavailableError(_NOT_THERE) from error


def _cannot_check(answer: httpx.Response) -> Text:
    """The orchestrator's own reason: of images, engines and modules, never of what was asked."""
    reason = _Reason.model_validate_json(answer.content).detail
    log.warning("check_not_made", reason=reason)
    return Text(en=reason, ru=f"Проверить источник сейчас нельзя: {reason}")
