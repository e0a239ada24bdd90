"""One thing that was looked at."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    LOOK = "look"
    """Works, and will not for ever."""
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """`step` is what a person does next; empty when nothing."""

    subject: str
    state: State
    found: str
    step: str = ""
