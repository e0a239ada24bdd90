"""Time, as an argument: tests bring their own."""

import time
from typing import Protocol


class Clock(Protocol):
    def monotonic(self) -> float:
        """Seconds; never goes back, means nothing outside this process. Ages are counted by it."""
        ...

    def wall(self) -> float:
        """Unix seconds."""
        ...


class SystemClock:
    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()
