import pytest
from vitrina_contracts.device import Status
from vitrina_sdk.freshness import cycle_seconds, fresh_window, status_at


@pytest.mark.parametrize(
    ("interval", "requests", "budget", "took", "cycle"),
    [
        (60, 1, 20, 0.3, 60),
        (60, 12_000, 10, 0, 1200),
        (10, 1000, 500, 2.1, 10),
        (60, 1000, 500, 90, 90),
    ],
)
def test_a_cycle_is_the_slowest_of_interval_budget_and_vendor(
    interval: float, requests: int, budget: float, took: float, cycle: float
) -> None:
    assert cycle_seconds(interval, requests, budget, took) == cycle


def test_a_slow_cycle_widens_the_fresh_window() -> None:
    assert fresh_window(300, 60) == 300
    assert fresh_window(300, 1200) == 3600


def test_a_status_is_shown_until_its_window_ends_and_never_without_an_answer() -> None:
    assert status_at(Status.OFFLINE, 100, 399, 300) is Status.OFFLINE
    assert status_at(Status.OFFLINE, 100, 400, 300) is Status.UNKNOWN
    assert status_at(Status.ONLINE, None, 0, 300) is Status.UNKNOWN
