"""Claims of the access token (EdDSA JWT, `typ: at+jwt`, ten minutes)."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

ISSUER: Final = "vitrina"
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


class Audience(StrEnum):
    """A service that a token is for; each accepts those that name it."""

    AUTH = "vitrina-auth"
    """Own account and users: only for people who signed in, never for API tokens and clients."""
    REGISTRY = "vitrina-registry"
    GATEWAY = "vitrina-gateway"


EVERYWHERE: Final = tuple(Audience)
MACHINES: Final = (Audience.REGISTRY, Audience.GATEWAY)


class Role(StrEnum):
    ADMIN = "admin"
    MANAGER = "manager"
    SERVICE = "service"


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Claims(BaseModel):
    model_config = ConfigDict(frozen=True)

    iss: str
    aud: Annotated[list[str], BeforeValidator(_as_list), Field(description="Services that may accept the token.")]
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
