"""CubicMedia's answer about one player -> Reading. Pure."""

from collections.abc import Collection
from typing import Any

import msgspec
from vitrina_contracts.device import Status
from vitrina_sdk import Reading, text_of


class PlayerRecord(msgspec.Struct):
    """The fields that are read. The vendor tells no last contact, version or playback."""

    status: str
    name: Any = None
    ip: Any = None
    out_ip: Any = msgspec.field(default=None, name="outIp")


def to_reading(device_id: str, record: PlayerRecord, offline_values: Collection[str]) -> Reading:
    """A word that is neither `online` nor one of `offline_values` stays unknown, and is kept as it came."""
    return Reading(
        device_id=device_id,
        status=_status(record.status, offline_values),
        vendor_state=text_of(record.status) or "",
        name=text_of(record.name),
        ip=text_of(record.ip),
        external_ip=text_of(record.out_ip),
    )


def _status(word: str, offline_values: Collection[str]) -> Status:
    if word == "online":
        return Status.ONLINE
    return Status.OFFLINE if word in offline_values else Status.UNKNOWN
