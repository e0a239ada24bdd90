"""Back-off after wrong passwords: a few are free, then each costs a longer wait, up to a minute.

A wait is never prolonged by attempts during it, and the first right password after it is accepted and clears the
count, so guessing cannot lock anybody out for long. Kept in memory, bounded: the oldest counts are forgotten first.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from vitrina_auth.domain.errors import TooManyAttempts

AttemptKey = tuple[str, str]
"""`(user name in lower case, address of the client)`: a guesser elsewhere does not slow the owner down."""

FREE_FAILURES: Final = 5
LONGEST_WAIT_SECONDS: Final = 60.0
FORGOTTEN_AFTER_SECONDS: Final = 900.0
MOST_ACCOUNTS: Final = 10_000


@dataclass(slots=True)
class _Count:
    failures: int
    last: float


class BackOff:
    """Counts failures by key; `now` is a monotonic time in seconds."""

    def __init__(self) -> None:
        self._counts: OrderedDict[AttemptKey, _Count] = OrderedDict()

    def check(self, key: AttemptKey, now: float) -> None:
        """Raises `TooManyAttempts` while the key's wait is running."""
        count = self._counts.get(key)
        if count is None:
            return
        left = count.last + _wait(count.failures) - now
        if left > 0:
            raise TooManyAttempts(math.ceil(left))

    def failed(self, key: AttemptKey, now: float) -> None:
        count = self._counts.pop(key, None)
        if count is None or now - count.last > FORGOTTEN_AFTER_SECONDS:
            count = _Count(0, now)
        self._counts[key] = _Count(count.failures + 1, now)
        while len(self._counts) > MOST_ACCOUNTS:
            self._counts.popitem(last=False)

    def succeeded(self, key: AttemptKey) -> None:
        self._counts.pop(key, None)


def _wait(failures: int) -> float:
    """Seconds after the n-th failure: none for the free ones, then 1, 2, 4, ... up to the longest."""
    if failures < FREE_FAILURES:
        return 0.0
    return min(LONGEST_WAIT_SECONDS, 2.0 ** min(failures - FREE_FAILURES, 16))
