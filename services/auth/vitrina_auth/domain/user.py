"""A person who may sign in."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from vitrina_auth.domain.errors import InvalidField, LastAdmin
from vitrina_auth.domain.grants import Grants

FIRST_ADMIN: Final = "admin"
USERNAME_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$"
SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 256
_USERNAME: Final = re.compile(USERNAME_PATTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user before the store has given an id."""

    username: str
    password_hash: str = field(repr=False)
    grants: Grants
    must_change_password: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: int
    username: str
    password_hash: str = field(repr=False)
    grants: Grants
    disabled: bool
    must_change_password: bool
    revision: int
    created_at: datetime
    updated_at: datetime

    @property
    def is_effective_admin(self) -> bool:
        return self.grants.is_admin and not self.disabled


def can_be_username(text: str) -> bool:
    """Whether the text may name a user. `$` would let a line end through, so the whole text must match."""
    return _USERNAME.fullmatch(text) is not None


def check_new_password(password: str, username: str, field_name: str = "password") -> None:
    """Refuses a password that is too short, too long, or the user's own name.

    Raises:
        InvalidField: says what would fit.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidField(field_name, f"at least {SHORTEST_PASSWORD} characters")
    if len(password) > LONGEST_PASSWORD:
        raise InvalidField(field_name, f"at most {LONGEST_PASSWORD} characters")
    if password.casefold() == username.casefold():
        raise InvalidField(field_name, "the password must differ from the user name")


def require_another_admin(before: User, after: User | None, enabled_admins: int) -> None:
    """Refuses a change (`after` is None for a removal) that leaves nobody who could undo it.

    `enabled_admins` counts the user itself.

    Raises:
        LastAdmin: the user is the only enabled admin and would no longer be one.
    """
    stays = after is not None and after.is_effective_admin
    if before.is_effective_admin and not stays and enabled_admins <= 1:
        raise LastAdmin
