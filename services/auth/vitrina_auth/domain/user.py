"""A person who may sign in."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from vitrina_auth.domain.errors import InvalidField, LastAdmin
from vitrina_auth.domain.grants import Grants

FIRST_ADMIN: Final = "admin"
USERNAME_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$"
_USERNAME: Final = re.compile(USERNAME_PATTERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccount:
    """Whom a company's sign-in means: its own name for the person never changes, all other claims may."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user before the store has given an id.

    Without a password until the invitation is accepted; for ever with a `provider_account`.
    """

    username: str
    password_hash: str | None = field(repr=False)
    grants: Grants
    must_change_password: bool
    created_at: datetime
    provider_account: ProviderAccount | None = None


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
    """`password_hash` is None until an invitation is accepted; `second_factor` until it is set up."""

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
    provider_account: ProviderAccount | None = None
    """Signs in through the company's provider, which also gives the rights."""

    @property
    def is_invited(self) -> bool:
        return self.password_hash is None and self.provider_account is None

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


def require_own_password(user: User, field_name: str) -> None:
    """Refuses a password, or rights, for somebody whom the company's provider knows: it would open a second door.

    Raises:
        InvalidField: the user signs in through the provider.
    """
    if user.provider_account is not None:
        raise InvalidField(field_name, "the company's sign-in decides this for the user; change it there")
