"""The registry's internal routes. Its answers hold credentials, so no error may repeat a part of one."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError
from vitrina_contracts.exporter import DesiredExporter, DesiredSummary, KnownSource
from vitrina_contracts.operations import CleanupReport, CleanupTask, FoundOrphan
from vitrina_contracts.problems import MEDIA_TYPE

from vitrina_orchestrator.domain.errors import RegistryUnreadError

_TIMEOUT_SECONDS: Final = 5.0
_SUMMARIES: Final = TypeAdapter(list[DesiredSummary])
_DESIRED: Final = TypeAdapter(DesiredExporter)
_SOURCES: Final = TypeAdapter(list[KnownSource])
_TASKS: Final = TypeAdapter(list[CleanupTask])
_ORPHANS: Final = TypeAdapter(list[FoundOrphan])
Parsed = TypeVar("Parsed")


def registry_http_client(base_url: str, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=base_url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=_TIMEOUT_SECONDS,
        trust_env=False,
    )


class RegistryClient:
    """Asks the registry that answered last; another one, if there are several, when it does not answer."""

    def __init__(self, client: httpx.AsyncClient, *others: httpx.AsyncClient) -> None:
        self._clients = [client, *others]

    async def summaries(self) -> Sequence[DesiredSummary]:
        answer = await self._get("/internal/v1/desired")
        return _parsed(_SUMMARIES, _content(answer))

    async def desired(self, exporter: str) -> DesiredExporter | None:
        answer = await self._get(f"/internal/v1/desired/{exporter}")
        if answer.status_code == httpx.codes.NOT_FOUND and _is_problem(answer):
            return None
        return _parsed(_DESIRED, _content(answer))

    async def known_sources(self) -> Sequence[KnownSource]:
        return _parsed(_SOURCES, _content(await self._get("/internal/v1/sources")))

    async def cleanup_tasks(self) -> Sequence[CleanupTask]:
        return _parsed(_TASKS, _content(await self._get("/internal/v1/operations")))

    async def report_cleanup(self, number: int, report: CleanupReport) -> bool:
        answer = await self._post(f"/internal/v1/operations/{number}", report.model_dump_json().encode())
        if answer.status_code == httpx.codes.CONFLICT and _is_problem(answer):
            return False
        _content(answer)
        return True

    async def tell_orphans(self, found: Sequence[FoundOrphan]) -> None:
        _content(await self._post("/internal/v1/orphans", _ORPHANS.dump_json(list(found))))

    async def _get(self, path: str) -> httpx.Response:
        return await self._ask("GET", path)

    async def _post(self, path: str, content: bytes) -> httpx.Response:
        return await self._ask("POST", path, content=content, headers={"Content-Type": "application/json"})

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        failure = "nobody was asked"
        for client in list(self._clients):
            try:
                answer = await client.request(method, path, **options)
            except httpx.HTTPError as error:
                failure = type(error).__name__
                if method != "GET" and not isinstance(error, httpx.ConnectError):
                    break  # it may have been heard: whoever tells it again decides
            else:
                self._clients.sort(key=lambda each: each is not client)
                return answer
        raise RegistryUnreadError(f"the registry does not answer: {failure}")


def _is_problem(answer: httpx.Response) -> bool:
    """A 404 of the registry itself, not of something else that sits on its port."""
    kind: str = answer.headers.get("content-type", "")
    return kind.startswith(MEDIA_TYPE)


def _content(answer: httpx.Response) -> bytes:
    if not answer.is_success:
        raise RegistryUnreadError(f"the registry answers {answer.status_code}")
    return answer.content


def _parsed(what: TypeAdapter[Parsed], content: bytes) -> Parsed:
    """What a later version of the registry says more is left aside."""
    try:
        return what.validate_json(content, extra="ignore")
    except ValidationError as error:
        where = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_input=False))
        raise RegistryUnreadError(f"the registry's answer cannot be understood at: {where}") from None
