"""Addresses of a host, asked of the system's resolver with a limit."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

LIMIT_SECONDS: Final = 3.0


class NameService:
    """Own threads: a resolver that hangs must not take the event loop's default ones."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")

    async def __call__(self, host: str) -> Sequence[str]:
        """All addresses, or none when the name does not resolve within three seconds."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                return await loop.run_in_executor(self._threads, _addresses, host)
        except (OSError, UnicodeError, TimeoutError):
            return []

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _addresses(host: str) -> list[str]:
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return sorted({str(answer[4][0]) for answer in answers})
