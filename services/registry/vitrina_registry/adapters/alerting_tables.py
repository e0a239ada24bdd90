"""Tables of who is told of alerts, and of maintenance windows."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from vitrina_registry.adapters.tables import Table

_JSON = JSONB(none_as_null=True)
_INSTANT = DateTime(timezone=True)


class NotificationsRow(Table, table=True):
    """One row."""

    __tablename__ = "notifications"

    id: int = Field(primary_key=True)
    revision: int = Field(sa_type=BigInteger)
    receivers: list[dict[str, Any]] = Field(sa_type=_JSON)
    routes: list[dict[str, Any]] = Field(sa_type=_JSON)
    secrets: dict[str, dict[str, str]] = Field(sa_type=_JSON, repr=False)
    updated_at: datetime = Field(sa_type=_INSTANT)
    updated_by: str


class NotificationTestRow(Table, table=True):
    """The last of each receiver."""

    __tablename__ = "notification_tests"

    receiver: str = Field(primary_key=True)
    asked_at: datetime = Field(sa_type=_INSTANT)
    asked_by: str
    outcome: str


class AlertingReportRow(Table, table=True):
    """One row: the last."""

    __tablename__ = "alerting_reports"

    id: int = Field(primary_key=True)
    revision: int = Field(sa_type=BigInteger)
    refusal: str | None = None
    from_file: bool
    failing: list[str] = Field(sa_type=_JSON)
    at: datetime = Field(sa_type=_INSTANT)


class WindowRow(Table, table=True):
    __tablename__ = "windows"

    name: str = Field(primary_key=True)
    plan: dict[str, Any] = Field(sa_type=_JSON)
    revision: int = Field(sa_type=BigInteger)
    updated_at: datetime = Field(sa_type=_INSTANT)
    updated_by: str
