import pytest
from vitrina_sdk.clock import Clock


class ManualClock(Clock):
    """Both clocks stand until a test moves them; the wall clock may be set by itself."""

    def __init__(self) -> None:
        self.passed = 1000.0
        self.set_to = 1_790_000_000.0

    def monotonic(self) -> float:
        return self.passed

    def wall(self) -> float:
        return self.set_to

    def move(self, seconds: float) -> None:
        self.passed += seconds
        self.set_to += seconds


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()
