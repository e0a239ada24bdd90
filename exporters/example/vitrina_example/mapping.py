"""The vendor's record of a screen -> Reading. Pure, and never a guess: what the vendor does not say stays unknown."""

from typing import Any, Final

import msgspec
from vitrina_contracts.device import Status
from vitrina_sdk import Reading, text_of, timestamp_of

_STATES: Final = {"online": Status.ONLINE, "offline": Status.OFFLINE}


class ScreenRecord(msgspec.Struct):
    """The fields that are read. Only `serial` must have its type; of the others, nonsense is as good as nothing."""

    serial: str
    state: Any = None
    title: Any = None
    address: Any = None
    seen_at: Any = None


def to_reading(record: ScreenRecord, now: float) -> Reading:
    """A word that is not known stays unknown, and is kept as it came.

    Raises:
        ValueError: the record tells no state in words at all.
    """
    word = text_of(record.state)
    if word is None:
        raise ValueError("state is no text")
    return Reading(
        device_id=record.serial,
        status=_STATES.get(word, Status.UNKNOWN),
        vendor_state=word,
        name=text_of(record.title),
        ip=text_of(record.address),
        last_seen=timestamp_of(record.seen_at, now),
    )
