"""Signing keys and their rotation.

A key is published before it signs, so that no verifier meets a signature whose key it has not fetched, and it stays
published after its successor took over for longer than its last token lives.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from vitrina_contracts.tokens import LIFETIME_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """`sealed_private` is the private JWK, encrypted; `public_jwk` is what others may know."""

    kid: str
    public_jwk: dict[str, str]
    sealed_private: bytes = field(repr=False)
    created_at: datetime
    signs_from: datetime


@dataclass(frozen=True, slots=True)
class RotationPolicy:
    """How long a key signs, how long before that it is published, and how long after that it stays published."""

    period: timedelta = timedelta(days=30)
    publish_ahead: timedelta = timedelta(hours=24)
    keep: timedelta = timedelta(seconds=6 * LIFETIME_SECONDS)


DEFAULT_POLICY: Final = RotationPolicy()


@dataclass(frozen=True, slots=True)
class RotationPlan:
    """`next_signs_from` asks for a new key; `retired` names keys that nobody needs any more."""

    next_signs_from: datetime | None
    retired: tuple[str, ...]


def signing_key(keys: Sequence[SigningKey], now: datetime) -> SigningKey | None:
    """The newest key whose time has come."""
    started = [key for key in keys if key.signs_from <= now]
    return max(started, key=_signs_from, default=None)


def plan_rotation(
    keys: Sequence[SigningKey], readable: Sequence[SigningKey], now: datetime, policy: RotationPolicy
) -> RotationPlan:
    """What to create and to retire. `readable` are the keys that we can sign with; others may only verify."""
    return RotationPlan(_next_signs_from(readable, now, policy), _retired(keys, now, policy))


def _next_signs_from(readable: Sequence[SigningKey], now: datetime, policy: RotationPolicy) -> datetime | None:
    if signing_key(readable, now) is None:
        return now
    newest = max(readable, key=_signs_from)
    ends = newest.signs_from + policy.period
    if newest.signs_from > now or now < ends - policy.publish_ahead:
        return None
    return max(ends, now + policy.publish_ahead)


def _retired(keys: Sequence[SigningKey], now: datetime, policy: RotationPolicy) -> tuple[str, ...]:
    ordered = sorted(keys, key=_signs_from)
    return tuple(key.kid for key, successor in pairwise(ordered) if successor.signs_from + policy.keep <= now)


def _signs_from(key: SigningKey) -> datetime:
    return key.signs_from
