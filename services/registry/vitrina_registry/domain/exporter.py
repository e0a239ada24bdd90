"""An exporter as desired, and the revision rule.

Each accepted change of an exporter or of one of its sources makes the exporter's revision grow by one; what changes
nothing keeps it. The revision outlives deletion, so one name never has two meanings at the same revision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from vitrina_contracts.exporter import ObservedExporter, SourceState


@dataclass(frozen=True)
class Declared:
    """What an admin says of a new exporter."""

    enabled: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)
    shards: int = 1


@dataclass(frozen=True)
class Exporter:
    name: str
    type: str
    enabled: bool
    labels: Mapping[str, str]
    revision: int
    restart_generation: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    shards: int = 1
    observed: ObservedExporter | None = field(default=None, compare=False)

    @classmethod
    def first(cls, name: str, kind: str, declared: "Declared", now: datetime) -> Self:
        return cls(name, kind, declared.enabled, dict(declared.labels), 1, 0, now, now, shards=declared.shards)

    @property
    def deleted(self) -> bool:
        return self.deleted_at is not None

    def changed(
        self, *, enabled: bool | None, labels: Mapping[str, str] | None, now: datetime, shards: int | None = None
    ) -> Self:
        """The exporter with the given fields (None keeps one); itself when nothing differs."""
        wanted = replace(
            self,
            enabled=self.enabled if enabled is None else enabled,
            labels=self.labels if labels is None else dict(labels),
            shards=self.shards if shards is None else shards,
        )
        return self if wanted == self else replace(wanted, **self._growth(now))

    def source_changed(self, now: datetime) -> Self:
        return replace(self, **self._growth(now))

    def restarted(self, now: datetime) -> Self:
        return replace(self, restart_generation=self.restart_generation + 1, **self._growth(now))

    def deleted_now(self, now: datetime) -> Self:
        return replace(self, deleted_at=now, enabled=False, **self._growth(now))

    def created_again(self, kind: str, declared: "Declared", now: datetime) -> Self:
        """A deleted exporter's name in use again: everything new but the revision, which goes on."""
        return replace(
            self,
            type=kind,
            enabled=declared.enabled,
            labels=dict(declared.labels),
            shards=declared.shards,
            created_at=now,
            deleted_at=None,
            observed=None,
            **self._growth(now),
        )

    def state_of(self, source: str) -> SourceState | None:
        """What was last seen of one of its sources."""
        states = self.observed.sources if self.observed else []
        return next((state for state in states if state.name == source), None)

    def _growth(self, now: datetime) -> dict[str, Any]:
        return {"revision": self.revision + 1, "updated_at": now}
