"""Several HTTP listeners in one event loop, stopped together by SIGTERM or SIGINT."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import uvicorn
import uvloop
from starlette.types import ASGIApp

GRACE_SECONDS: Final = 3


@dataclass(frozen=True)
class Listener:
    app: ASGIApp
    host: str
    port: int


class _Server(uvicorn.Server):
    """Leaves signals to `serve`: two servers in one process would take them from each other."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(*listeners: Listener, stop: asyncio.Event | None = None) -> None:
    """Serves until a signal comes or `stop` is set; open streams are cut after a grace of three seconds.

    Raises:
        SystemExit: a listener could not bind its port.
    """
    stopping = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    servers = [_Server(_config(listener)) for listener in listeners]
    tasks = [asyncio.create_task(server.serve()) for server in servers]
    waiter = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([waiter, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*tasks)
    finally:
        waiter.cancel()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def _config(listener: Listener) -> uvicorn.Config:
    return uvicorn.Config(
        listener.app,
        host=listener.host,
        port=listener.port,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=30,
    )


def run(main: Coroutine[Any, Any, None]) -> None:
    """Runs a service's coroutine on uvloop."""
    uvloop.run(main)
