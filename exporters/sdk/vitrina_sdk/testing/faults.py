"""What a vendor can do wrong, on demand. Faults of the transport live here, those of the content with the vendor."""

import random
from typing import Final

import msgspec

TRANSPORT: Final = frozenset(
    {
        "http_500", "http_503", "unauthorized", "forbidden", "rate_limited", "redirect", "garbage", "html", "non_utf8",
        "no_body", "nan", "deep", "truncated", "reset", "timeout", "latency", "slow_loris", "huge", "big", "gzip_bomb",
    }
)  # fmt: skip
"""Faults that every simulator has."""


class Fault(msgspec.Struct, frozen=True):
    """Body of `POST /control/faults`."""

    kind: str
    share: float = 1.0
    """Share of the requests that it hits."""
    retry_after: int | None = None
    """Seconds, for `rate_limited`."""
    tenant: str | None = None
    """Only requests below `/as/<tenant>` are hit: so each source of an exporter can have its own fault."""
    seconds: float = 0.5
    """For `latency`; `timeout` hangs until the caller gives up."""


class Faults:
    def __init__(self, known: frozenset[str], seed: int) -> None:
        self.known = TRANSPORT | known
        self._active: dict[tuple[str, str | None], Fault] = {}
        self._random = random.Random(seed)  # noqa: S311 - a simulation

    def add(self, fault: Fault) -> None:
        """Raises `ValueError` for a kind that this simulator does not have."""
        if fault.kind not in self.known:
            raise ValueError(f"Unknown fault; there are: {', '.join(sorted(self.known))}")
        self._active[fault.kind, fault.tenant] = fault

    def clear(self) -> None:
        self._active.clear()

    def listed(self) -> list[Fault]:
        return list(self._active.values())

    def hitting(self, tenant: str) -> list[Fault]:
        """The faults of this request, made as `tenant`."""
        if not self._active:
            return []
        return [
            fault
            for fault in self._active.values()
            if fault.tenant in (None, tenant) and self._random.random() < fault.share
        ]
