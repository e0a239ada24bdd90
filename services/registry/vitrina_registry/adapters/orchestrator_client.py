"""The orchestrator's internal interface: it alone can read an exporter's log."""

from pathlib import Path

import httpx
from vitrina_contracts.manifest import Text
from vitrina_kit.settings import read_secret

from vitrina_registry.domain.errors import NotFoundError, UnavailableError

_NOT_THERE = Text(
    en="The orchestrator, which reads the logs, does not answer; try again.",
    ru="Оркестратор, который читает журналы, не отвечает; повторите.",
)
_NO_LOG = Text(en="There is no log of this exporter yet.", ru="Журнала этого экспортёра ещё нет.")


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

    async def close(self) -> None:
        await self._client.aclose()

    def _headers(self) -> dict[str, str]:
        if self._token_file is None:
            return {}
        return {"Authorization": f"Bearer {read_secret(self._token_file)}"}
