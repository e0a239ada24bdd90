"""Claims of the access token (EdDSA JWT, `typ: at+jwt`, ten minutes)."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

ISSUER: Final = "vitrina"
AUDIENCE: Final = "vitrina-api"
ALGORITHM: Final = "EdDSA"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - a media type, not a secret
LIFETIME_SECONDS: Final = 600
API_TOKEN_PREFIX: Final = "vitrina_pat_"  # noqa: S105 - what such secrets begin with
"""Of personal API tokens, which are no JWTs: a verifier exchanges them at auth, once in a token's life."""
READ_ONLY: Final = "read"
PASSWORD_CHANGE: Final = "password-change"  # noqa: S105 - a scope, not a secret
SECOND_FACTOR_SETUP: Final = "second-factor-setup"
UNFINISHED: Final = frozenset({PASSWORD_CHANGE, SECOND_FACTOR_SETUP})
"""Scopes of a sign-in that must first finish something about the own account."""
ALL_SOURCES: Final = "*"


class Role(StrEnum):
    ADMIN = "admin"
    MANAGER = "manager"
    SERVICE = "service"


class Claims(BaseModel):
    model_config = ConfigDict(frozen=True)

    iss: str
    aud: str
    sub: Annotated[str, Field(description="User name.")]
    jti: str
    iat: int
    exp: int
    role: Role
    scope: Annotated[str, Field(description="Empty for all that the role may; else what the token is limited to.")] = ""
    client_id: str
    sid: Annotated[str | None, Field(description="What is revoked as one: a session, an API token.")] = None
    sources: Annotated[list[str], Field(description='Names of sources, or ["*"] for all.')]

    def sees(self, source: str) -> bool:
        """Whether the caller may learn anything of this source."""
        return ALL_SOURCES in self.sources or source in self.sources
