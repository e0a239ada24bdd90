"""Claims of the access token (EdDSA JWT, `typ: at+jwt`, ten minutes)."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

ISSUER: Final = "vitrina"
AUDIENCE: Final = "vitrina-api"
ALGORITHM: Final = "EdDSA"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105 - a media type, not a secret
LIFETIME_SECONDS: Final = 600
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
    scope: str = ""
    client_id: str
    sources: Annotated[list[str], Field(description='Names of sources, or ["*"] for all.')]

    def sees(self, source: str) -> bool:
        """Whether the caller may learn anything of this source."""
        return ALL_SOURCES in self.sources or source in self.sources
