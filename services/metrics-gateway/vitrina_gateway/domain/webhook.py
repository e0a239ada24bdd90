"""What a webhook's receiver is sent, how that is signed, and what its answer means. Pure.

The signature is that of Standard Webhooks: HMAC-SHA256 of `id.timestamp.body`, in base64, for each secret that counts.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec
from vitrina_contracts.webhook import SECRET_PREFIX

LONGEST_PAUSE_SECONDS: Final = 300.0
_NOT_FIT: Final = frozenset({400, 413, 422})
_TRIES_OF_WHAT_DOES_NOT_FIT: Final = 5


class Answer(msgspec.Struct, frozen=True):
    """Of a receiver. `reason` when it did not take the event: `http_503`, `timeout`, `endpoint_refused`, ..."""

    status: int | None = None
    reason: str | None = None
    retry_after: float | None = None
    """Seconds that the receiver asks to be left alone."""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - as HTTP has them


class Verdict(StrEnum):
    TAKEN = "taken"
    AGAIN = "again"
    SKIPPED = "skipped"
    """It says of this event that it does not fit, again and again: the next ones must not wait for ever."""


class Told(msgspec.Struct, frozen=True):
    """The little of an event that deciding takes."""

    id: str
    source: str


class _Device(msgspec.Struct):
    source: str


class _Data(msgspec.Struct):
    device: _Device


class _Event(msgspec.Struct):
    id: str
    data: _Data


def read_event(payload: bytes) -> Told | None:
    """None for a message that is no event of a device."""
    try:
        event = msgspec.json.decode(payload, type=_Event)
    except msgspec.MsgspecError:
        return None
    return Told(event.id, event.data.device.source)


def headers(event_id: str, body: bytes, secrets: Sequence[str], at: float) -> dict[str, str]:
    """`at`: Unix seconds of this try; receivers refuse what is old."""
    timestamp = str(int(at))
    signed = f"{event_id}.{timestamp}.".encode() + body
    return {
        "Content-Type": "application/cloudevents+json",
        "User-Agent": "Vitrina",
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets),
    }


def verdict(answer: Answer, attempt: int) -> Verdict:
    """`attempt`: how often this event was sent, this time included."""
    if answer.is_taken:
        return Verdict.TAKEN
    if answer.status in _NOT_FIT and attempt >= _TRIES_OF_WHAT_DOES_NOT_FIT:
        return Verdict.SKIPPED
    return Verdict.AGAIN


def pause(answer: Answer, attempt: int) -> float:
    """Seconds until the event is sent again: doubled each time, five minutes at most, or as the receiver asks."""
    return min(max(2.0 ** min(attempt, 10), answer.retry_after or 0.0), LONGEST_PAUSE_SECONDS)


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
