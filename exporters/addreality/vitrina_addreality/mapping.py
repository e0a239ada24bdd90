"""Addreality's record of a device -> Reading. Pure."""

from typing import Any, Final

import msgspec
from vitrina_contracts.device import Status
from vitrina_sdk import Reading, text_of, timestamp_of

_STATES: Final = {"online": Status.ONLINE, "offline": Status.OFFLINE}
_PLAYBACK: Final = {"playback": True, "pause": False}


class DeviceRecord(msgspec.Struct):
    """The fields that are read; the vendor sends more. Only `id` has to have its type for the record to be readable."""

    id: int
    connection_state: Any = None
    player_status: Any = None
    name: Any = None
    last_online: Any = None
    activation_state: Any = None
    player_version: Any = None
    time_zone: Any = None


def to_reading(record: DeviceRecord, now: float) -> Reading:
    """A word that is not the vendor's known one stays unknown, and is kept as it came.

    Raises `ValueError` when the record does not tell a state in words at all.
    """
    word = text_of(record.connection_state)
    if word is None:
        raise ValueError("connection_state is no text")
    return Reading(
        device_id=str(record.id),
        status=_STATES.get(word, Status.UNKNOWN),
        vendor_state=word,
        name=text_of(record.name),
        player_version=text_of(record.player_version),
        time_zone=text_of(record.time_zone),
        last_seen=timestamp_of(record.last_online, now),
        playing=_PLAYBACK.get(record.player_status) if isinstance(record.player_status, str) else None,
        activated=record.activation_state if isinstance(record.activation_state, bool) else None,
    )
