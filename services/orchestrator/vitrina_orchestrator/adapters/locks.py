"""File locks (flock) that keep two orchestrators, and two copies of an exporter, out of each other's way.

A lock belongs to an open file, not to a process: an exporter that inherits the descriptor holds the lock for as long
as it lives, whatever becomes of the orchestrator that took it. The kernel releases it; nothing can be left behind.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from vitrina_orchestrator.domain.errors import InstanceBusyError

_RETRY_SECONDS: Final = 0.05
_PATIENCE_SECONDS: Final = 10.0


def try_lock(path: Path) -> int | None:
    """A descriptor that holds the lock until it is closed everywhere; None when somebody else holds it.

    Raises:
        FileNotFoundError: the folder is gone.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(descriptor, path):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _is_still(descriptor: int, path: Path) -> bool:
    """False when the file was removed between open and lock: a lock on a nameless file guards nothing."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    held = os.fstat(descriptor)
    return (held.st_dev, held.st_ino) == (found.st_dev, found.st_ino)


@asynccontextmanager
async def locked(path: Path, patience_seconds: float = _PATIENCE_SECONDS) -> AsyncIterator[None]:
    """Holds the lock inside the block.

    Raises:
        InstanceBusyError: somebody else held it all the time.
    """
    deadline = asyncio.get_running_loop().time() + patience_seconds
    while (descriptor := try_lock(path)) is None:
        if asyncio.get_running_loop().time() >= deadline:
            raise InstanceBusyError("another orchestrator works on it")
        await asyncio.sleep(_RETRY_SECONDS)  # flock can only be awaited by blocking a thread
    try:
        yield
    finally:
        os.close(descriptor)
