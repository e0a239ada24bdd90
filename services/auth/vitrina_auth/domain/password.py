"""Which passwords may be set: long enough, and none that a guesser tries first (NIST SP 800-63B-4)."""

import secrets
from typing import Final

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from vitrina_auth.domain.errors import InvalidField

SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 256
_COMMON: Final = frozenset(FREQUENCY_LISTS["passwords"])
"""30,000 passwords from breaches, in lower case; they come with the package, nobody is asked over the network."""


def check_new_password(password: str, username: str, field_name: str = "password") -> None:
    """Refuses a password that is too short, too long, widely used, or the user's own name.

    Raises:
        InvalidField: says what would fit.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidField(field_name, f"at least {SHORTEST_PASSWORD} characters")
    if len(password) > LONGEST_PASSWORD:
        raise InvalidField(field_name, f"at most {LONGEST_PASSWORD} characters")
    if password.casefold() == username.casefold():
        raise InvalidField(field_name, "the password must differ from the user name")
    if password.casefold() in _COMMON:
        raise InvalidField(field_name, "this password is among those that are guessed first; choose another one")


def generated_password() -> str:
    """120 random bits, to be typed once and then replaced by the user's own."""
    return secrets.token_urlsafe(15)
