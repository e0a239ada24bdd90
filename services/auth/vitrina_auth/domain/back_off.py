"""Back-off after wrong passwords: a few are free, then each costs a longer wait, up to a minute.

Two things are counted: an account at an address, so that a guesser elsewhere does not slow the owner down, and an
address, whatever names it tries. A wait is never prolonged by attempts during it, and after it the right password is
accepted, so guessing cannot lock anybody out for long, the only admin included.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FREE_FAILURES: Final = 5
FREE_FAILURES_OF_ADDRESS: Final = 50
"""Of everybody behind one address: an office may have one for all."""
LONGEST_WAIT_SECONDS: Final = 60.0
FORGOTTEN_AFTER: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """What is counted under one key, and how many failures of it are free."""

    key: str
    free: int


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failures in a row, and when the last of them was."""

    failures: int
    last_at: datetime


def limits_of(username: str, address: str) -> tuple[Limit, Limit]:
    """The account's limit and the address's. Keys are digests: people type passwords into the field of the name."""
    return (
        Limit(_key("account", username.lower(), address), FREE_FAILURES),
        Limit(_key("address", address), FREE_FAILURES_OF_ADDRESS),
    )


def seconds_to_wait(limit: Limit, attempts: Attempts | None, now: datetime) -> int:
    """0 when the next attempt may come now."""
    if attempts is None or attempts.failures < limit.free or now - attempts.last_at > FORGOTTEN_AFTER:
        return 0
    wait = min(LONGEST_WAIT_SECONDS, 2.0 ** min(attempts.failures - limit.free, 16))
    return max(0, math.ceil(wait - (now - attempts.last_at).total_seconds()))


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
