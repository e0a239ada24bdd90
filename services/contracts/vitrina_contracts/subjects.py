"""Subjects and streams of NATS JetStream."""

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

from vitrina_contracts.device import DeviceKey

_UNSAFE: Final = re.compile(rb"[^A-Za-z0-9_-]")


def token(text: str) -> str:
    """One subject token for any text: bytes outside `A-Za-z0-9_-` become `%XX`: the mapping is one to one."""
    return _UNSAFE.sub(lambda match: b"%%%02X" % match.group()[0], text.encode()).decode()


class StreamSpec(BaseModel):
    """What a stream must look like; whoever finds it missing makes it again."""

    model_config = ConfigDict(frozen=True)

    name: str
    subjects: list[str]
    max_msgs_per_subject: int
    allow_direct: bool = True
    duplicate_window_seconds: float = 120


EXPORTERS: Final = StreamSpec(name="EXPORTERS", subjects=["exporters.>"], max_msgs_per_subject=64)
DEVICES: Final = StreamSpec(name="DEVICES", subjects=["devices.>"], max_msgs_per_subject=64)
"""Bounded per subject only: an age limit would make a device that is silent for longer vanish from the snapshot."""

EXPORTER_CHANGED_ALL: Final = "exporters.changed.*"
EXPORTER_STATUS_ALL: Final = "exporters.status.*"
DEVICE_STATUS_ALL: Final = "devices.status.>"


def exporter_changed(name: str) -> str:
    return f"exporters.changed.{token(name)}"


def exporter_status(name: str) -> str:
    return f"exporters.status.{token(name)}"


def device_status(key: DeviceKey) -> str:
    platform, source, device_id = key
    return f"devices.status.{token(platform)}.{token(source)}.{token(device_id)}"
