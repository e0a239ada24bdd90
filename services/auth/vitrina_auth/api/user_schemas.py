"""Bodies of requests and answers about users: who there is, and how they come in."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field
from vitrina_contracts.tokens import Role

from vitrina_auth.api.schemas import (
    Body,
    NewPassword,
    PersonRole,
    SessionView,
    SourceList,
)
from vitrina_auth.domain.user import USERNAME_PATTERN, User
from vitrina_auth.use_cases.users import Owned, UserChange, UserDraft


class NewUserBody(Body):
    """Without a password, somebody who is to be invited."""

    username: Annotated[str, Field(pattern=USERNAME_PATTERN)]
    password: NewPassword | None = Field(default=None, repr=False)
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
    """What is absent or null stays as it is. A user becomes a manager only together with a list of sources.

    With a password comes the duty to change it, unless `must_change_password` is false.
    """

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
    last_sign_in_at: datetime | None
    invited: Annotated[bool, Field(description="Has no password yet.")]
    second_factor: Annotated[bool, Field(description="Signs in with a code besides the password.")]
    single_sign_on: Annotated[bool, Field(description="Signs in through the company's provider, which gives rights.")]

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
            last_sign_in_at=user.last_sign_in_at,
            invited=user.is_invited,
            second_factor=user.has_second_factor,
            single_sign_on=user.provider_account is not None,
        )


class UserPage(BaseModel):
    """`next_cursor` is null on the last page."""

    items: list[UserView]
    total: int
    next_cursor: str | None


class InvitationView(BaseModel):
    """`token` is told this once; it goes into the link that the person is sent, behind `#`."""

    token: str
    expires_at: datetime


class AcceptBody(Body):
    token: Annotated[str, Field(max_length=128, repr=False)]
    password: NewPassword = Field(repr=False)


class Accepted(BaseModel):
    username: str


class ResetPassword(BaseModel):
    """Told this once; its user must change it at the next sign-in."""

    password: str


class OwnedView(BaseModel):
    """What ends when the user is disabled: sessions and API tokens; clients go on."""

    sessions: list[SessionView]
    api_tokens: list[str]
    clients: list[str]

    @classmethod
    def of(cls, owned: Owned) -> Self:
        sessions = [SessionView.of(session, None) for session in owned.sessions]
        return cls(sessions=sessions, api_tokens=list(owned.api_tokens), clients=list(owned.clients))
