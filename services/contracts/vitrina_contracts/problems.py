"""RFC 9457 problem details: one shape for every refusal, with a stable `type` for each kind of it."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"


class ProblemType(StrEnum):
    UNAUTHENTICATED = "urn:vitrina:problem:unauthenticated"
    WRONG_CREDENTIALS = "urn:vitrina:problem:wrong-credentials"
    TOKEN_EXPIRED = "urn:vitrina:problem:token-expired"  # noqa: S105 - a name, not a secret
    FORBIDDEN = "urn:vitrina:problem:forbidden"
    PASSWORD_CHANGE_REQUIRED = "urn:vitrina:problem:password-change-required"  # noqa: S105 - a name, not a secret
    SECOND_FACTOR_REQUIRED = "urn:vitrina:problem:second-factor-required"
    """With 401 a code must come with the password; with 403 the user must set a second factor up first."""
    NOT_FOUND = "urn:vitrina:problem:not-found"
    METHOD_NOT_ALLOWED = "urn:vitrina:problem:method-not-allowed"
    CONFLICT = "urn:vitrina:problem:conflict"
    PRECONDITION_FAILED = "urn:vitrina:problem:precondition-failed"
    PRECONDITION_REQUIRED = "urn:vitrina:problem:precondition-required"
    INVALID = "urn:vitrina:problem:invalid"
    TOO_LARGE = "urn:vitrina:problem:too-large"
    ENDPOINT_REFUSED = "urn:vitrina:problem:endpoint-refused"
    TOO_MANY_REQUESTS = "urn:vitrina:problem:too-many-requests"
    UNAVAILABLE = "urn:vitrina:problem:unavailable"
    INTERNAL = "urn:vitrina:problem:internal"


class FieldError(BaseModel):
    """One field that does not fit, and what would."""

    field: Annotated[str, Field(description="Path in the body or the name of a parameter, like config.macs[3].")]
    message: str


class ProblemDetails(BaseModel):
    type: ProblemType
    title: str
    status: int
    detail: str
    instance: Annotated[str | None, Field(description="Identifier of the request, to be found in the logs.")] = None
    errors: list[FieldError] = []
