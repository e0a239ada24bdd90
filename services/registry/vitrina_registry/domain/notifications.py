"""Who is told of alerts: receivers and routes as they are stored, their secrets apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from vitrina_contracts.alerting import AlertingReport, Outcome
from vitrina_contracts.manifest import Text

from vitrina_registry.domain.errors import NotFoundError
from vitrina_registry.domain.secret import SealedSecret, Secret, is_mask

TARGET: Final = "alerts:notifications"
"""Under which audit and revisions have it; no exporter can have such a name."""
SECRETS: Final = (("email", "password"), ("telegram", "bot_token"), ("webhook", "url"), ("webhook", "bearer_token"))
_SILENT_AFTER: Final = timedelta(minutes=3)

Receivers = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Notifications:
    """`receivers` without secrets; `secrets` by `<receiver>.<way>.<field>`. Revision 0: never set."""

    revision: int = 0
    receivers: Receivers = ()
    routes: Receivers = ()
    secrets: Mapping[str, SealedSecret] = field(default_factory=dict, repr=False)
    updated_at: datetime | None = None
    updated_by: str | None = None

    def masked_receivers(self) -> list[dict[str, Any]]:
        return with_secrets(self.receivers, {key: sealed.mask() for key, sealed in self.secrets.items()})

    def facts(self) -> dict[str, Any]:
        """For the audit and the revisions: receivers by name, so that what differs of one is told."""
        return {
            "receivers": {receiver["name"]: receiver for receiver in self.masked_receivers()},
            "routes": list(self.routes),
        }

    def has(self, receiver: str) -> bool:
        return any(each["name"] == receiver for each in self.receivers)


@dataclass(frozen=True)
class WrittenReceivers:
    """As they were sent, taken apart: secrets in clear, and keys of those that are to stay as they are."""

    plain: list[dict[str, Any]]
    fresh: Mapping[str, Secret]
    kept: Mapping[str, str]
    """Key -> its place in the document."""


def take_apart(receivers: Receivers) -> WrittenReceivers:
    plain: list[dict[str, Any]] = []
    fresh: dict[str, Secret] = {}
    kept: dict[str, str] = {}
    for number, receiver in enumerate(receivers):
        ways = {way: dict(value) if isinstance(value, Mapping) else value for way, value in receiver.items()}
        for way, name in SECRETS:
            value = ways[way].pop(name, None) if isinstance(ways.get(way), dict) else None
            key = f"{receiver['name']}.{way}.{name}"
            if is_mask(value):
                kept[key] = f"receivers[{number}].{way}.{name}"
            elif value is not None:
                fresh[key] = Secret(value)
        plain.append(ways)
    return WrittenReceivers(plain, fresh, kept)


def with_secrets(receivers: Receivers, secrets: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Put back in, whatever stands for each; those that are not set are null."""
    return [{**receiver, **dict(_ways(receiver, secrets))} for receiver in receivers]


def _ways(receiver: Mapping[str, Any], secrets: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for way in dict(SECRETS):
        if receiver.get(way) is not None:
            names = [name for at, name in SECRETS if at == way]
            own = {name: secrets.get(f"{receiver['name']}.{way}.{name}") for name in names}
            yield way, {**receiver[way], **own}


class DeliveryState(StrEnum):
    """What has become of receivers and routes."""

    IN_EFFECT = "in_effect"
    WAITING = "waiting"
    """Not tried yet."""
    REFUSED = "refused"
    """The former ones are in effect."""
    FILE = "file"
    """The installation's own file is in effect instead."""
    SILENT = "silent"
    """The part beside Alertmanager does not report."""


@dataclass(frozen=True)
class StoredReport:
    """The last report of the part beside Alertmanager."""

    report: AlertingReport
    at: datetime


def delivery_state(revision: int, stored: StoredReport | None, now: datetime) -> DeliveryState:
    if stored is None or stored.at < now - _SILENT_AFTER:
        return DeliveryState.SILENT
    if stored.report.from_file:
        return DeliveryState.FILE
    if stored.report.revision != revision:
        return DeliveryState.WAITING
    return DeliveryState.REFUSED if stored.report.refusal is not None else DeliveryState.IN_EFFECT


@dataclass(frozen=True)
class TestMessage:
    """The last that somebody wanted sent to a receiver."""

    __test__ = False  # no test of pytest's

    receiver: str
    asked_at: datetime
    asked_by: str
    outcome: Outcome


def no_receiver(name: str) -> NotFoundError:
    return NotFoundError(Text(en=f"There is no receiver {name[:80]!r}.", ru=f"Получателя {name[:80]!r} нет."))


NOT_KEPT: Final = Text(en="is not set here; send its value", ru="здесь не задан; пришлите значение")
UNKNOWN_SOURCE: Final = Text(en="is no source of this installation", ru="нет такого источника")
