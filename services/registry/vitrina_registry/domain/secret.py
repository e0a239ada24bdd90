"""Credentials: a value that does not show itself, its sealed form, and its mask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True)
class Secret:
    """A credential in clear. Neither `repr` nor `str` shows it."""

    value: Any = field(repr=False)


@dataclass(frozen=True)
class SealedSecret:
    """What is stored: ciphertext that opens only for the source and field it was made for."""

    ciphertext: str = field(repr=False)
    set_at: datetime

    @classmethod
    def from_stored(cls, stored: Mapping[str, str]) -> Self:
        return cls(stored["ciphertext"], datetime.fromisoformat(stored["set_at"]))

    def to_stored(self) -> dict[str, str]:
        return {"ciphertext": self.ciphertext, "set_at": self.set_at.isoformat()}

    def mask(self) -> dict[str, Any]:
        return {"set": True, "set_at": self.set_at.isoformat().replace("+00:00", "Z")}


def is_mask(value: Any) -> bool:
    """Whether a client sent back what it was shown instead of a value."""
    return isinstance(value, Mapping) and value.get("set") is True and set(value) <= {"set", "set_at"}
