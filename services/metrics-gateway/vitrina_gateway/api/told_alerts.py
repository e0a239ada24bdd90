"""`POST /internal/v1/alerts`: Alertmanager's webhook. What people are told becomes events."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field
from vitrina_contracts.events import AlertChanged
from vitrina_kit.http_app import require_bearer

from vitrina_gateway.use_cases.told_alerts import ToldAlerts


class WebhookAlert(BaseModel):
    status: Literal["firing", "resolved"]
    fingerprint: str
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts_at: Annotated[datetime, Field(alias="startsAt")]
    ends_at: Annotated[datetime, Field(alias="endsAt")]

    def event(self) -> AlertChanged:
        return AlertChanged(
            state=self.status,
            fingerprint=self.fingerprint,
            name=self.labels.get("alertname", ""),
            severity=self.labels.get("severity", "none"),
            labels=self.labels,
            annotations=self.annotations,
            starts_at=self.starts_at,
            ends_at=self.ends_at if self.status == "resolved" else None,
        )


class Webhook(BaseModel):
    """What counts of Alertmanager's body, version 4."""

    alerts: list[WebhookAlert]


def create_alert_router(alertmanager_token: str, told: ToldAlerts) -> APIRouter:
    """While NATS is away the answer is 503, and Alertmanager tries again."""
    router = APIRouter(prefix="/internal/v1")

    @router.post("/alerts", status_code=204, dependencies=[Depends(require_bearer(alertmanager_token))])
    async def tell(webhook: Webhook) -> Response:
        is_stored = await told.tell([alert.event() for alert in webhook.alerts])
        return Response(status_code=204 if is_stored else 503)

    return router
