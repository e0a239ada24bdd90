"""Who is told of which alerts, when and how: receivers and routes, as a file holds them and as the API takes them.

Both are the same model but for its secrets: in clear (`Delivery`), or as the API shows and takes them.
"""

from datetime import time
from typing import Annotated, Generic, Literal, Self, TypeVar
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from vitrina_contracts.names import SourceName

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Severity = Literal["critical", "warning", "info"]
Secret = TypeVar("Secret")


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        message = "it has to be a name of the tz database, such as Europe/Moscow"
        raise ValueError(message)
    return name


def _http(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        message = "it has to begin with http:// or https://"
        raise ValueError(message)
    return url


def _written(clock: object) -> object:
    if isinstance(clock, int | float):  # YAML 1.1 takes an unquoted 22:00 for 1320, which would be 00:22
        message = 'it has to be text such as "22:00", in quotes'
        raise ValueError(message)  # noqa: TRY004 - becomes a fault of the field
    return clock


def _without_a_zone(clock: time) -> time:
    if clock.tzinfo is not None:
        message = "it has to be without a zone: time_zone says it"
        raise ValueError(message)
    return clock


HttpUrl = Annotated[str, AfterValidator(_http), Field(max_length=2000)]
Address = Annotated[str, Field(pattern=r"^[^\s@,<>]+@[^\s@,<>]+$", max_length=254)]
ReceiverName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
ZoneName = Annotated[str, AfterValidator(_known_zone), Field(max_length=100)]
ClockTime = Annotated[time, BeforeValidator(_written), AfterValidator(_without_a_zone)]
"""By the clock of a place, whose zone stands beside it."""


class Part(BaseModel):
    """Never quotes what it was given: that may be a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Email(Part, Generic[Secret]):
    to: Annotated[list[Address], Field(min_length=1, max_length=50)]
    sender: Annotated[Address, Field(alias="from")]
    server: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+:\d{1,5}$", description="host:port of the SMTP server")]
    username: Annotated[str, Field(max_length=254)] = ""
    password: Secret | None = None
    require_tls: bool = True


class Telegram(Part, Generic[Secret]):
    bot_token: Secret
    chat_id: int
    api_url: HttpUrl = "https://api.telegram.org"


class Webhook(Part, Generic[Secret]):
    """Its address is a secret, too: many services need no other."""

    url: Secret
    bearer_token: Secret | None = None

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: Secret) -> Secret:
        shown = url.get_secret_value() if isinstance(url, SecretStr) else url
        if isinstance(shown, str):
            _http(shown)
        return url


class Receiver(Part, Generic[Secret]):
    """Told in one or several ways. `send_resolved`: also when all is well again."""

    name: ReceiverName
    language: Literal["en", "ru"] = "en"
    send_resolved: bool = True
    email: Email[Secret] | None = None
    telegram: Telegram[Secret] | None = None
    webhook: Webhook[Secret] | None = None

    @model_validator(mode="after")
    def _has_a_way(self) -> Self:
        if self.email is None and self.telegram is None and self.webhook is None:
            message = "it needs email, telegram or webhook"
            raise ValueError(message)
        return self


class WorkingHours(Part):
    """Outside them nobody is told; what still lasts when they begin is told then."""

    days: Annotated[list[Day], Field(min_length=1, max_length=7)] = [
        "monday", "tuesday", "wednesday", "thursday", "friday",
    ]  # fmt: skip
    begin: Annotated[ClockTime, Field(alias="from")]
    end: Annotated[ClockTime, Field(alias="till", description="Not before `from`.")]
    time_zone: ZoneName

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.begin:
            message = "till has to be later than from: two routes cover a night"
            raise ValueError(message)
        return self


class Route(Part):
    """Empty `sources` or `severities`: all of them. An alert goes to every route that it fits."""

    receiver: ReceiverName
    sources: Annotated[list[SourceName], Field(max_length=1000)] = []
    severities: Annotated[list[Severity], Field(max_length=3)] = []
    working_hours: WorkingHours | None = None
    repeat_hours: Annotated[int, Field(ge=1, le=24 * 7, description="What lasts is told again at most so often.")] = 24


class DeliveryOf(Part, Generic[Secret]):
    receivers: Annotated[tuple[Receiver[Secret], ...], Field(max_length=50)] = ()
    routes: Annotated[tuple[Route, ...], Field(max_length=200)] = ()

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        names = [receiver.name for receiver in self.receivers]
        twice = sorted({name for name in names if names.count(name) > 1})
        missing = sorted({route.receiver for route in self.routes} - set(names))
        if twice or missing:
            message = f"named twice: {', '.join(twice)}" if twice else f"no such receiver: {', '.join(missing)}"
            raise ValueError(message)
        return self


Delivery = DeliveryOf[SecretStr]
"""With secrets in clear."""
