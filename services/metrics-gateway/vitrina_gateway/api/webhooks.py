"""How far webhooks are, for those who set them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field
from vitrina_contracts.webhook import Webhook
from vitrina_kit.http_app import create_router
from vitrina_kit.token_check import Admin

from vitrina_gateway.api.deps import TheParts
from vitrina_gateway.domain.device import moment
from vitrina_gateway.use_cases.webhooks import Progress

router = create_router("/webhooks", tags=["webhooks"])


class WebhookState(StrEnum):
    DELIVERING = "delivering"
    FAILING = "failing"
    DISABLED = "disabled"


class WebhookProgress(BaseModel):
    """Counts and times are this gateway's since it started; `waiting` is NATS' own count."""

    name: str
    state: WebhookState
    waiting: Annotated[
        int | None,
        Field(description="Stored events not looked at yet, other sources' among them; null: NATS does not say."),
    ]
    delivered: int
    skipped: Annotated[int, Field(description="Events of which the receiver said five times that they do not fit.")]
    last_delivered_at: datetime | None
    failing_since: datetime | None
    reason: Annotated[
        str | None,
        Field(
            description="Why the last try failed: http_<status>, timeout, not_reachable, tls, name_not_resolved, "
            "endpoint_refused, broken_answer."
        ),
    ]
    next_try_at: datetime | None

    @classmethod
    def of(cls, webhook: Webhook, progress: Progress) -> "WebhookProgress":
        return cls(
            name=webhook.name,
            state=_state(webhook, progress),
            waiting=progress.waiting,
            delivered=progress.delivered,
            skipped=progress.skipped,
            last_delivered_at=moment(progress.last_delivered_at),
            failing_since=moment(progress.failing_since),
            reason=progress.reason,
            next_try_at=moment(progress.next_try_at),
        )


class WebhookProgressList(BaseModel):
    items: list[WebhookProgress]


@router.get("", operation_id="listWebhookProgress")
async def list_webhook_progress(_caller: Admin, parts: TheParts) -> WebhookProgressList:
    """By name. What webhooks there are is set at the registry."""
    known = sorted(parts.webhooks.known(), key=lambda each: each[0].name)
    return WebhookProgressList(items=[WebhookProgress.of(webhook, progress) for webhook, progress in known])


def _state(webhook: Webhook, progress: Progress) -> WebhookState:
    if not webhook.enabled:
        return WebhookState.DISABLED
    return WebhookState.DELIVERING if progress.failing_since is None else WebhookState.FAILING
