"""File locks (flock) that keep two orchestrators, and two copies of an exporter, out of each other's way.

A lock belongs to an open file, not to a process: an exporter that inherits the descriptor holds the lock for as long
as it lives, whatever becomes of the orchestrator that took it. The kernel releases it; nothing can be left behind.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final

from vitrina_orchestrator.domain.errors import FolderTakenError, InstanceBusyError

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


@contextmanager
def claimed(path: Path, installation: str) -> Iterator[None]:
    """Marks the folder of `path` as this installation's inside the block.

    Orchestrators of one installation share the mark. A mark that was only left behind is in nobody's way.

    Raises:
        FolderTakenError: another installation is in such a block.
    """
    with path.open("a+") as mark:
        with suppress(BlockingIOError):
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mark.truncate(0)
            mark.write(installation)
            mark.flush()
        fcntl.flock(mark, fcntl.LOCK_SH)  # waits for no longer than another one writes; then the name is fixed
        holder = path.read_text()
        if holder != installation:
            raise FolderTakenError(f"the exporters of another installation ({holder}) live in {path.parent}")
        yield


@asynccontextmanager
async def locked(path: Path, patience_seconds: float = _PATIENCE_SECONDS) -> AsyncIterator[None]:
    """Holds the lock inside the block.

    Raises:
        InstanceBusyError: somebody else held it all the time, or has just removed its folder.
    """
    deadline = asyncio.get_running_loop().time() + patience_seconds
    try:
        while (descriptor := try_lock(path)) is None:
            if asyncio.get_running_loop().time() >= deadline:
                raise InstanceBusyError("another orchestrator works on it")
            await asyncio.sleep(_RETRY_SECONDS)  # flock can only be awaited by blocking a thread
    except FileNotFoundError:
        raise InstanceBusyError("another orchestrator has just removed it") from None
    try:
        yield
    finally:
        os.close(descriptor)
