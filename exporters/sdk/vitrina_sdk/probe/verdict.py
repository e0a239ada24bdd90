"""What a probe found out about one assumption."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

import msgspec

from vitrina_sdk.probe.exchange import RecordingClient


class Outcome(StrEnum):
    HOLDS = "holds"
    DIFFERS = "differs"
    NOT_TOLD = "not told"
    """This account, or these answers, cannot show it."""


class Verdict(msgspec.Struct, frozen=True):
    """`seen` is the evidence, without anything of the customer's."""

    assumption: str
    outcome: Outcome
    seen: str = ""


def verdict(assumption: str, *, holds: bool | None, seen: str = "") -> Verdict:
    """`holds` is null when it cannot be told."""
    outcome = Outcome.NOT_TOLD if holds is None else Outcome.HOLDS if holds else Outcome.DIFFERS
    return Verdict(assumption, outcome, seen)


@runtime_checkable
class ProbedPlatform(Protocol):
    """A platform that knows what it assumes."""

    kept_fields: frozenset[str]
    """Fields of the vendor's answers that tell nothing of the customer: kept as they are in a recording."""

    async def probe(self, config: Mapping[str, Any], vendor: RecordingClient) -> list[Verdict]:
        """Asks a few questions. Raises `PollError` when the vendor does not answer at all, `ValidationError`."""
        ...
