"""Asks Vitrina over HTTP, as the one who is signed in.

Operations are named as the OpenAPI files name them, like `GET /api/registry/v1/exporters/{name}`: a test reads these
names from the code of the commands and compares them with the API.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from string import Formatter
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

from vitrina_cli.failure import Exit, Failure
from vitrina_cli.problems import failure_of
from vitrina_cli.settings import DEFAULT_URL, Settings
from vitrina_cli.sign_in_file import SignIn, SignInFile

_TIMEOUT: Final = httpx.Timeout(30, connect=5)
_STREAM_TIMEOUT: Final = httpx.Timeout(60, connect=5)
_SPARE_SECONDS: Final = 30
"""An access token that is about to end is not used any more."""
_PAGE: Final = 1000
_REFRESH_COOKIE: Final = "vitrina_refresh"

Query = Mapping[str, Any]


class Api:
    """`ask`, `read` and `pages` raise `Failure` for every refusal, and when nobody answers."""

    def __init__(self, settings: Settings, default_url: str = DEFAULT_URL) -> None:
        self._token = settings.token
        self.sign_ins = SignInFile(settings.folder)
        self.url = settings.url or self.sign_ins.last_url() or default_url
        self._client = httpx.Client(
            base_url=self.url,
            timeout=_TIMEOUT,
            verify=settings.verify,
            headers={"User-Agent": "vitrina-cli"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(
        self,
        operation: str,
        *,
        query: Query | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **path: object,
    ) -> httpx.Response:
        """`path` fills in the braces of the operation; null and empty parts of `query` are left out."""
        return self._ask(operation, path, query=query, json=json, content=content, headers=headers)

    def read(self, operation: str, *, query: Query | None = None, **path: object) -> Any:
        """The JSON of the answer."""
        return self._ask(operation, path, query=query).json()

    def pages(
        self, operation: str, *, query: Query | None = None, limit: int | None = None, **path: object
    ) -> Iterator[Any]:
        """Items of all pages, `limit` of them at most; mostly objects."""
        left, cursor = limit, None
        while left is None or left > 0:
            size = _PAGE if left is None else min(left, _PAGE)
            page = self.read(operation, query={**(query or {}), "limit": size, "cursor": cursor}, **path)
            yield from page["items"]
            left = None if left is None else left - len(page["items"])
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def _ask(
        self,
        operation: str,
        path: Mapping[str, object],
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
        **body: Any,
    ) -> httpx.Response:
        method, _, _ = operation.partition(" ")
        return self._exchange(
            method,
            path_of(operation, path),
            params=_given(query or {}),
            headers={**self._authorization(), **(headers or {})},
            **body,
        )

    @contextmanager
    def stream(self, operation: str, query: Query | None = None, **path: object) -> Iterator[Iterator[str]]:
        """The lines of an answer without end."""
        asking = self._client.stream(
            operation.partition(" ")[0],
            path_of(operation, path),
            params=_given(query or {}),
            headers=self._authorization(),
            timeout=_STREAM_TIMEOUT,
        )
        with _reaching(self.url), asking as answer:
            if not answer.is_success:
                answer.read()
                raise failure_of(answer)
            yield answer.iter_lines()

    # --- signing in and out ---

    def sign_in(self, username: str, password: str, code: str | None) -> None:
        """Keeps the session for the next commands."""
        form = {"username": username, "password": password, **({"code": code} if code else {})}
        answer = self._exchange("POST", path_of("POST /api/auth/token", {}), data=form)
        with self.sign_ins.alone():
            self.sign_ins.put(self._kept(username, answer))

    def sign_out(self) -> bool:
        """Whether anybody was signed in."""
        with self.sign_ins.alone():
            kept = self.sign_ins.get(self.url)
            if kept is None:
                return False
            self._exchange("POST", path_of("POST /api/auth/logout", {}), headers=_cookie(kept))
            self.sign_ins.forget(self.url)
        return True

    def _authorization(self) -> Mapping[str, str]:
        token = self._token or self._access_token()
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _access_token(self) -> str | None:
        kept = self.sign_ins.get(self.url)
        if kept is None or _is_fresh(kept):
            return kept.access_token if kept else None
        with self.sign_ins.alone():
            kept = self.sign_ins.get(self.url)  # another command may have been quicker
            if kept is None or _is_fresh(kept):
                return kept.access_token if kept else None
            return self._refreshed(kept).access_token

    def _refreshed(self, kept: SignIn) -> SignIn:
        try:
            answer = self._exchange("POST", path_of("POST /api/auth/refresh", {}), headers=_cookie(kept))
        except Failure as failure:
            if failure.status is Exit.NOT_SIGNED_IN:
                self.sign_ins.forget(self.url)
                raise Failure("Your session is over: run `vitrina login`.", Exit.NOT_SIGNED_IN) from failure
            raise
        fresh = self._kept(kept.username, answer)
        self.sign_ins.update(fresh)
        return fresh

    def _kept(self, username: str, answer: httpx.Response) -> SignIn:
        cookie = next((item for item in answer.cookies.jar if item.name.endswith(_REFRESH_COOKIE)), None)
        if cookie is None or cookie.value is None:
            raise Failure(f"{self.url} signed you in without a session: is it Vitrina?")
        body = answer.json()
        expires_at = time.time() + body["expires_in"]
        return SignIn(self.url, username, (cookie.name, cookie.value), body["access_token"], expires_at)

    def _exchange(self, method: str, path: str, **options: Any) -> httpx.Response:
        with _reaching(self.url):
            answer = self._client.request(method, path, **options)
        self._client.cookies.clear()  # the session is ours to send, not the client's
        if not answer.is_success:
            raise failure_of(answer)
        return answer


def path_of(operation: str, values: Mapping[str, object]) -> str:
    """`GET /a/{b}` with b="c/d" is `/a/c%2Fd`: an identity is one part of a path, whatever it holds."""
    _, _, template = operation.partition(" ")
    names = [name for _, name, _, _ in Formatter().parse(template) if name]
    return template.format(**{name: quote(str(values[name]), safe="") for name in names})


def _given(query: Query) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value not in (None, "", [], ())}


def _cookie(sign_in: SignIn) -> Mapping[str, str]:
    return {"Cookie": "=".join(sign_in.cookie)}


def _is_fresh(sign_in: SignIn) -> bool:
    return time.time() < sign_in.expires_at - _SPARE_SECONDS


@contextmanager
def _reaching(url: str) -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException as error:
        raise Failure(f"{url} did not answer in time: run `vitrina doctor` there.", Exit.UNREACHABLE) from error
    except httpx.HTTPError as error:
        reason = str(error) or HTTPStatus.SERVICE_UNAVAILABLE.phrase
        raise Failure(
            f"{url} cannot be reached ({reason}): is VITRINA_URL right, and does Vitrina run?", Exit.UNREACHABLE
        ) from error
