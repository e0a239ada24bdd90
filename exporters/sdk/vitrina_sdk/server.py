"""The exporter's HTTP side, as plain ASGI: five fixed paths need no framework."""

import asyncio
import html
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Final

from vitrina_contracts.exporter import ExporterSelfStatus

from vitrina_sdk.exposition import OPENMETRICS, TEXT, Exposition, in_batches, wants_openmetrics

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Reply = tuple[int, str, Sequence[bytes], tuple[tuple[bytes, bytes], ...]]
"""Status, content type, the pieces of the body, further headers."""

_THREAD_ABOVE: Final = 1 << 20
"""Bytes of a document whose compression would stall the polls if it ran in the event loop."""
_PLAIN: Final = "text/plain; charset=utf-8"
_WORDS: Final = {None: "no poll yet", True: "ok", False: "failing"}


class ExporterApp:
    def __init__(
        self, exposition: Exposition, self_status: Callable[[], ExporterSelfStatus], is_ready: Callable[[], bool]
    ) -> None:
        self._exposition = exposition
        self._self_status = self_status
        self._is_ready = is_ready
        self._pages: dict[str, Callable[[], Reply]] = {
            "/": self._landing,
            "/status": self._status,
            "/-/healthy": lambda: (200, _PLAIN, [b"ok\n"], ()),
            "/-/ready": self._ready,
        }

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        status, content_type, body, headers = await self._answer(scope)
        length = sum(map(len, body))
        all_headers = [(b"content-type", content_type.encode()), (b"content-length", b"%d" % length), *headers]
        await send({"type": "http.response.start", "status": status, "headers": all_headers})
        if scope["method"] != "HEAD":
            for batch in in_batches(body):
                await send({"type": "http.response.body", "body": batch, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _answer(self, scope: Scope) -> Reply:
        if scope["method"] not in ("GET", "HEAD"):
            return 405, _PLAIN, [b"Method not allowed\n"], ((b"allow", b"GET, HEAD"),)
        path = scope["path"]
        if path == "/metrics":
            return await self._metrics(dict(scope["headers"]))
        page = self._pages.get(path)
        return page() if page else (404, _PLAIN, [b"Not found\n"], ())

    def _status(self) -> Reply:
        return 200, "application/json", [self._self_status().model_dump_json().encode()], ()

    def _ready(self) -> Reply:
        return (200, _PLAIN, [b"ok\n"], ()) if self._is_ready() else (503, _PLAIN, [b"No configuration yet\n"], ())

    def _landing(self) -> Reply:
        return 200, "text/html; charset=utf-8", [_landing_page(self._self_status())], ()

    async def _metrics(self, headers: dict[bytes, bytes]) -> Reply:
        openmetrics = wants_openmetrics(headers.get(b"accept", b"").decode("latin-1"))
        parts, own = self._exposition.take(openmetrics=openmetrics)
        content_type = OPENMETRICS if openmetrics else TEXT
        vary = (b"vary", b"accept, accept-encoding")
        if b"gzip" not in headers.get(b"accept-encoding", b""):
            return 200, content_type, [*parts, own], (vary,)
        if sum(map(len, parts)) > _THREAD_ABOVE:
            body = await asyncio.to_thread(self._exposition.compress, parts, own)
        else:
            body = self._exposition.compress(parts, own)
        return 200, content_type, [body], (vary, (b"content-encoding", b"gzip"))


def _landing_page(status: ExporterSelfStatus) -> bytes:
    rows = "".join(f"<li>{html.escape(source.name)}: {_WORDS[source.up]}</li>" for source in status.sources)
    title = html.escape(f"Vitrina exporter: {status.platform}")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1><p>Version {html.escape(status.version)}, "
        f"configuration revision {status.config_revision}</p>"
        f'<p><a href="/metrics">Metrics</a> <a href="/status">Status</a></p><ul>{rows}</ul></body></html>'
    ).encode()
