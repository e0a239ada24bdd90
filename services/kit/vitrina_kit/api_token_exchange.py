"""Personal API tokens at the services: exchanged at auth for an access token, about once in ten minutes each.

So a dashboard can send one value for months, while rights and revocations work as they do for everybody. Guesses cost
little: what auth does not know is remembered for a while, and few questions are asked at a time.
"""

import asyncio
import time
from collections import OrderedDict
from typing import Final, TypeVar
from urllib.parse import urljoin

import httpx
import structlog

from vitrina_kit.problem_handlers import unauthenticated, unavailable

log = structlog.get_logger(__name__)

_KEPT: Final = 4096
_UNKNOWN_SECONDS: Final = 10.0
_AT_A_TIME: Final = 4
_UNKNOWN_TEXT: Final = "The API token is not known, has expired or was deleted."


Value = TypeVar("Value")


class ApiTokenExchange:
    def __init__(self, jwks_url: str, client: httpx.AsyncClient) -> None:
        self._url = urljoin(jwks_url, "../exchange")
        self._client = client
        self._access: OrderedDict[str, str] = OrderedDict()
        self._unknown: OrderedDict[str, float] = OrderedDict()
        self._places = asyncio.Semaphore(_AT_A_TIME)

    def held(self, api_token: str) -> str | None:
        """The access token that was got with it last."""
        return self._access.get(api_token)

    def forget(self, api_token: str) -> None:
        self._access.pop(api_token, None)

    async def access_token(self, api_token: str) -> str:
        """Raises a 401 problem for an API token that auth does not know, 503 when auth does not answer."""
        held_before = self.held(api_token)
        self._refuse_known_guess(api_token)
        async with self._places:
            self._refuse_known_guess(api_token)
            if (held := self.held(api_token)) is not None and held != held_before:
                return held
            access = await self._ask(api_token)
        _remember(self._access, api_token, access)
        return access

    def _refuse_known_guess(self, api_token: str) -> None:
        if time.monotonic() - self._unknown.get(api_token, float("-inf")) < _UNKNOWN_SECONDS:
            raise unauthenticated(_UNKNOWN_TEXT)

    async def _ask(self, api_token: str) -> str:
        try:
            answer = await self._client.post(self._url, data={"token": api_token})
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                _remember(self._unknown, api_token, time.monotonic())
                raise unauthenticated(_UNKNOWN_TEXT)
            answer.raise_for_status()
            return str(answer.json()["access_token"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("api_token_not_exchanged", error=type(error).__name__)
            raise unavailable("auth cannot be asked about this API token right now.") from None


def _remember(kept: "OrderedDict[str, Value]", key: str, value: Value) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _KEPT:
        kept.popitem(last=False)
