"""The hot reads, answered without the framework: who asked the same with the same token of the same snapshot, gets the
same bytes.

Nothing is decided here. An answer is held only after the route itself has given it to this very token, only for as
long as the snapshot stands that it was made of (a plot: that stood then, so for one tick), and the token is looked at
each time, so that one that has expired or was revoked gets nothing. Whatever is unusual goes through the framework.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import count
from typing import Final
from uuid import uuid4

from prometheus_client import Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from vitrina_kit.token_check import TokenVerifier

from vitrina_gateway.use_cases.fleet import Fleet, Snapshot

ANSWERED: Final = Counter("vitrina_gateway_fast_answers", "Reads that were answered without the framework.")

_PATHS: Final = frozenset({"/api/v1/devices", "/api/v1/overview", "/api/prometheus/api/v1/query_range"})
_MOST_BYTES: Final = 32 << 20
_OK: Final = 200
_NOT_MODIFIED: Final = 304
_REQUEST_ID: Final = b"x-request-id"
_OF_THE_BODY: Final = frozenset({b"content-length", b"content-type"})

_Question = tuple[bytes, str, bytes]
"""Authorization, path and query string as they came."""
_Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class _Answer:
    """`etag` is None where an answer has none. `confirmed`: the headers of a 304."""

    headers: _Headers
    confirmed: _Headers
    etag: bytes | None
    body: bytes


@dataclass
class _Recorder:
    """Passes an answer on, and remembers it."""

    send: Send
    status: int = 0
    headers: _Headers = field(default_factory=list)
    body: list[bytes] = field(default_factory=list)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            self.body.append(message.get("body", b""))
        await self.send(message)

    def answer(self) -> _Answer | None:
        etag = next((value for name, value in self.headers if name == b"etag"), None)
        if self.status != _OK:
            return None
        headers = [each for each in self.headers if each[0] != _REQUEST_ID]
        confirmed = [each for each in headers if each[0] not in _OF_THE_BODY]
        return _Answer(headers, confirmed, etag, b"".join(self.body))


class FastLane:
    def __init__(self, app: ASGIApp, verifier: TokenVerifier, fleet: Fleet) -> None:
        self._app = app
        self._verifier = verifier
        self._fleet = fleet
        self._snapshot: Snapshot | None = None
        self._hidden: frozenset[str] = frozenset()
        self._process = uuid4().hex[:20].encode()
        self._numbers = count()
        self._answers: OrderedDict[_Question, _Answer] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in _PATHS or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        question = (headers.get(b"authorization", b""), scope["path"], scope["query_string"])
        self._forget_other_snapshots()
        answer = self._answers.get(question)
        if answer is None or not self._is_welcome(question[0]):
            await self._record(question, scope, receive, send)
            return
        ANSWERED.inc()
        own = (_REQUEST_ID, self._process + b"%012x" % next(self._numbers))
        if answer.etag is not None and headers.get(b"if-none-match") == answer.etag:
            await send({"type": "http.response.start", "status": _NOT_MODIFIED, "headers": [*answer.confirmed, own]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "http.response.start", "status": _OK, "headers": [*answer.headers, own]})
            await send({"type": "http.response.body", "body": answer.body})

    def _is_welcome(self, authorization: bytes) -> bool:
        return self._verifier.remembers(authorization.partition(b" ")[2].decode("latin-1"))

    async def _record(self, question: _Question, scope: Scope, receive: Receive, send: Send) -> None:
        snapshot = self._fleet.snapshot
        recorder = _Recorder(send)
        await self._app(scope, receive, recorder)
        answer = recorder.answer()
        if answer is not None and snapshot is self._fleet.snapshot and snapshot is self._snapshot:
            self._hold(question, answer)

    def _forget_other_snapshots(self) -> None:
        if self._snapshot is not self._fleet.snapshot or self._hidden != self._fleet.hidden:
            self._snapshot, self._hidden = self._fleet.snapshot, self._fleet.hidden
            self._answers.clear()
            self._size = 0

    def _hold(self, question: _Question, answer: _Answer) -> None:
        former = self._answers.pop(question, None)
        self._size += len(answer.body) - (len(former.body) if former else 0)
        self._answers[question] = answer
        while self._size > _MOST_BYTES:
            _, oldest = self._answers.popitem(last=False)
            self._size -= len(oldest.body)
