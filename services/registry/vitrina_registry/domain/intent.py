"""How a write is meant: in earnest or to see what it would do, and once however often it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Once:
    """A request with a key: the first that is accepted is carried out, its repetitions are answered."""

    actor: str
    key: str
    fingerprint: str
    """Of method, address and body, so that a key is not used for two requests by mistake."""


@dataclass(frozen=True)
class KeptAnswer:
    status: int
    headers: Mapping[str, str]
    body: str = field(repr=False)


@dataclass
class Intent:
    dry_run: bool = False
    """All checks are made, those of the database included, and nothing stays."""
    once: Once | None = None
    accepted: bool = False
    """Set by the commit that stored the key of `once` together with the change."""
