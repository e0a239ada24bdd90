"""Tables of the schema `registry`. The migrations in `migrations/versions` are what makes them; a test compares."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Index, MetaData, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

SCHEMA = "registry"
_JSON = JSONB(none_as_null=True)
_INSTANT = DateTime(timezone=True)


class Table(SQLModel):
    """Own metadata: the tables of other services stay out of our migrations."""

    metadata: ClassVar[MetaData] = MetaData(schema=SCHEMA)


class ExporterRow(Table, table=True):
    __tablename__ = "exporters"

    name: str = Field(primary_key=True)
    type: str
    enabled: bool
    labels: dict[str, str] = Field(sa_type=_JSON)
    revision: int = Field(sa_type=BigInteger)
    restart_generation: int = Field(sa_type=BigInteger)
    shards: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    created_at: datetime = Field(sa_type=_INSTANT)
    updated_at: datetime = Field(sa_type=_INSTANT)
    deleted_at: datetime | None = Field(default=None, sa_type=_INSTANT)
    observed: dict[str, Any] | None = Field(default=None, sa_type=_JSON)
    observed_at: datetime | None = Field(default=None, sa_type=_INSTANT)


class SourceRow(Table, table=True):
    __tablename__ = "sources"

    name: str = Field(primary_key=True)
    exporter: str = Field(foreign_key="registry.exporters.name", index=True)
    config: dict[str, Any] = Field(sa_type=_JSON)
    secrets: dict[str, dict[str, str]] = Field(sa_type=_JSON, repr=False)
    labels: dict[str, str] = Field(sa_type=_JSON)
    enabled: bool
    revision: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=_INSTANT)
    updated_at: datetime = Field(sa_type=_INSTANT)


class OutboxRow(Table, table=True):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_waiting", "id", postgresql_where=text("published_at IS NULL")),
        Index("outbox_published", "published_at", postgresql_where=text("published_at IS NOT NULL")),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    subject: str
    type: str
    payload: dict[str, Any] = Field(sa_type=_JSON)
    created_at: datetime = Field(sa_type=_INSTANT)
    published_at: datetime | None = Field(default=None, sa_type=_INSTANT)


class AuditRow(Table, table=True):
    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    at: datetime = Field(sa_type=_INSTANT, index=True)
    actor: str
    action: str
    exporter: str = Field(index=True)
    source: str | None = None
    before: dict[str, Any] | None = Field(default=None, sa_type=_JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=_JSON)
    hash: bytes


class AuditChainRow(Table, table=True):
    """One row: `vitrina_kit.audit_chain` says what it is for."""

    __tablename__ = "audit_chain"

    id: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    anchor: bytes
    head: bytes
    entries: int = Field(sa_type=BigInteger)


class RevisionRow(Table, table=True):
    __tablename__ = "revisions"
    __table_args__ = (Index("revisions_of", "exporter", "source", "revision"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    exporter: str
    source: str | None = None
    """None: a revision of the exporter itself."""
    revision: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=_INSTANT)
    actor: str
    change: str
    snapshot: dict[str, Any] | None = Field(default=None, sa_type=_JSON)
    """None: it was deleted."""


class IdempotencyRow(Table, table=True):
    __tablename__ = "idempotency"

    actor: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    created_at: datetime = Field(sa_type=_INSTANT, index=True)
    answer: dict[str, Any] | None = Field(default=None, sa_type=_JSON)
    """None: not written yet, or its registry died before it could."""


class DeviceFactsRow(Table, table=True):
    __tablename__ = "device_facts"

    platform: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    device_id: str = Field(primary_key=True)
    facts: dict[str, Any] | None = Field(default=None, sa_type=_JSON)
    """None: taken away; the row stays so that those who ask for changes hear of it."""
    version: int = Field(sa_type=BigInteger, index=True)
    updated_at: datetime = Field(sa_type=_INSTANT)
    updated_by: str


class WorkStateRow(Table, table=True):
    __tablename__ = "work_states"

    platform: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    device_id: str = Field(primary_key=True)
    work: dict[str, Any] | None = Field(default=None, sa_type=_JSON)
    """None: taken away; the row stays as in `device_facts`."""
    version: int = Field(sa_type=BigInteger, index=True)


class WebhookRow(Table, table=True):
    __tablename__ = "webhooks"

    name: str = Field(primary_key=True)
    id: str
    url: str
    sources: list[str] = Field(sa_type=_JSON)
    begins_with: str
    enabled: bool
    secret: dict[str, str] = Field(sa_type=_JSON, repr=False)
    former_secret: dict[str, str] | None = Field(default=None, sa_type=_JSON, repr=False)
    revision: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=_INSTANT)
    updated_at: datetime = Field(sa_type=_INSTANT)


class OperationRow(Table, table=True):
    __tablename__ = "operations"
    __table_args__ = (
        Index("operations_open", "due_at", postgresql_where=text("freed_at IS NULL AND state <> 'cancelled'")),
        Index("operations_of_source", "source"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    kind: str
    state: str
    platform: str
    exporter: str | None = None
    source: str | None = None
    actor: str
    created_at: datetime = Field(sa_type=_INSTANT)
    due_at: datetime = Field(sa_type=_INSTANT)
    attempts: int
    series: int | None = Field(default=None, sa_type=BigInteger)
    reason: str | None = None
    until: datetime | None = Field(default=None, sa_type=_INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=_INSTANT)
    freed_at: datetime | None = Field(default=None, sa_type=_INSTANT)
    """Null while disk space may still be given back."""
