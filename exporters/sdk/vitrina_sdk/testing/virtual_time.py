"""An event loop whose time passes only while everything waits: an hour of polling takes what its computing takes.

For code that waits by asyncio alone. Sockets and threads have no place in it: nobody would wait for them.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from vitrina_sdk.clock import Clock

Result = TypeVar("Result")
_BEGINS: Final = 1_000.0
_WALL_AT_ZERO: Final = 1_790_000_000.0


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting it moves the time on."""

    def __init__(self) -> None:
        super().__init__()
        self.now = _BEGINS

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("Everything waits, and for nothing that time would bring")
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


class VirtualClock(Clock):
    """The time of the running loop. `skew` seconds set the wall clock wrong."""

    def __init__(self) -> None:
        self.skew = 0.0

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def wall(self) -> float:
        return _WALL_AT_ZERO + self.monotonic() + self.skew


def run_in_virtual_time(main: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
