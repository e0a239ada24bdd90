"""When a source is polled next. Pure."""

from typing import Final

from vitrina_sdk.errors import ConfigurationError, PollError, RateLimited, Unauthorized

MAX_BACK_OFF: Final = 60.0
MAX_BACK_OFF_POLLS: Final = 4
MAX_RETRY_AFTER: Final = 900.0
HOPELESS_RETRY: Final = 60.0
"""Wrong credentials and configuration do not heal by asking often; a change of them cuts this wait."""
JITTER: Final = 0.1
_SHORTEST_PAUSE: Final = 1.0


def steady_delay(interval: float, elapsed: float, chance: float) -> float:
    """Seconds from the end of a good poll to the next one. `chance` in 0..1 spreads sources; never later than asked."""
    return max(0.0, interval * (1 - JITTER * chance) - elapsed)


def failing_delay(error: PollError, failures: int, interval: float, *, goes_on: bool = False) -> float:
    """Seconds to wait after the `failures`-th failure in a row.

    `goes_on`: the next poll takes up where this one was stopped, so it may begin as soon as the vendor allows it.
    """
    if isinstance(error, Unauthorized | ConfigurationError):
        return HOPELESS_RETRY
    back_off = min(interval * min(2.0 ** (failures - 1), MAX_BACK_OFF_POLLS), MAX_BACK_OFF)
    if isinstance(error, RateLimited) and error.retry_after is not None:
        earliest = _SHORTEST_PAUSE if goes_on else min(interval, MAX_BACK_OFF)
        return max(min(error.retry_after, MAX_RETRY_AFTER), earliest)
    return back_off
