"""A source as desired, and what becomes of its configuration when it is written.

A source's revision is its exporter's revision at the source's last change: it grows, it never repeats for a name that
is used again, and it can be compared with what the exporter has applied.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from vitrina_registry.domain.secret import SealedSecret, Secret, is_mask


@dataclass(frozen=True)
class Source:
    name: str
    exporter: str
    config: Mapping[str, Any]
    """Without the secret fields."""
    secrets: Mapping[str, SealedSecret]
    labels: Mapping[str, str]
    enabled: bool
    revision: int
    created_at: datetime
    updated_at: datetime

    def masked_config(self) -> dict[str, Any]:
        """The configuration as anybody may read it who may read the source at all."""
        return {**self.config, **{field: sealed.mask() for field, sealed in self.secrets.items()}}

    def at(self, revision: int, now: datetime) -> Self:
        return replace(self, revision=revision, updated_at=now)


@dataclass(frozen=True)
class WrittenConfig:
    """A configuration as a client sent it, taken apart."""

    plain: dict[str, Any]
    fresh: dict[str, Secret]
    """Secrets sent with a value."""
    cleared: frozenset[str]
    """Secrets sent as null; every other one that was not sent stays as it is."""


def take_apart(config: Mapping[str, Any], secret_fields: frozenset[str]) -> WrittenConfig:
    """Splits a written configuration. A secret sent back as its mask counts as not sent."""
    sent = {field: config[field] for field in secret_fields if field in config and not is_mask(config[field])}
    return WrittenConfig(
        plain={field: value for field, value in config.items() if field not in secret_fields},
        fresh={field: Secret(value) for field, value in sent.items() if value is not None},
        cleared=frozenset(field for field, value in sent.items() if value is None),
    )


def kept_secrets(written: WrittenConfig, stored: Mapping[str, SealedSecret]) -> dict[str, SealedSecret]:
    """The stored secrets that a write leaves alone."""
    return {
        field: sealed for field, sealed in stored.items() if field not in written.fresh and field not in written.cleared
    }


def cycle_seconds(config: Mapping[str, Any], *, calls: int, poll_interval: float, request_budget: float) -> float:
    """How long one poll of all devices takes at least: the budget of requests a second wins over the interval.

    Args:
        config: may hold its own `request_budget`.
        calls: requests that one poll needs.
        poll_interval: seconds, of the installation.
        request_budget: requests a second, of the installation.
    """
    own = config.get("request_budget")
    budget = float(own) if isinstance(own, int | float) and own > 0 else request_budget
    return max(poll_interval, calls / budget)
