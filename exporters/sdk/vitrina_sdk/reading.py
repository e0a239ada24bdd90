"""Reading: what one answer of the vendor says about one device, and how a vendor's free text becomes safe to show."""

import re
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from vitrina_contracts.device import Status
from vitrina_contracts.metrics import NOT_KNOWN_STATE

MAX_TEXT: Final = 200
"""Characters of a vendor's text that are kept: a label of a megabyte would break every reader behind us."""
_FUTURE_TOLERANCE: Final = 600.0
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One device in one answer. A field that the platform does not tell is null, never guessed."""

    device_id: str
    status: Status
    vendor_state: str
    """The vendor's own word."""
    name: str | None = None
    player_version: str | None = None
    ip: str | None = None
    external_ip: str | None = None
    time_zone: str | None = None
    last_seen: float | None = None
    """Unix seconds."""
    playing: bool | None = None
    activated: bool | None = None

    @classmethod
    def not_known(cls, device_id: str) -> "Reading":
        """The vendor was asked about this device and does not know it: unknown, not offline."""
        return cls(device_id=device_id, status=Status.UNKNOWN, vendor_state=NOT_KNOWN_STATE)


def text_of(value: Any) -> str | None:
    """A vendor's text, cut to `MAX_TEXT` and without control characters; null for anything that is no text."""
    if not isinstance(value, str):
        return None
    return _UNPRINTABLE.sub(" ", value[: MAX_TEXT * 2]).strip()[:MAX_TEXT] or None


def timestamp_of(value: Any, now: float) -> float | None:
    """ISO 8601 to Unix seconds; null for what is no time, is before 2000, or lies further ahead than clocks differ."""
    if not isinstance(value, str) or len(value) > 40:  # noqa: PLR2004 - longer than any ISO 8601 time
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return seconds if _EARLIEST <= seconds <= now + _FUTURE_TOLERANCE else None


_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
