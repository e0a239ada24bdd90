"""Processes by identity, not by number: a pid may be somebody else's by now. Linux: /proc and pidfds."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

_PROC: Final = Path("/proc")
_STATE, _START_TICKS = 0, 19
"""Positions in /proc/<pid>/stat behind the command's closing parenthesis."""
_DEAD_STATES: Final = frozenset("ZX")


class ProcessIdentity(BaseModel):
    """Start in clock ticks since boot, and the boot: unlike a date, they do not move when the clock is set."""

    model_config = ConfigDict(frozen=True)

    pid: int
    start_ticks: int
    boot_id: str


def identify(pid: int) -> ProcessIdentity | None:
    """Also for a process that has ended and was not waited for; None when there is none."""
    fields = _stat(pid)
    if fields is None:
        return None
    boot_id = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    return ProcessIdentity(pid=pid, start_ticks=int(fields[_START_TICKS]), boot_id=boot_id)


def is_alive(process: ProcessIdentity) -> bool:
    fields = _stat(process.pid)
    return fields is not None and fields[_STATE] not in _DEAD_STATES and identify(process.pid) == process


def open_process(process: ProcessIdentity) -> int | None:
    """A pidfd of this very process; None when it is gone."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return None
    if is_alive(process):  # asked after opening: from now on the pid cannot be another's
        return descriptor
    os.close(descriptor)
    return None


def find_by_environment(variable: str, value: str) -> int | None:
    """Pid of a living process of ours that was started with this variable."""
    return next((pid for pid, found in values_in_environments(variable) if found == value), None)


def values_in_environments(variable: str) -> Iterator[tuple[int, str]]:
    """Pid and value of each living process of ours that was started with this variable."""
    for entry in _PROC.iterdir():
        if entry.name.isdecimal():
            value = environment_of(int(entry.name)).get(variable)
            fields = _stat(int(entry.name)) if value is not None else None
            if value is not None and fields is not None and fields[_STATE] not in _DEAD_STATES:
                yield int(entry.name), value


def environment_of(pid: int) -> dict[str, str]:
    with suppress(OSError):
        pairs = (_PROC / str(pid) / "environ").read_bytes().decode(errors="replace").split("\0")
        return dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    return {}


async def end_process(process: ProcessIdentity, grace_seconds: float) -> None:
    """SIGTERM, the grace, SIGKILL to its whole session; returns when it has ended.

    Raises:
        TimeoutError: even SIGKILL did not end it in time (it hangs in the kernel).
    """
    descriptor = open_process(process)
    if descriptor is None:
        return
    try:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(descriptor, signal.SIGTERM)
        if await _exits_within(descriptor, grace_seconds):
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        if not await _exits_within(descriptor, grace_seconds):
            raise TimeoutError
    finally:
        os.close(descriptor)


async def _exits_within(descriptor: int, seconds: float) -> bool:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(descriptor)
    return True


class ExitWatch:
    """Tells of the end of any process, child or not, as soon as the kernel knows it."""

    def __init__(self, on_exit: Callable[[ProcessIdentity, str], None]) -> None:
        self._on_exit = on_exit
        self._descriptors: dict[ProcessIdentity, int] = {}

    def watch(self, process: ProcessIdentity, exporter: str) -> None:
        """Watching twice is once; one that has ended already is told at once."""
        if process in self._descriptors:
            return
        descriptor = open_process(process)
        if descriptor is None:
            self._on_exit(process, exporter)
            return
        self._descriptors[process] = descriptor
        asyncio.get_running_loop().add_reader(descriptor, self._ended, process, exporter)

    def close(self) -> None:
        for process in list(self._descriptors):
            self._forget(process)

    def _ended(self, process: ProcessIdentity, exporter: str) -> None:
        self._forget(process)
        self._on_exit(process, exporter)

    def _forget(self, process: ProcessIdentity) -> None:
        descriptor = self._descriptors.pop(process)
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)


def _stat(pid: int) -> list[str] | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()
