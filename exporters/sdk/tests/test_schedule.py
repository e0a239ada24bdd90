import pytest
from vitrina_sdk.errors import EndpointRefused, PollError, RateLimited, ServerFailed, Unauthorized
from vitrina_sdk.schedule import failing_delay, steady_delay


def test_a_good_source_is_never_polled_later_than_its_interval() -> None:
    assert steady_delay(60, 5, 0) == 55
    assert steady_delay(60, 5, 1) == 49
    assert steady_delay(60, 70, 0.5) == 0


@pytest.mark.parametrize(
    ("error", "failures", "interval", "delay"),
    [
        (ServerFailed(""), 1, 10, 10),
        (ServerFailed(""), 2, 10, 20),
        (ServerFailed(""), 9, 10, 40),
        (ServerFailed(""), 9, 2, 8),
        (ServerFailed(""), 2, 60, 60),
        (Unauthorized(""), 1, 2, 60),
        (EndpointRefused(""), 1, 2, 60),
        (RateLimited("", 120), 1, 60, 120),
        (RateLimited("", 86_400), 1, 60, 900),
        (RateLimited("", 1), 1, 10, 10),
        (RateLimited("", None), 3, 10, 40),
    ],
)
def test_back_off_is_bounded_and_obeys_the_vendor(
    error: PollError, failures: int, interval: float, delay: float
) -> None:
    assert failing_delay(error, failures, interval) == delay


def test_an_interrupted_round_goes_on_as_soon_as_the_vendor_allows() -> None:
    assert failing_delay(RateLimited("", 0), 1, 10, goes_on=True) == 1
    assert failing_delay(RateLimited("", 3), 1, 10, goes_on=True) == 3
