"""Work on stored series that takes its time: told by the registry, done and reported by the orchestrator."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from vitrina_contracts.names import ExporterName, SourceName


class OperationKind(StrEnum):
    """Whose series are removed."""

    SOURCE = "source"
    """Of a source that was deleted."""
    EXPORTER = "exporter"
    """What a deleted exporter told of itself: its targets, versions, durations."""
    ORPHAN = "orphan"
    """Of a source that Prometheus holds and nobody declared."""
    RETENTION = "retention"
    """Of a platform, older than it is to be kept."""


class OperationState(StrEnum):
    FOUND = "found"
    """Told what would be removed; waits for somebody to say so."""
    PENDING = "pending"
    """Waits for the end of its grace; can be cancelled."""
    RUNNING = "running"
    DONE = "done"
    """Prometheus answers that nothing is left."""
    CANCELLED = "cancelled"
    """The series stay."""
    FAILED = "failed"
    """The last try failed; the next follows by itself. Can be cancelled."""


class CleanupTask(BaseModel):
    """Element of the registry's `GET /internal/v1/operations`: what is due now."""

    model_config = ConfigDict(frozen=True)

    id: int
    kind: OperationKind
    state: OperationState
    platform: str
    exporter: ExporterName | None = None
    source: SourceName | None = None
    deleted_at: Annotated[datetime, Field(description="Until then it was measured; series are counted as of then.")]
    until: Annotated[
        datetime | None,
        Field(description="Only samples before it: the name is in use again, or what is younger is kept. Null: all."),
    ] = None


class CleanupReport(BaseModel):
    """Body of `POST /internal/v1/operations/{id}`. Repeating one changes nothing."""

    model_config = ConfigDict(frozen=True)

    state: Literal[OperationState.RUNNING, OperationState.DONE, OperationState.FAILED]
    series: Annotated[int | None, Field(ge=0, description="How many there were; null when it was not counted.")] = None
    reason: Annotated[str | None, Field(max_length=1000, description="Why the try failed.")] = None
    freed: Annotated[bool, Field(description="The disk space is given back, too.")] = False


class FoundOrphan(BaseModel):
    """A pair that Prometheus holds series of and the registry does not know."""

    model_config = ConfigDict(frozen=True)

    platform: Annotated[str, Field(max_length=200)]
    source: SourceName
    series: Annotated[int, Field(ge=0)]
