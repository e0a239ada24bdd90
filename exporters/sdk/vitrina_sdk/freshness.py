"""How long a status may be shown after the vendor's last answer about the device. Pure."""

from typing import Final

from vitrina_contracts.device import Status

CYCLES: Final = 3


def fresh_window(fresh_seconds: float, cycle_seconds: float) -> float:
    """Seconds for which a status is fresh: a slow cycle must not make devices unknown between two of its answers."""
    return max(fresh_seconds, CYCLES * cycle_seconds)


def cycle_seconds(poll_interval: float, requests: int, budget: float, last_duration: float = 0.0) -> float:
    """How long one poll of all devices takes at least: the budget wins over the interval, a slow vendor over both."""
    return max(poll_interval, requests / budget, last_duration)


def status_at(status: Status, observed_at: float | None, now: float, window: float) -> Status:
    """The status that may be shown at `now`; times are of one monotonic clock, null means never answered."""
    if observed_at is None or now - observed_at >= window:
        return Status.UNKNOWN
    return status
