"""Bodies of requests and answers about oneself: tokens, account, sessions; and what all bodies have in common."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from vitrina_contracts.tokens import Role

from vitrina_auth.domain.password import LONGEST_PASSWORD
from vitrina_auth.domain.session import Session
from vitrina_auth.domain.user import User
from vitrina_auth.use_cases.ports import NewSecondFactor

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
    single_sign_on: Annotated[bool, Field(description="Signs in through the company's provider; has no password here.")]

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            username=user.username,
            role=user.grants.role,
            sources=list(user.grants.sources),
            must_change_password=user.must_change_password,
            second_factor=user.has_second_factor,
            single_sign_on=user.provider_account is not None,
        )


class PasswordBody(Body):
    current_password: TypedPassword = Field(repr=False)
    new_password: NewPassword = Field(repr=False)


class CurrentPasswordBody(Body):
    current_password: TypedPassword = Field(repr=False)


class CodeBody(Body):
    code: Annotated[str, Field(max_length=32, repr=False)]


class QrCodeView(BaseModel):
    """The same URI as a picture, for `<svg viewBox="0 0 size size"><path d=path>`; dark on light, its edge included."""

    size: int
    path: str


class SecondFactorSetup(BaseModel):
    secret: str
    uri: Annotated[str, Field(description="otpauth://..., for an authenticator app on this device.")]
    qr_code: QrCodeView

    @classmethod
    def of(cls, made: NewSecondFactor) -> Self:
        qr_code = QrCodeView(size=made.qr_code.size, path=made.qr_code.path)
        return cls(secret=made.secret, uri=made.uri, qr_code=qr_code)


class RecoveryCodes(BaseModel):
    """Each stands in once for a lost device."""

    recovery_codes: list[str]


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
