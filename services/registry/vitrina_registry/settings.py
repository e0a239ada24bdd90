"""Settings of the registry; each is an environment variable with the prefix `VITRINA_`."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from vitrina_contracts.endpoints import parse_networks
from vitrina_kit.settings import BusSettings, DatabaseSettings, ServiceSettings, TokenSettings

from vitrina_registry.domain.operation import CleanupRules


class MigrationSettings(ServiceSettings, DatabaseSettings):
    """The little that `migrate` needs."""


class RotationSettings(MigrationSettings):
    secret_key_file: Path
    """Fernet keys, one a line, the current one first."""


class SmtpSecurity(StrEnum):
    STARTTLS = "starttls"
    TLS = "tls"
    """From the first byte, mostly on port 465."""
    NONE = "none"


class SmtpSettings(BaseSettings):
    """The mail server that reports go through; without `smtp_host` none is sent."""

    model_config = SettingsConfigDict(env_prefix="VITRINA_", extra="ignore", env_ignore_empty=True)

    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65_535)] = 587
    smtp_security: SmtpSecurity = SmtpSecurity.STARTTLS
    smtp_username: str | None = None
    smtp_password_file: Path | None = None
    smtp_from: Annotated[str, Field(pattern=r"^[^\s@,<>]+@[^\s@,<>]+$", max_length=254)] | None = None
    """The address that reports come from."""
    ca_file: Path | None = None
    """Authorities to trust besides the usual ones, as PEM."""
    public_url: str | None = None
    """Where people open Vitrina; for links."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.smtp_host is not None and self.smtp_from is None:
            raise ValueError("VITRINA_SMTP_HOST also needs VITRINA_SMTP_FROM")
        if self.smtp_username is not None and self.smtp_password_file is None:
            raise ValueError("VITRINA_SMTP_USERNAME also needs VITRINA_SMTP_PASSWORD_FILE")
        if self.smtp_username is not None and self.smtp_security is SmtpSecurity.NONE:
            raise ValueError("VITRINA_SMTP_SECURITY=none would send the password in clear")
        return self


class RegistrySettings(RotationSettings, BusSettings, TokenSettings, SmtpSettings):
    model_config = SettingsConfigDict(env_prefix="VITRINA_", extra="ignore", env_ignore_empty=True)

    exporters_dir: Path = Path(__file__).parents[3] / "exporters"
    private_endpoints: str = ""
    """CIDRs, comma separated, that vendor URLs may lead to although they are private."""
    poll_interval: Annotated[float, Field(gt=0)] = 60
    request_budget: Annotated[float, Field(gt=0)] = 20
    series_cleanup: bool = True
    """Remove the series of what is deleted; false with a Prometheus of others, that offers no way to."""
    series_grace_hours: Annotated[float, Field(ge=0, le=24 * 366)] = 168
    """For so long that can be cancelled; the name of a deleted source is not free before."""
    platform_retention_days: dict[str, Annotated[int, Field(ge=1, le=36_500)]] = Field(default_factory=dict)
    """By platform: series older than so many days are removed each day. Others keep what Prometheus keeps."""
    audit_days: Annotated[int, Field(ge=30, le=36_500)] = 730
    """How long is kept who changed what."""
    orchestrator_caller_token_file: Path
    """Token that the orchestrator sends to our internal routes; the only one that is shown credentials."""
    gateway_caller_token_file: Path
    alerting_caller_token_file: Path
    """Of the part beside Alertmanager; the only one that is shown what receivers are reached with."""
    orchestrator_internal_url: str | None = None
    orchestrator_token_file: Path | None = None

    @property
    def cleanup(self) -> CleanupRules:
        days = self.platform_retention_days if self.series_cleanup else {}
        kept = {platform: timedelta(days=number) for platform, number in days.items()}
        return CleanupRules(self.series_grace, kept, timedelta(days=self.audit_days))

    @property
    def series_grace(self) -> timedelta | None:
        return timedelta(hours=self.series_grace_hours) if self.series_cleanup else None

    @field_validator("private_endpoints")
    @classmethod
    def _networks(cls, text: str) -> str:
        parse_networks(text)
        return text
