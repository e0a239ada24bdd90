"""Answers about what was done."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel

from vitrina_auth.domain.audit import Action, AuditEntry, Outcome


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
