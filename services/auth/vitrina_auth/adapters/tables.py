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
    Text,
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
    __table_args__ = (Index("users_username_in_any_case", text("lower(username)"), unique=True),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    username: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    password_hash: str = Field(sa_column=Column(Text, nullable=False))
    role: str = Field(sa_column=Column(Text, nullable=False))
    sources: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    disabled: bool = False
    must_change_password: bool = False
    revision: int = 1
    created_at: datetime = Field(sa_column=_instant())
    updated_at: datetime = Field(sa_column=_instant())


class SessionRow(AuthTable, table=True):
    """A family of refresh tokens."""

    __tablename__ = "sessions"

    id: UUID = Field(primary_key=True)
    user_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("auth.users.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    created_at: datetime = Field(sa_column=_instant())
    expires_at: datetime = Field(sa_column=_instant(index=True))
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
