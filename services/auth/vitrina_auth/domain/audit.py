"""What is written down about sign-ins and changes of rights; never a secret."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class Action(StrEnum):
    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_OUT = "sign_out"
    REFRESH_REUSED = "refresh_reused"
    USER_CREATED = "user_created"
    USER_CHANGED = "user_changed"
    USER_DELETED = "user_deleted"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - an action, not a secret
    PASSWORD_RESET = "password_reset"  # noqa: S105 - an action, not a secret
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    SESSION_ENDED = "session_ended"
    TOKEN_CREATED = "token_created"  # noqa: S105 - an action, not a secret
    TOKEN_DELETED = "token_deleted"  # noqa: S105 - an action, not a secret
    CLIENT_CREATED = "client_created"
    CLIENT_SECRET_REPLACED = "client_secret_replaced"  # noqa: S105 - an action, not a secret
    CLIENT_DELETED = "client_deleted"
    CLIENT_SIGN_IN = "client_sign_in"
    INVITED = "invited"
    INVITATION_ACCEPTED = "invitation_accepted"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODE_USED = "recovery_code_used"
    KEY_CREATED = "key_created"


class Outcome(StrEnum):
    OK = "ok"
    REFUSED = "refused"


REFUSALS: Final = frozenset({Action.SIGN_IN_REFUSED, Action.REFRESH_REUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """`actor` did `action` to `subject`; both are user names, null when there is none that we know."""

    at: datetime
    action: Action
    actor: str | None = None
    subject: str | None = None
    address: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> Outcome:
        return Outcome.REFUSED if self.action in REFUSALS else Outcome.OK


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """`number` grows with each entry."""

    number: int
    entry: AuditEntry
