"""A person who may sign in."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from vitrina_auth.domain.errors import LastAdmin
from vitrina_auth.domain.grants import Grants

FIRST_ADMIN: Final = "admin"
USERNAME_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$"
_USERNAME: Final = re.compile(USERNAME_PATTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user before the store has given an id; without a password until the invitation is accepted."""

    username: str
    password_hash: str | None = field(repr=False)
    grants: Grants
    must_change_password: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """A TOTP secret, encrypted. It counts once its first code has proved that the user's device holds it.

    `last_step` is the time step of the last code taken: a code is good once.
    """

    sealed: bytes = field(repr=False)
    confirmed: bool
    last_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`password_hash` is None until an invitation is accepted; `second_factor` when it is set up."""

    id: int
    username: str
    password_hash: str | None = field(repr=False)
    grants: Grants
    disabled: bool
    must_change_password: bool
    revision: int
    created_at: datetime
    updated_at: datetime
    last_sign_in_at: datetime | None = None
    second_factor: SecondFactor | None = None

    @property
    def is_effective_admin(self) -> bool:
        return self.grants.is_admin and not self.disabled

    @property
    def has_second_factor(self) -> bool:
        return self.second_factor is not None and self.second_factor.confirmed


def can_be_username(text: str) -> bool:
    """Whether the text may name a user. `$` would let a line end through, so the whole text must match."""
    return _USERNAME.fullmatch(text) is not None


def require_another_admin(before: User, after: User | None, enabled_admins: int) -> None:
    """Refuses a change (`after` is None for a removal) that leaves nobody who could undo it.

    `enabled_admins` counts the user itself.

    Raises:
        LastAdmin: the user is the only enabled admin and would no longer be one.
    """
    stays = after is not None and after.is_effective_admin
    if before.is_effective_admin and not stays and enabled_admins <= 1:
        raise LastAdmin
