"""The present, plus what a test has let pass."""

from datetime import datetime, timedelta

from vitrina_kit.clock import utc_now


class MovableClock:
    def __init__(self) -> None:
        self._passed = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self._passed

    def move(self, **by: float) -> None:
        """Lets time pass, in the words of `timedelta`."""
        self._passed += timedelta(**by)
