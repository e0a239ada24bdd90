"""Webhooks: where changes of devices' status are sent, and the secret that they are signed with."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from vitrina_contracts.manifest import Text
from vitrina_contracts.webhook import BeginsWith

from vitrina_registry.domain.errors import ConflictError, NotFoundError
from vitrina_registry.domain.secret import SealedSecret

MOST: Final = 50
"""Each costs the gateway a consumer and a connection."""
FORMER_SECRET_COUNTS: Final = timedelta(days=1)
"""For so long a replaced secret signs, too, so that the receiver can change to the new one at leisure."""


@dataclass(frozen=True)
class Webhook:
    id: str
    name: str
    url: str
    sources: tuple[str, ...]
    """Empty: all."""
    begins_with: BeginsWith
    enabled: bool
    secret: SealedSecret
    former_secret: SealedSecret | None
    revision: int
    created_at: datetime
    updated_at: datetime

    @property
    def vault_name(self) -> str:
        """What the secret's ciphertext is bound to; no source can have such a name."""
        return f"webhook:{self.id}"

    def changed(self, change: Mapping[str, Any], now: datetime) -> "Webhook":
        return replace(self, **change, revision=self.revision + 1, updated_at=now)

    def with_secret(self, secret: SealedSecret, now: datetime) -> "Webhook":
        return self.changed({"secret": secret, "former_secret": self.secret}, now)

    def signing(self, now: datetime) -> list[SealedSecret]:
        """The secrets that count now, the newest first."""
        former = self.former_secret
        counts = former is not None and now < self.secret.set_at + FORMER_SECRET_COUNTS
        return [self.secret, former] if former is not None and counts else [self.secret]

    def facts(self) -> dict[str, Any]:
        """For the audit."""
        return {
            "url": self.url,
            "sources": list(self.sources),
            "begins_with": str(self.begins_with),
            "enabled": self.enabled,
            "revision": self.revision,
            "secret": self.secret.mask(),
        }


@dataclass(frozen=True)
class WebhookDraft:
    name: str
    url: str
    sources: tuple[str, ...] = ()
    begins_with: BeginsWith = BeginsWith.CHANGES
    enabled: bool = True


@dataclass(frozen=True)
class NewSecret:
    """A webhook, and its secret in clear: told once."""

    webhook: Webhook
    secret: str = field(repr=False)


def no_webhook(name: str) -> NotFoundError:
    return NotFoundError(Text(en=f"There is no webhook {name[:80]!r}.", ru=f"Вебхука {name[:80]!r} нет."))


def webhook_taken(name: str) -> ConflictError:
    return ConflictError(Text(en=f"There is a webhook {name!r} already.", ru=f"Вебхук {name!r} уже есть."))


def too_many_webhooks() -> ConflictError:
    return ConflictError(
        Text(
            en=f"There are {MOST} webhooks already; delete one that nobody needs.",
            ru=f"Вебхуков уже {MOST}; удалите тот, который не нужен.",
        )
    )
