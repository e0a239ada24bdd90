"""`python own_root.py PID PROGRAM ARGUMENTS...`: runs it where `/` is the root of a mount namespace of its own.

With a process id other than 0 it is that process' namespace, for the two programs of an engine see the same mounts.

Below a chroot it is not: whoever enters a container's namespace there, as `docker exec` and health checks do, lands in
the root outside of the chroot. An engine that runs in a chroot has to be started like this.
"""

import ctypes
import os
import platform
import sys
from pathlib import Path
from typing import Final

_CLONE_NEWNS: Final = 0x00020000
_MS_PRIVATE_EVERYWHERE: Final = (1 << 18) | (1 << 14)
_MNT_DETACH: Final = 2
_PIVOT_ROOT: Final = {"x86_64": 155, "aarch64": 41}
_libc: Final = ctypes.CDLL(None, use_errno=True)


def take_root() -> None:
    """Raises `OSError`."""
    _check(_libc.unshare(_CLONE_NEWNS))
    _check(_libc.mount(b"none", b"/", None, _MS_PRIVATE_EVERYWHERE, None))
    here = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    outside = os.open("/proc/self/ns/mnt", os.O_RDONLY)
    _check(_libc.setns(outside, _CLONE_NEWNS))
    os.fchdir(here)
    if not os.path.samestat(os.fstat(here), Path("/").stat()):
        _check(_libc.syscall(_PIVOT_ROOT[platform.machine()], b".", b"."))
        _check(_libc.umount2(b".", _MNT_DETACH))
    os.chroot(".")
    os.chdir("/")


def join(process: str) -> None:
    """Raises `OSError`."""
    _check(_libc.setns(os.open(f"/proc/{process}/ns/mnt", os.O_RDONLY), _CLONE_NEWNS))


def _check(answer: int) -> None:
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    _, first, *command = sys.argv
    if first == "0":
        take_root()
    else:
        join(first)
    os.execvp(command[0], command)  # noqa: S606 - that is what it is for
