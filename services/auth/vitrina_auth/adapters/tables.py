"""Tables of the schema `auth`."""

from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

SCHEMA: Final = "auth"


class AuthTable(SQLModel):
    """Base of this service's tables: a metadata of its own, so that no other service's tables get in."""

    metadata: ClassVar[MetaData] = MetaData(schema=SCHEMA)


def _instant(*, nullable: bool = False, index: bool = False) -> "Column[datetime]":
    return Column(DateTime(timezone=True), nullable=nullable, index=index)


class UserRow(AuthTable, table=True):
    __tablename__ = "users"
    __table_args__ = (
        Index("users_username_in_any_case", text("lower(username)"), unique=True),
        UniqueConstraint("provider_issuer", "provider_subject"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    username: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    password_hash: str | None = Field(sa_column=Column(Text, nullable=True))
    role: str = Field(sa_column=Column(Text, nullable=False))
    sources: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    disabled: bool = False
    must_change_password: bool = False
    revision: int = 1
    created_at: datetime = Field(sa_column=_instant())
    updated_at: datetime = Field(sa_column=_instant())
    last_sign_in_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    totp_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    totp_confirmed: bool = False
    totp_last_step: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
    provider_issuer: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    provider_subject: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


def _owner(*, primary_key: bool = False) -> "Column[int]":
    return Column(
        BigInteger,
        ForeignKey("auth.users.id", ondelete="CASCADE"),
        nullable=False,
        index=not primary_key,
        primary_key=primary_key,
    )


class RecoveryCodeRow(AuthTable, table=True):
    """Stands in for a lost second factor, once."""

    __tablename__ = "recovery_codes"

    digest: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    user_id: int = Field(sa_column=_owner())


class InvitationRow(AuthTable, table=True):
    """The newest link of a user that has no password yet."""

    __tablename__ = "invitations"

    user_id: int = Field(sa_column=_owner(primary_key=True))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    expires_at: datetime = Field(sa_column=_instant())


class ApiTokenRow(AuthTable, table=True):
    __tablename__ = "api_tokens"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: UUID = Field(primary_key=True)
    user_id: int = Field(sa_column=_owner())
    name: str = Field(sa_column=Column(Text, nullable=False))
    scope: str = Field(sa_column=Column(Text, nullable=False))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    created_at: datetime = Field(sa_column=_instant())
    expires_at: datetime = Field(sa_column=_instant(index=True))
    last_used_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class ClientRow(AuthTable, table=True):
    """Another system, with rights of its own."""

    __tablename__ = "clients"

    client_id: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    role: str = Field(sa_column=Column(Text, nullable=False))
    scope: str = Field(sa_column=Column(Text, nullable=False))
    sources: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    generation: int = 1
    created_by: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=_instant())
    last_used_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class AttemptsRow(AuthTable, table=True):
    """Wrong passwords by what is counted: an account at an address, or an address."""

    __tablename__ = "attempts"

    key: str = Field(sa_column=Column(Text, primary_key=True))
    failures: int
    last_at: datetime = Field(sa_column=_instant(index=True))


class RevocationRow(AuthTable, table=True):
    """`sid` of access tokens that are refused from now on; kept for as long as one of them could live."""

    __tablename__ = "revocations"

    sid: str = Field(sa_column=Column(Text, primary_key=True))
    at: datetime = Field(sa_column=_instant(index=True))
    published_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))


class SessionRow(AuthTable, table=True):
    """A family of refresh tokens."""

    __tablename__ = "sessions"

    id: UUID = Field(primary_key=True)
    user_id: int = Field(sa_column=_owner())
    created_at: datetime = Field(sa_column=_instant())
    last_used_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    expires_at: datetime = Field(sa_column=_instant(index=True))
    address: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    agent: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    ended_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    end_reason: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class RefreshTokenRow(AuthTable, table=True):
    """One link of a session's chain. The secret itself is not stored."""

    __tablename__ = "refresh_tokens"

    id: UUID = Field(primary_key=True)
    session_id: UUID = Field(
        sa_column=Column(ForeignKey("auth.sessions.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    parent_id: UUID | None = Field(default=None, unique=True)
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    issued_at: datetime = Field(sa_column=_instant())
    expires_at: datetime = Field(sa_column=_instant())
    used_at: datetime | None = Field(default=None, sa_column=_instant(nullable=True))
    successor_nonce: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class SigningKeyRow(AuthTable, table=True):
    """`sealed_private` is encrypted with the key of `VITRINA_SECRET_KEY_FILE`."""

    __tablename__ = "signing_keys"

    kid: str = Field(sa_column=Column(Text, primary_key=True))
    public_jwk: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
    sealed_private: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = Field(sa_column=_instant())
    signs_from: datetime = Field(sa_column=_instant())


class AuditRow(AuthTable, table=True):
    __tablename__ = "audit"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    at: datetime = Field(sa_column=_instant(index=True))
    action: str = Field(sa_column=Column(Text, nullable=False))
    actor: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    subject: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    address: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class AuditChainRow(AuthTable, table=True):
    """One row: `vitrina_kit.audit_chain` says what it is for."""

    __tablename__ = "audit_chain"

    id: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    anchor: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    head: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    entries: int = Field(sa_column=Column(BigInteger, nullable=False))
