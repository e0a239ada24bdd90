"""Credentials: a value that does not show itself, its sealed form, and its mask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Self

_MASK: Final = frozenset({"set", "set_at", "set_by", "expires_on"})


@dataclass(frozen=True)
class Secret:
    """A credential in clear. Neither `repr` nor `str` shows it."""

    value: Any = field(repr=False)


@dataclass(frozen=True)
class SealedSecret:
    """What is stored: ciphertext that opens only for the source and field it was made for."""

    ciphertext: str = field(repr=False)
    set_at: datetime
    set_by: str | None = None
    """None: before names were kept."""
    expires_on: date | None = None
    """When the vendor will stop taking it, as far as people have said."""

    @classmethod
    def from_stored(cls, stored: Mapping[str, str]) -> Self:
        expires = stored.get("expires_on")
        return cls(
            stored["ciphertext"],
            datetime.fromisoformat(stored["set_at"]),
            stored.get("set_by"),
            date.fromisoformat(expires) if expires else None,
        )

    def to_stored(self) -> dict[str, str]:
        known = {"set_by": self.set_by, "expires_on": self.expires_on.isoformat() if self.expires_on else None}
        stored = {"ciphertext": self.ciphertext, "set_at": self.set_at.isoformat()}
        return stored | {name: value for name, value in known.items() if value is not None}

    def mask(self) -> dict[str, Any]:
        return {
            "set": True,
            "set_at": self.set_at.isoformat().replace("+00:00", "Z"),
            "set_by": self.set_by,
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
        }


def is_mask(value: Any) -> bool:
    """Whether a client sent back what it was shown instead of a value."""
    return isinstance(value, Mapping) and value.get("set") is True and set(value) <= _MASK
