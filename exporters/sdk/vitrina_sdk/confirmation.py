"""Mass changes need a second poll: ten thousand screens rarely go dark at once, vendors' databases often do. Pure."""

from typing import Final

from vitrina_contracts.device import Status
from vitrina_contracts.metrics import NOT_KNOWN_STATE

from vitrina_sdk.reading import Reading

MASS_DEVICES: Final = 10
MASS_SHARE: Final = 0.3


def turns_dark(shown: Status, reading: Reading) -> bool:
    """Whether this reading takes an online device away: to offline, or to a device that the vendor denies knowing."""
    return shown is Status.ONLINE and (reading.status is Status.OFFLINE or reading.vendor_state == NOT_KNOWN_STATE)


def to_hold(turned: set[str], held_before: set[str], asked: int) -> set[str]:
    """The devices whose change waits for a second poll.

    `turned` are those that turned dark in this poll of `asked` devices, `held_before` those that waited already: they
    are confirmed by now, and they say nothing about the newly turned ones.
    """
    fresh = turned - held_before
    if len(fresh) >= MASS_DEVICES and len(fresh) > MASS_SHARE * asked:
        return fresh
    return set()
