"""The orchestrator's internal interface for a Prometheus outside: it alone reaches the exporters."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
from pydantic import TypeAdapter, ValidationError
from vitrina_contracts.manifest import Text
from vitrina_kit.settings import read_secret

from vitrina_registry.domain.errors import NotFoundError, UnavailableError
from vitrina_registry.use_cases.monitoring import Discovered, Scraped

_NOT_THERE: Final = Text(
    en="The orchestrator, which reaches the exporters, does not answer; try again.",
    ru="Оркестратор не отвечает; экспортёры доступны только через него. Повторите.",
)
_NO_INSTANCE: Final = Text(en="No such instance runs.", ru="Такой экземпляр не запущен.")
_TOLD: Final = ("content-type", "content-encoding")
_TIMEOUT: Final = httpx.Timeout(15, connect=2)


_LIST: Final = TypeAdapter(list[Discovered])


class ExporterMetrics:
    """Implements the port of this name, which says what its methods do."""

    def __init__(self, url: str | None, token_file: Path | None) -> None:
        self._token_file = token_file
        self._client = httpx.AsyncClient(
            base_url=url or "http://orchestrator.invalid", timeout=_TIMEOUT, trust_env=False
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def targets(self) -> list[Discovered]:
        try:
            answer = await self._client.get("/sd/exporters", headers=self._authorization())
            return _LIST.validate_json(answer.raise_for_status().content)
        except (httpx.HTTPError, ValidationError) as error:
            raise UnavailableError(_NOT_THERE) from error

    def scrape(self, exporter: str, shard: int, headers: Mapping[str, str]) -> AbstractAsyncContextManager[Scraped]:
        return self._read(f"/scrape/{exporter}", {"shard": shard}, headers)

    def orchestrator(self, headers: Mapping[str, str]) -> AbstractAsyncContextManager[Scraped]:
        return self._read("/metrics", {}, headers)

    @asynccontextmanager
    async def _read(self, path: str, asked: Mapping[str, int], headers: Mapping[str, str]) -> AsyncIterator[Scraped]:
        try:
            async with self._client.stream(
                "GET", path, params=asked, headers={**headers, **self._authorization()}
            ) as answer:
                if answer.status_code == httpx.codes.NOT_FOUND:
                    raise NotFoundError(_NO_INSTANCE)
                if answer.status_code != httpx.codes.OK:
                    raise UnavailableError(_NOT_THERE)
                told = {name: answer.headers[name] for name in _TOLD if name in answer.headers}
                yield Scraped(told, answer.aiter_raw())
        except httpx.HTTPError as error:
            raise UnavailableError(_NOT_THERE) from error

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {read_secret(self._token_file)}"} if self._token_file else {}
