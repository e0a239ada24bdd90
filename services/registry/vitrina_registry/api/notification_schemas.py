"""Who is told of alerts, as the API shows and takes it: a secret is written as its value and shown as its mask."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from vitrina_contracts.alerting import Outcome
from vitrina_contracts.delivery import DeliveryOf, Email, Receiver, Route, Telegram, Webhook

from vitrina_registry.domain.notifications import DeliveryState, TestMessage, delivery_state
from vitrina_registry.use_cases.notifications import Shown


class KeptSecret(BaseModel):
    """Sent back as it was shown: the secret stays."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    set: Literal[True]
    set_at: datetime
    set_by: str | None = None
    expires_on: date | None = None


_Value = Annotated[str, Field(min_length=1, max_length=2000)]
SecretValue = _Value | KeptSecret


class EmailSetting(Email[SecretValue]):
    pass


class TelegramSetting(Telegram[SecretValue]):
    pass


class WebhookSetting(Webhook[SecretValue]):
    pass


class ReceiverSetting(Receiver[SecretValue]):
    email: EmailSetting | None = None
    telegram: TelegramSetting | None = None
    webhook: WebhookSetting | None = None


class NotificationsPut(DeliveryOf[SecretValue]):
    """Receivers and routes as a whole."""

    receivers: Annotated[tuple[ReceiverSetting, ...], Field(max_length=50)] = ()

    def document(self) -> Mapping[str, Any]:
        return self.model_dump(mode="json", by_alias=True)


class TestView(BaseModel):
    """The last test message to a receiver."""

    __test__ = False  # no test of pytest's

    receiver: str
    asked_at: datetime
    asked_by: str
    outcome: Annotated[
        Outcome, Field(description="sent: handed to Alertmanager, what became of it was not seen within 20 s.")
    ]

    @classmethod
    def of(cls, test: TestMessage) -> "TestView":
        return cls(**vars(test))


class NotificationsView(BaseModel):
    receivers: list[ReceiverSetting]
    routes: list[Route]
    revision: Annotated[int, Field(description="Also the ETag. 0: never set.")]
    updated_at: datetime | None
    updated_by: str | None
    state: Annotated[
        DeliveryState,
        Field(description="file: the installation's own file is in effect; silent: nobody tells what is in effect."),
    ]
    refusal: Annotated[str | None, Field(description="Why the former ones are in effect.")]
    failing: Annotated[list[str], Field(description="Ways (email, telegram, webhook) that failed in the last 5 min.")]
    tests: list[TestView]

    @classmethod
    def of(cls, shown: Shown, now: datetime) -> "NotificationsView":
        what = shown.notifications
        report = shown.report.report if shown.report else None
        return cls(
            receivers=[ReceiverSetting.model_validate(receiver) for receiver in what.masked_receivers()],
            routes=[Route.model_validate(route) for route in what.routes],
            revision=what.revision,
            updated_at=what.updated_at,
            updated_by=what.updated_by,
            state=delivery_state(what.revision, shown.report, now),
            refusal=report.refusal if report else None,
            failing=report.failing if report else [],
            tests=[TestView.of(test) for test in shown.tests],
        )
