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
    max_age_seconds: float = 0
    """0: kept for ever."""


EXPORTERS: Final = StreamSpec(name="EXPORTERS", subjects=["exporters.>"], max_msgs_per_subject=64)
DEVICES: Final = StreamSpec(name="DEVICES", subjects=["devices.>"], max_msgs_per_subject=64)
"""Bounded per subject only: an age limit would make a device that is silent for longer vanish from the snapshot."""

AUTH: Final = StreamSpec(name="AUTH", subjects=["auth.>"], max_msgs_per_subject=1, max_age_seconds=1200)
"""Kept for longer than an access token lives: afterwards there is nothing left to revoke."""

ALERTS: Final = StreamSpec(
    name="ALERTS", subjects=["alerts.>"], max_msgs_per_subject=10_000, max_age_seconds=7 * 86_400
)
"""A week of what people were told of."""

EXPORTER_CHANGED_ALL: Final = "exporters.changed.*"
EXPORTER_STATUS_ALL: Final = "exporters.status.*"
DEVICE_STATUS_ALL: Final = "devices.status.>"
AUTH_REVOKED_ALL: Final = "auth.revoked.*"


def exporter_changed(name: str) -> str:
    return f"exporters.changed.{token(name)}"


def exporter_status(name: str) -> str:
    return f"exporters.status.{token(name)}"


def auth_revoked(sid: str) -> str:
    return f"auth.revoked.{token(sid)}"


def alert_changed(severity: str, name: str) -> str:
    return f"alerts.{token(severity)}.{token(name)}"


def device_status(key: DeviceKey) -> str:
    platform, source, device_id = key
    return f"devices.status.{token(platform)}.{token(source)}.{token(device_id)}"
