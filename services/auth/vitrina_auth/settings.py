"""Settings of auth."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from vitrina_contracts.tokens import Role
from vitrina_kit.settings import BusSettings, DatabaseSettings, Listed, ServiceSettings

from vitrina_auth.sign_on_settings import SignOnSettings


class MigrationSettings(ServiceSettings, DatabaseSettings):
    """What `migrate` needs: no secret of the running service."""


class AuthSettings(MigrationSettings, BusSettings, SignOnSettings):
    """`secret_key_file` holds Fernet keys, one a line, the first is current: they encrypt the signing keys at rest."""

    secret_key_file: Path
    admin_password_file: Path | None = None
    admin_password_generated: bool = False
    """A program made the password of that file, not a person: its first use is to change it."""
    refresh_cookie_secure: bool = True
    second_factor_roles: Listed[Role] = frozenset()
    """Roles that must have a second factor."""
    signing_key_days: Annotated[float, Field(ge=2)] = 30
    audit_days: Annotated[int, Field(ge=30, le=36_500)] = 730
    """How long is kept who did what."""
    argon2_memory_kib: Annotated[int, Field(ge=19456)] = 47104
