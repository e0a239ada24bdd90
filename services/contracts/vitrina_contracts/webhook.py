"""Webhooks: where changes of devices' status are sent for those without NATS. Owned by the registry.

What is sent, and how it is signed, is told in `memory-bank/webhooks.md`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vitrina_contracts.names import SourceName

WebhookName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - how Standard Webhooks marks a secret; the rest of it is base64


class BeginsWith(StrEnum):
    PRESENT = "present"
    """The last status of every device first, as a late subscriber of NATS gets it; then each change."""
    CHANGES = "changes"
    """Only what changes from now on."""


class Webhook(BaseModel):
    """What the gateway needs to deliver: answer of the registry's `GET /internal/v1/webhooks`."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(description="Never used again, so that a new webhook of an old name begins anew.")]
    name: WebhookName
    url: Annotated[str, Field(repr=False)]
    sources: Annotated[tuple[SourceName, ...], Field(description="Empty: all.")] = ()
    begins_with: BeginsWith = BeginsWith.CHANGES
    enabled: bool = True
    created_at: datetime
    secrets: Annotated[
        tuple[str, ...], Field(repr=False, description="In clear. After a replacement the former one for a day, too.")
    ]
