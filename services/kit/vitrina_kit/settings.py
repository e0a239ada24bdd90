"""Settings that several services share: environment variables with the prefix `VITRINA_`.

Secrets come as files only, so that neither a process list nor `docker inspect` shows them.
"""

from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Item = TypeVar("Item")


def _separate(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Listed = Annotated[frozenset[Item], NoDecode, BeforeValidator(_separate)]
"""A setting that holds several, separated by commas."""


class ServiceSettings(BaseSettings):
    """Where a service listens: `api_port` behind the edge, `internal_port` for health, metrics and internal routes."""

    model_config = SettingsConfigDict(env_prefix="VITRINA_", extra="ignore")

    host: str = "127.0.0.1"
    api_port: int = 8000
    internal_port: int = 8001
    log_level: str = "info"


class BusSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="VITRINA_", extra="ignore")

    nats_url: str = "nats://127.0.0.1:4222"
    """Several servers of a cluster comma separated."""
    nats_user: str | None = None
    nats_password_file: Path | None = None
    nats_replicas: int = Field(1, ge=1, le=5)
    """Servers of a NATS cluster that each keep a copy of a stream; counts when the stream is made."""

    @property
    def nats_servers(self) -> list[str]:
        return [server.strip() for server in self.nats_url.split(",")]


class DatabaseSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="VITRINA_", extra="ignore")

    database_url: str
    """`postgresql+asyncpg://USER@HOST:PORT/NAME`, without a password."""
    database_password_file: Path | None = None


class TokenSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="VITRINA_", extra="ignore")

    jwks_url: str


def read_secret(path: Path) -> str:
    """Content of a secret file without the line end.

    Raises:
        ValueError: the file is empty.
        OSError: the file cannot be read.
    """
    secret = path.read_text(encoding="utf-8").strip()
    if not secret:
        msg = f"the secret file {path} is empty"
        raise ValueError(msg)
    return secret
