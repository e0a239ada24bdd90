"""Tables of reports by e-mail."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Column, Field

from vitrina_registry.adapters.tables import Table

_INSTANT = DateTime(timezone=True)


class ReportRow(Table, table=True):
    __tablename__ = "reports"

    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    plan: dict[str, Any] = Field(sa_type=JSONB)
    since: datetime = Field(sa_type=_INSTANT)
    revision: int = Field(sa_type=BigInteger)
    updated_at: datetime = Field(sa_type=_INSTANT)
    updated_by: str


class ReportSendingRow(Table, table=True):
    """One for each moment of sending, so several registries make and send it once."""

    __tablename__ = "report_sendings"

    report_id: str = Field(
        sa_column=Column(String, ForeignKey("registry.reports.id", ondelete="CASCADE"), primary_key=True)
    )
    due_at: datetime = Field(sa_type=_INSTANT, primary_key=True)
    first: date
    last: date
    asked_by: str | None = None
    state: str
    attempts: int
    next_at: datetime = Field(sa_type=_INSTANT)
    reason: str | None = None
    sent_at: datetime | None = Field(default=None, sa_type=_INSTANT)
