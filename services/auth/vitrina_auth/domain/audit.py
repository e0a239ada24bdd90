"""What is written down about sign-ins and changes of rights; never a secret."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Action(StrEnum):
    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_OUT = "sign_out"
    REFRESH_REUSED = "refresh_reused"
    USER_CREATED = "user_created"
    USER_CHANGED = "user_changed"
    USER_DELETED = "user_deleted"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - an action, not a secret
    KEY_CREATED = "key_created"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """`actor` did `action` to `subject`; both are user names, null when there is none that we know."""

    at: datetime
    action: Action
    actor: str | None = None
    subject: str | None = None
    address: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)
