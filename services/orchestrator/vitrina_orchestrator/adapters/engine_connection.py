"""A connection to a Docker engine: each call has a deadline, and fails in our words."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import aiohttp
from aiodocker import Docker
from aiodocker.exceptions import DockerError

from vitrina_orchestrator.domain.errors import EngineUnreachableError, StartRefusedError

_DEADLINE_SECONDS: Final = 30.0
_CONNECT_SECONDS: Final = 3.0
_NO_CONNECTION: Final = 900
"""aiodocker's own status."""
_LONGEST_WORDS: Final = 300


class EngineConnection:
    """`async with` it."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._docker: Any = None
        """`Any`: aiodocker is annotated in parts only. What leaves this class is typed."""
        self._believed = False
        """Whether its lists count; false after each call that failed."""
        self._silent_since: float | None = None

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=_DEADLINE_SECONDS, sock_connect=_CONNECT_SECONDS)
        self._docker = Docker(url=self._host, timeout=timeout)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._docker.close()

    @property
    def silent_seconds(self) -> float:
        """For how long no call has got through; 0 when the last one did."""
        return time.monotonic() - self._silent_since if self._silent_since is not None else 0.0

    @asynccontextmanager
    async def _call(self, seconds: float = _DEADLINE_SECONDS) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except DockerError as error:
            if error.status == _NO_CONNECTION:
                raise self._gone() from error
            raise StartRefusedError(f"the container engine: {_words(error)}") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._gone() from error
        self._silent_since = None

    def _gone(self) -> EngineUnreachableError:
        self._believed = False
        self._silent_since = self._silent_since or time.monotonic()
        return EngineUnreachableError("the container engine does not answer")


def _words(error: DockerError) -> str:
    """One line of the engine's message, which never holds what we wrote into a file."""
    return " ".join(str(error.message).split())[:_LONGEST_WORDS]
