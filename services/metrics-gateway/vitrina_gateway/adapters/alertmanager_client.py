"""Alertmanager's API: what fires, and what is silenced."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import httpx
import msgspec

from vitrina_gateway.domain.alert import Alert, Silence, SilenceMatcher
from vitrina_gateway.domain.errors import InvalidParameterError
from vitrina_gateway.use_cases.ports import AlertingError

_DEADLINE: Final = httpx.Timeout(5, connect=2)


class _Status(msgspec.Struct, rename="camel"):
    state: str
    silenced_by: list[str] = []
    inhibited_by: list[str] = []


class _Alert(msgspec.Struct, rename="camel"):
    fingerprint: str
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: datetime
    updated_at: datetime
    status: _Status


class _Matcher(msgspec.Struct, rename="camel"):
    name: str
    value: str
    is_regex: bool
    is_equal: bool = True


class _Silence(msgspec.Struct, rename="camel"):
    id: str
    matchers: list[_Matcher]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    status: _Status


class _Posted(msgspec.Struct, rename={"silence_id": "silenceID"}):
    silence_id: str


_Told = TypeVar("_Told")


class AlertmanagerClient:
    """Implements the port `Alerting`."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=f"{url}/api/v2", timeout=_DEADLINE, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def alerts(self, matchers: Sequence[SilenceMatcher] = ()) -> list[Alert]:
        chosen = "?" + urlencode([("filter", each.text) for each in matchers]) if matchers else ""
        return [
            Alert(
                each.fingerprint,
                each.labels,
                each.annotations,
                each.starts_at,
                each.updated_at,
                each.status.silenced_by,
                each.status.inhibited_by,
            )
            for each in await self._ask("GET", f"/alerts{chosen}", list[_Alert])
        ]

    async def silences(self) -> list[Silence]:
        return [_silence(each) for each in await self._ask("GET", "/silences", list[_Silence])]

    async def silence(self, silence_id: str) -> Silence:
        return _silence(await self._ask("GET", f"/silence/{silence_id}", _Silence))

    async def post_silence(self, silence: Silence) -> str:
        body: dict[str, Any] = {
            "matchers": [
                {"name": each.name, "value": each.value, "isRegex": each.is_regex, "isEqual": each.is_equal}
                for each in silence.matchers
            ],
            "startsAt": silence.starts_at.isoformat(),
            "endsAt": silence.ends_at.isoformat(),
            "createdBy": silence.created_by,
            "comment": silence.comment,
        }
        if silence.id:
            body["id"] = silence.id
        return (await self._ask("POST", "/silences", _Posted, body)).silence_id

    async def expire(self, silence_id: str) -> None:
        await self._send("DELETE", f"/silence/{silence_id}", None)

    async def _ask(self, method: str, path: str, kind: type[_Told], body: Any = None) -> _Told:
        try:
            return msgspec.json.decode(await self._send(method, path, body), type=kind)
        except msgspec.DecodeError as error:
            raise AlertingError(f"no answer of Alertmanager: {error}") from None

    async def _send(self, method: str, path: str, body: Any) -> bytes:
        try:
            response = await self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise AlertingError(type(error).__name__) from None
        if response.status_code == httpx.codes.BAD_REQUEST:  # of what we ask, only matchers are people's
            raise InvalidParameterError("matchers", "Alertmanager does not take them; is a pattern malformed?")
        if response.status_code != httpx.codes.OK:
            raise AlertingError(f"HTTP {response.status_code}")
        return response.content


def _silence(told: _Silence) -> Silence:
    matchers = [SilenceMatcher(each.name, each.value, each.is_regex, each.is_equal) for each in told.matchers]
    return Silence(told.id, matchers, told.starts_at, told.ends_at, told.created_by, told.comment, told.status.state)
