"""Recovery codes: each stands in once for the code of a lost device."""

import secrets
from typing import Final

HOW_MANY: Final = 10
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without what people mix up."""


def new_recovery_codes() -> list[str]:
    """Codes of 59 random bits, in two groups."""
    return [f"{_group()}-{_group()}" for _ in range(HOW_MANY)]


def normal(code: str) -> str:
    """A code as people type it: in another case, with spaces."""
    return "".join(code.split()).lower()


def _group() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(6))
