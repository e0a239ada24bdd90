"""Service clients: other systems, with rights of their own and a secret instead of a password."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from vitrina_auth.domain.grants import Grants

SECRET_PREFIX: Final = "vitrina_cs_"  # noqa: S105 - what such secrets begin with

_CLIENT_ID: Final = re.compile(r"client:[0-9a-f]{16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """As stored: the secret's digest only. `generation` grows with each new secret."""

    client_id: str
    name: str
    grants: Grants
    scope: str
    digest: bytes = field(repr=False)
    generation: int
    created_by: str
    created_at: datetime
    last_used_at: datetime | None = None

    @property
    def sid(self) -> str:
        """What its access tokens carry: another one with each secret."""
        return f"{self.client_id}.{self.generation}"


def new_client_id() -> str:
    """No user can have this name: a colon is none of their characters."""
    return f"client:{secrets.token_hex(8)}"


def can_be_client_id(text: str) -> bool:
    """What cannot be one is not asked of the store, which takes no NUL."""
    return _CLIENT_ID.fullmatch(text) is not None


def new_client_secret() -> str:
    return SECRET_PREFIX + secrets.token_urlsafe(32)
