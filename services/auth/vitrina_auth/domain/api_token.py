"""Personal API tokens: what a person gives a script or a dashboard instead of the password."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from vitrina_contracts.tokens import API_TOKEN_PREFIX

MOST_TOKENS: Final = 50
"""Of one user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """As stored: the value's digest only. It may never do more than its owner."""

    id: UUID
    user_id: int
    name: str
    scope: str
    digest: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None

    def sid(self, owner_revision: int) -> str:
        """What access tokens got with it carry: another one after each change of the owner, which revokes the rest."""
        return f"{self.id}.{owner_revision}"


def new_value() -> str:
    """256 random bits behind a prefix by which people and scanners of leaked secrets know it."""
    return API_TOKEN_PREFIX + secrets.token_urlsafe(32)
