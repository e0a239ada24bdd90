"""Bodies of requests and answers."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from vitrina_contracts.tokens import Role

from vitrina_auth.domain.api_token import ApiToken
from vitrina_auth.domain.audit import Action, AuditEntry, Outcome
from vitrina_auth.domain.client import Client
from vitrina_auth.domain.password import LONGEST_PASSWORD
from vitrina_auth.domain.session import Session
from vitrina_auth.domain.user import USERNAME_PATTERN, User
from vitrina_auth.use_cases.api_tokens import ApiTokenDraft
from vitrina_auth.use_cases.clients import ClientDraft
from vitrina_auth.use_cases.users import Owned, UserChange, UserDraft

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
    second_factor: Annotated[bool, Field(description="Signs in with a code besides the password.")]

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            username=user.username,
            role=user.grants.role,
            sources=list(user.grants.sources),
            must_change_password=user.must_change_password,
            second_factor=user.has_second_factor,
        )


class PasswordBody(Body):
    current_password: TypedPassword = Field(repr=False)
    new_password: NewPassword = Field(repr=False)


class CurrentPasswordBody(Body):
    current_password: TypedPassword = Field(repr=False)


class CodeBody(Body):
    code: Annotated[str, Field(max_length=32, repr=False)]


class SecondFactorSetup(BaseModel):
    secret: str
    uri: Annotated[str, Field(description="otpauth://..., as a QR code for an authenticator app.")]


class RecoveryCodes(BaseModel):
    """Each stands in once for a lost device."""

    recovery_codes: list[str]


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
            invited=user.password_hash is None,
            second_factor=user.has_second_factor,
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


class SessionView(BaseModel):
    id: UUID
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime
    address: str | None
    agent: Annotated[str | None, Field(description="What the client called itself.")]
    current: bool

    @classmethod
    def of(cls, session: Session, current: UUID | None) -> Self:
        return cls(
            id=session.id,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.expires_at,
            address=session.address,
            agent=session.agent,
            current=session.id == current,
        )


class SessionList(BaseModel):
    items: list[SessionView]


class OwnedView(BaseModel):
    """What ends when the user is disabled: sessions and API tokens; clients go on."""

    sessions: list[SessionView]
    api_tokens: list[str]
    clients: list[str]

    @classmethod
    def of(cls, owned: Owned) -> Self:
        sessions = [SessionView.of(session, None) for session in owned.sessions]
        return cls(sessions=sessions, api_tokens=list(owned.api_tokens), clients=list(owned.clients))


Name = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[^\x00-\x1f\x7f]+$")]
Scope = Annotated[
    Literal["read", "write"], Field(description="`read`: only what changes nothing; `write`: all that the role may.")
]


class NewApiTokenBody(Body):
    name: Name
    scope: Scope = "read"
    expires_in_days: Annotated[int, Field(ge=1, le=365)] = 90

    def draft(self) -> ApiTokenDraft:
        return ApiTokenDraft(name=self.name, scope=self.scope, lifetime=timedelta(days=self.expires_in_days))


class ApiTokenView(BaseModel):
    id: UUID
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime
    last_used_at: Annotated[datetime | None, Field(description="To about ten minutes.")]

    @classmethod
    def of(cls, token: ApiToken) -> Self:
        return cls(
            id=token.id,
            name=token.name,
            scope=token.scope,
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
        )


class ApiTokenList(BaseModel):
    items: list[ApiTokenView]


class NewApiToken(ApiTokenView):
    value: str


ClientRole = Annotated[
    Role, Field(description="`service` reads devices; `manager` and `admin` are what they are for people, users apart.")
]


class NewClientBody(Body):
    name: Name
    role: ClientRole = Role.SERVICE
    sources: SourceList | None = None
    scope: Scope = "read"

    def draft(self) -> ClientDraft:
        return ClientDraft(name=self.name, role=self.role, sources=self.sources, scope=self.scope)


class ClientView(BaseModel):
    client_id: str
    name: str
    role: Role
    sources: list[str]
    scope: str
    created_by: str
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, client: Client) -> Self:
        return cls(
            client_id=client.client_id,
            name=client.name,
            role=client.grants.role,
            sources=list(client.grants.sources),
            scope=client.scope,
            created_by=client.created_by,
            created_at=client.created_at,
            last_used_at=client.last_used_at,
        )


class ClientList(BaseModel):
    items: list[ClientView]


class NewClient(ClientView):
    client_secret: str


class AuditView(BaseModel):
    """`target` is the user (or client) to whom it was done."""

    at: datetime
    actor: str | None
    action: Action
    target: str | None
    address: str | None
    outcome: Outcome
    details: dict[str, Any]

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        return cls(
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            target=entry.subject,
            address=entry.address,
            outcome=entry.outcome,
            details=entry.detail,
        )


class AuditPage(BaseModel):
    """`next_cursor` is null on the last page."""

    items: list[AuditView]
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
