"""Bodies of requests and answers."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from vitrina_contracts.tokens import Role

from vitrina_auth.domain.user import LONGEST_PASSWORD, USERNAME_PATTERN, User
from vitrina_auth.use_cases.users import UserChange, UserDraft

PersonRole = Literal[Role.ADMIN, Role.MANAGER]
LONGEST_TYPED_PASSWORD = 1024
"""Of a password to be compared: the first admin's may be longer than those set here."""

NewPassword = Annotated[str, Field(max_length=LONGEST_PASSWORD)]
TypedPassword = Annotated[str, Field(max_length=LONGEST_TYPED_PASSWORD)]
SourceList = Annotated[list[str], Field(max_length=1000, description='Names of sources; ["*"] stands for all.')]


class Body(BaseModel):
    """A request body; fields that we do not know are refused, so that a typo is not taken for consent."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TokenAnswer(BaseModel):
    """The refresh token comes beside it, as a cookie that scripts cannot read."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme's name
    expires_in: Annotated[int, Field(description="Seconds.")]


class Me(BaseModel):
    username: str
    role: Role
    sources: list[str]
    must_change_password: bool

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            username=user.username,
            role=user.grants.role,
            sources=list(user.grants.sources),
            must_change_password=user.must_change_password,
        )


class PasswordBody(Body):
    current_password: TypedPassword = Field(repr=False)
    new_password: NewPassword = Field(repr=False)


class NewUserBody(Body):
    username: Annotated[str, Field(pattern=USERNAME_PATTERN)]
    password: NewPassword = Field(repr=False)
    role: PersonRole
    sources: SourceList | None = None
    must_change_password: bool = False

    def draft(self) -> UserDraft:
        return UserDraft(
            username=self.username,
            password=self.password,
            role=self.role,
            sources=self.sources,
            must_change_password=self.must_change_password,
        )


class UserChangeBody(Body):
    """What is absent or null stays as it is. A user becomes a manager only together with a list of sources."""

    role: PersonRole | None = None
    sources: SourceList | None = None
    disabled: bool | None = None
    password: NewPassword | None = Field(default=None, repr=False)
    must_change_password: bool | None = None

    def change(self, revisions: frozenset[str] | None) -> UserChange:
        return UserChange(
            role=self.role,
            sources=self.sources,
            disabled=self.disabled,
            password=self.password,
            must_change_password=self.must_change_password,
            revisions=revisions,
        )


class UserView(BaseModel):
    username: str
    role: Role
    sources: list[str]
    disabled: bool
    must_change_password: bool
    revision: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            username=user.username,
            role=user.grants.role,
            sources=list(user.grants.sources),
            disabled=user.disabled,
            must_change_password=user.must_change_password,
            revision=user.revision,
            created_at=user.created_at,
            updated_at=user.updated_at,
        )


class UserPage(BaseModel):
    """`next_cursor` is null on the last page."""

    items: list[UserView]
    total: int
    next_cursor: str | None


class PublicKey(BaseModel):
    """One Ed25519 key as a JWK (RFC 8037)."""

    kty: str
    crv: str
    x: str
    kid: str
    use: str
    alg: str


class KeySetAnswer(BaseModel):
    keys: list[PublicKey]
