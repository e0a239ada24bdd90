"""The installation's settings: environment first, then `.env` at the root, then the defaults of `.env.example`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict
from vitrina_contracts.endpoints import parse_networks

from vitrina_embedded.alerting.settings import AlertSettings
from vitrina_embedded.home import ROOT
from vitrina_embedded.mail_server import MailServerSettings
from vitrina_embedded.network import NetworkSettings
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.secret_files import BUS_USERS
from vitrina_embedded.single_sign_on import SingleSignOnSettings

DEMO_POLL_INTERVAL = 10
DEMO_REQUEST_BUDGET = 500

HttpUrl = Annotated[str, Field(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")]
Seconds = Annotated[int, Field(ge=1, le=3600)]


def _names(value: object) -> object:
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


def _not_ours(name: str) -> str:
    if name in BUS_USERS:
        raise ValueError(f"{name} is a user that Vitrina has already; choose another name")
    return name


SubscriberName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$"), AfterValidator(_not_ours)]


class Settings(NetworkSettings, AlertSettings, SingleSignOnSettings, MailServerSettings):
    """Read once by `make up`; each service is given the ones that it needs."""

    model_config = SettingsConfigDict(env_prefix="VITRINA_", env_ignore_empty=True, extra="ignore", frozen=True)

    home: Path = ROOT / ".vitrina"
    admin_password: SecretStr | None = None
    second_factor_roles: str = ""
    nats_subscribers: Annotated[tuple[SubscriberName, ...], NoDecode, BeforeValidator(_names)] = ()
    demo: bool = True
    demo_devices: Annotated[int, Field(ge=1, le=100_000)] = 1000
    demo_flips_per_minute: Annotated[float, Field(ge=0)] = 3
    demo_incident: bool = True
    runtime: Literal["auto", "docker", "process"] = "auto"
    docker_host: Annotated[str, Field(pattern=r"^[a-z]+://")] = "unix:///var/run/docker.sock"
    image_prefix: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9._:/-]*/)?$")] = ""
    image_tag: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")] = "0.1.0"
    third_party_images: str | None = None
    third_party_programs: str | None = None
    exporter_memory_mb: Annotated[int, Field(ge=16)] = 256
    exporter_cpus: Annotated[float, Field(gt=0)] = 1
    exporter_pids: Annotated[int, Field(ge=8)] = 128
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    poll_interval: Seconds | None = None
    scrape_interval: Seconds = 15
    fresh_seconds: Annotated[int, Field(ge=1)] = 300
    tick_seconds: Annotated[float, Field(gt=0, le=60)] = 2
    request_budget: Annotated[float, Field(gt=0)] | None = None
    private_endpoints: str = "127.0.0.0/8"
    series_cleanup: bool = True
    series_grace_hours: Annotated[float, Field(ge=0, le=24 * 366)] = 168
    platform_retention_days: dict[str, Annotated[int, Field(ge=1, le=36_500)]] = Field(default_factory=dict)
    audit_days: Annotated[int, Field(ge=30, le=36_500)] = 730
    prometheus_url: HttpUrl | None = None
    """Of others, in place of our own."""
    alertmanager_url: HttpUrl | None = None
    prometheus_retention: Annotated[str, Field(pattern=r"^\d+(ms|s|m|h|d|w|y)$")] = "15d"
    prometheus_retention_size: Annotated[str, Field(pattern=r"^\d+(B|KB|MB|GB|TB)$")] = "2GB"

    @property
    def cleans_series(self) -> bool:
        """Nothing of others' Prometheus is removed."""
        return self.series_cleanup and self.prometheus_url is None

    @property
    def must_change_admin_password(self) -> bool:
        """A generated one; not in the demo, which signs in with it to connect its vendors."""
        return self.admin_password is None and not self.demo

    @field_validator("home")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return (ROOT / path.expanduser()).resolve()

    @field_validator("private_endpoints")
    @classmethod
    def _private_networks(cls, text: str) -> str:
        parse_networks(text)
        return text

    @property
    def effective_poll_interval(self) -> int:
        return self.poll_interval or (DEMO_POLL_INTERVAL if self.demo else 60)

    @property
    def effective_request_budget(self) -> float:
        return self.request_budget or (DEMO_REQUEST_BUDGET if self.demo else 20)


def load_settings() -> Settings:
    """The settings in force.

    Raises:
        Refusal: one of them does not fit; names it.
    """
    try:
        return Settings(_env_file=ROOT / ".env")
    except ValidationError as error:
        first = error.errors()[0]
        name = "VITRINA_" + "_".join(str(part) for part in first["loc"][:1]).removeprefix("VITRINA_").upper()
        raise Refusal(
            f"The setting {name} does not fit ({first['msg']}): change it in the environment or in .env."
        ) from None
