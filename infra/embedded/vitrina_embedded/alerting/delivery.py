"""Who is told of which alerts, when and how: the file of an installation's own receivers and routes.

It holds passwords: keep it private. `infra/alertmanager/README.md` shows one.
"""

from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from vitrina_contracts.names import SourceName

from vitrina_embedded.refusal import Refusal

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Severity = Literal["critical", "warning", "info"]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        message = "it has to be a name of the tz database, such as Europe/Moscow"
        raise ValueError(message)
    return name


def _http(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("http://", "https://")):
        message = "it has to begin with http:// or https://"
        raise ValueError(message)
    return url


HttpUrl = Annotated[SecretStr, AfterValidator(_http)]
Address = Annotated[str, Field(pattern=r"^[^\s@,<>]+@[^\s@,<>]+$", max_length=254)]
ReceiverName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Email(_Part):
    to: Annotated[list[Address], Field(min_length=1, max_length=50)]
    sender: Annotated[Address, Field(alias="from")]
    server: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+:\d{1,5}$", description="host:port of the SMTP server")]
    username: str = ""
    password: SecretStr = SecretStr("")
    require_tls: bool = True


class Telegram(_Part):
    bot_token: SecretStr
    chat_id: int
    api_url: HttpUrl = SecretStr("https://api.telegram.org")


class Webhook(_Part):
    url: HttpUrl
    bearer_token: SecretStr | None = None


class Receiver(_Part):
    """Told in one or several ways. `send_resolved`: also when all is well again."""

    name: ReceiverName
    language: Literal["en", "ru"] = "en"
    send_resolved: bool = True
    email: Email | None = None
    telegram: Telegram | None = None
    webhook: Webhook | None = None

    @model_validator(mode="after")
    def _has_a_way(self) -> Self:
        if self.email is None and self.telegram is None and self.webhook is None:
            message = "it needs email, telegram or webhook"
            raise ValueError(message)
        return self


class WorkingHours(_Part):
    """Outside them nobody is told; what still lasts when they begin is told then."""

    days: Annotated[list[Day], Field(min_length=1)] = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    begin: Annotated[time, Field(alias="from")]
    end: Annotated[time, Field(alias="till", description="Not before `from`.")]
    time_zone: Annotated[str, AfterValidator(_known_zone)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.begin:
            message = "till has to be later than from: two routes cover a night"
            raise ValueError(message)
        return self


class Route(_Part):
    """Empty `sources` or `severities`: all of them. An alert goes to every route that it fits."""

    receiver: ReceiverName
    sources: list[SourceName] = []
    severities: list[Severity] = []
    working_hours: WorkingHours | None = None
    repeat_hours: Annotated[int, Field(ge=1, le=24 * 7, description="What lasts is told again at most so often.")] = 24


class Delivery(_Part):
    receivers: Annotated[list[Receiver], Field(max_length=50)] = []
    routes: Annotated[list[Route], Field(max_length=200)] = []

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        names = [receiver.name for receiver in self.receivers]
        twice = sorted({name for name in names if names.count(name) > 1})
        missing = sorted({route.receiver for route in self.routes} - set(names))
        if twice or missing:
            message = f"named twice: {', '.join(twice)}" if twice else f"no such receiver: {', '.join(missing)}"
            raise ValueError(message)
        return self


def read_delivery(path: Path | None) -> Delivery:
    """Raises Refusal: names the place in the file and what would fit, and quotes nothing of it."""
    if path is None:
        return Delivery()
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Delivery.model_validate({} if content is None else content)
    except OSError as error:
        raise Refusal(f"The file of alert routes {path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise Refusal(f"The file of alert routes {path} is not YAML.") from None
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False, include_context=False)[:5]
        )
        raise Refusal(f"The file of alert routes {path} does not fit: {faults}.") from None
