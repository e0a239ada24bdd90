"""What the orchestrator remembers of an exporter between two passes. All of it may be lost: it is found again."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from vitrina_contracts.exporter import DesiredExporter, ExporterSelfStatus, ObservedExporter

from vitrina_orchestrator.domain.desired import Wanted
from vitrina_orchestrator.domain.observed import Answer, Instance
from vitrina_orchestrator.domain.phase import Facts
from vitrina_orchestrator.domain.probing import Probing
from vitrina_orchestrator.domain.refusal import Refusal, refused

HEARTBEAT_SECONDS: Final = 60.0
PROGRESS_SECONDS: Final = 15.0
"""How often a status is published whose only news is a later successful poll."""
_BUSY_PATIENCE: Final = 3
"""An instance that is busy so many times in a row is worth a reason."""

Monotonic = Callable[[], float]


@dataclass(frozen=True)
class Standing:
    """Where an exporter stands, for those who watch. Revisions are null while nothing is known of them."""

    exporter: str
    platform: str
    phase: str
    desired_revision: int | None
    applied_revision: int | None


@dataclass
class ShardMemory:
    clock: Monotonic = time.monotonic
    failure: str | None = None
    """Why the last pass could not bring it to its desired state."""
    busy: int = 0
    refusal: Refusal | None = None
    """Of the last configuration that the exporter died of."""
    _instance: str | None = None
    _status: ExporterSelfStatus | None = None
    _heard_at: float = 0.0
    _confirmed_since: float = 0.0
    _behind_since: float | None = None

    def note_busy(self, reason: str) -> None:
        self.busy += 1
        if self.busy >= _BUSY_PATIENCE:
            self.failure = reason

    def note_success(self) -> None:
        self.failure, self.busy = None, 0

    def note_answer(self, instance: Instance | None, status: ExporterSelfStatus | None) -> Answer:
        """What is known of this very instance's own view, now that it gave `status` or kept silent."""
        identity = instance.id if instance is not None and instance.running else None
        now = self.clock()
        if identity != self._instance:
            self._instance, self._status, self._heard_at, self._behind_since = identity, None, now, None
        if identity is None:
            return Answer()
        if status is not None:
            if self._status is None or self._status.config_revision != status.config_revision:
                self._confirmed_since = now
            self._status, self._heard_at = status, now
        return Answer(self._status, now - self._heard_at, self._heard_at - self._confirmed_since)

    def note_refused(self, wanted: Wanted, instance: Instance, serving_revision: int) -> None:
        self.refusal = refused(wanted, instance, serving_revision, self.refusal, self.clock())

    def refuses(self, digest: str) -> bool:
        return self.refusal is not None and self.refusal.is_about(digest, self.clock())

    def trouble(self, instance: Instance | None) -> str | None:
        """Why it is not in its desired state, in words."""
        config = instance.config if instance is not None else None
        refusal = self.refusal.reason if self.refusal is not None and self.refusal.explains(config) else None
        return self.failure or refusal

    def unapplied_seconds(self, revision: int | None, answer: Answer) -> float:
        """How long the instance has answered without having taken the revision."""
        confirmed = answer.status.config_revision if answer.status is not None else None
        if answer.status is None or revision is None or confirmed == revision:
            self._behind_since = None
            return 0.0
        if self._behind_since is None:
            self._behind_since = self.clock()
        return self.clock() - self._behind_since


@dataclass
class Memory:
    clock: Monotonic = time.monotonic
    platform: str | None = None
    revision: int | None = None
    enabled: bool = True
    deleted: bool = False
    wanted_shards: int | None = None
    """Null before the desired state has been read."""
    missed_reads: int = 0
    failure: str | None = None
    """Why nothing can be brought to the desired state."""
    probing: Probing | None = None
    """Whom a multi-target exporter probes; null before that was read, and for every other exporter."""
    shards: dict[int, ShardMemory] = field(default_factory=dict)
    published: ObservedExporter | None = None
    published_at: float = 0.0

    def shard(self, number: int) -> ShardMemory:
        return self.shards.setdefault(number, ShardMemory(self.clock))

    def note_wanted(self, desired: DesiredExporter) -> None:
        self.revision, self.enabled, self.deleted = desired.revision, desired.enabled, desired.deleted
        self.wanted_shards, self.failure = desired.shards, None
        self.platform = desired.platform
        self.probing = Probing.of(desired)

    def numbers(self) -> list[int]:
        """Of the shards that should be, and of those that were seen."""
        return sorted({*range(self.wanted_shards or 1), *self.shards})

    def is_surplus(self, number: int) -> bool:
        return self.wanted_shards is not None and number >= self.wanted_shards

    def facts(self, number: int, instance: Instance | None, answer: Answer) -> Facts:
        shard = self.shard(number)
        return Facts(
            revision=self.revision,
            enabled=self.enabled,
            deleted=self.deleted,
            instance=instance,
            answer=answer,
            failure=self.failure or shard.trouble(instance),
            unapplied_seconds=shard.unapplied_seconds(self.revision, answer),
        )

    def is_news(self, observed: ObservedExporter) -> bool:
        """Whether this status is to be published now."""
        if self.published is None:
            return True
        age = self.clock() - self.published_at
        if age >= HEARTBEAT_SECONDS or _essence(observed) != _essence(self.published):
            return True
        return age >= PROGRESS_SECONDS and _progress(observed) != _progress(self.published)

    def note_published(self, observed: ObservedExporter) -> None:
        self.published, self.published_at = observed, self.clock()

    @property
    def is_settled(self) -> bool:
        """Whether the exporter runs at the desired revision, so that it may be asked at leisure."""
        published = self.published
        return (
            published is not None and published.started_at is not None and published.applied_revision == self.revision
        )


def _essence(observed: ObservedExporter) -> dict[str, Any]:
    """All but the times that move on while nothing happens."""
    return observed.model_dump(
        exclude={"observed_at": True, "sources": {"__all__": {"next_poll_at", "last_success_at"}}}
    )


def _progress(observed: ObservedExporter) -> list[Any]:
    return [source.last_success_at for source in observed.sources]
