"""A company's proxy: real, small, and it remembers what it was asked for."""

import asyncio
import base64
import contextlib
from collections.abc import Mapping
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """CONNECT, and plain requests by absolute URL. With `credentials` (`user:password`) it answers 407 without them.

    `routes` are targets (host:port) that it alone reaches, and where they are: who goes around it finds nobody there.
    """

    def __init__(
        self, credentials: str | None = None, routes: Mapping[str, tuple[str, int]] = MappingProxyType({})
    ) -> None:
        self._credentials = credentials
        self._routes = routes
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self.asked: list[str] = []
        """host:port of each target, refused ones too."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.gather(*self._serving)

    @property
    def url(self) -> str:
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        login = f"{self._credentials}@" if self._credentials else ""
        return f"http://{login}127.0.0.1:{port}"

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # one of the two went away
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        wanted = f"{parts.hostname}:{parts.port}"
        self.asked.append(wanted)
        if not self._is_allowed(head):
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        host, port = self._routes.get(wanted, (parts.hostname, parts.port))
        upstream_reader, upstream = await asyncio.open_connection(host, port)
        self._open.add(upstream)
        try:
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = f"{parts.path}?{parts.query}" if parts.query else parts.path
                upstream.write(head.replace(target.encode(), path.encode(), 1))
            await asyncio.gather(_copy(reader, upstream), _copy(upstream_reader, writer))
        finally:
            self._open.discard(upstream)
            upstream.close()

    def _is_allowed(self, head: bytes) -> bool:
        if self._credentials is None:
            return True
        return b"Basic " + base64.b64encode(self._credentials.encode()) in head


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(65536):
            target.write(piece)
            await target.drain()
    with contextlib.suppress(OSError):
        target.write_eof() if target.can_write_eof() else target.close()
