"""Argon2id in a few threads of low priority: a flood of sign-ins costs the other routes little time and memory.

Each hash takes 46 MiB; two run at a time, so hashing needs less than 100 MiB however many wait, and a machine of two
cores keeps one for everything else. More waiters than could be served in a few seconds are refused at once.
"""

import asyncio
import os
import threading
import unicodedata
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final

from prometheus_client import Gauge
from pwdlib.hashers.argon2 import Argon2Hasher as Argon2

from vitrina_auth.domain.errors import TooBusy

MEMORY_KIB: Final = 47104
"""With two passes and one lane: OWASP's strongest setting, about 80 ms on one core."""
PASSES: Final = 2
LANES: Final = 1
PLACES: Final = min(2, max(1, (os.cpu_count() or 1) // 2))
MOST_WAITING: Final = 200
_NICENESS: Final = 10

WAITING: Final = Gauge("vitrina_auth_hashing_waiting", "Sign-ins that wait for a place to hash their password.")


class Argon2Hasher:
    """Slots in which passwords are hashed and verified."""

    def __init__(self, memory_kib: int = MEMORY_KIB) -> None:
        self._argon2 = Argon2(time_cost=PASSES, memory_cost=memory_kib, parallelism=LANES)
        self._pool = ThreadPoolExecutor(PLACES, thread_name_prefix="argon2", initializer=_lower_priority)
        self._places = asyncio.Semaphore(PLACES)
        self._waiting = 0
        self._nobody = self._argon2.hash("nobody has this password")

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator["Argon2Slot"]:
        if self._waiting >= MOST_WAITING:
            raise TooBusy
        self._waiting += 1
        WAITING.inc()
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
            WAITING.dec()
        try:
            yield Argon2Slot(self._argon2, self._pool, self._nobody)
        finally:
            self._places.release()


class Argon2Slot:
    def __init__(self, argon2: Argon2, pool: ThreadPoolExecutor, nobody: str) -> None:
        self._argon2 = argon2
        self._pool = pool
        self._nobody = nobody

    async def hash(self, password: str) -> str:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._argon2.hash, _normal(password))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        loop = asyncio.get_running_loop()
        compared = password_hash or self._nobody
        fits = await loop.run_in_executor(self._pool, self._argon2.verify, _normal(password), compared)
        return fits and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        return self._argon2.check_needs_rehash(password_hash)


def _normal(password: str) -> str:
    """One form for the same characters, whichever keyboard or system composed them."""
    return unicodedata.normalize("NFKC", password)


def _lower_priority() -> None:
    """Linux gives each thread its own niceness; the event loop's stays as it is."""
    thread = threading.get_native_id()
    os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICENESS)
