"""Answers about what was changed."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from vitrina_registry.domain.audit import RecordedEntry
from vitrina_registry.domain.revision import MOST_LISTED, ComparedRevision, Difference


class AuditEntryView(BaseModel):
    id: int
    at: datetime
    actor: str
    action: str
    target: Annotated[str, Field(description="exporter, or exporter/source.")]
    exporter: str
    source: str | None
    before: Annotated[
        dict[str, Any] | None,
        Field(description="Secrets masked; a list of more than 100 as its length and what is only on this side."),
    ]
    after: dict[str, Any] | None

    @classmethod
    def of(cls, recorded: RecordedEntry) -> "AuditEntryView":
        entry = recorded.entry
        return cls(
            id=recorded.id,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            target="/".join(part for part in (entry.exporter, entry.source) if part),
            exporter=entry.exporter,
            source=entry.source,
            before=dict(entry.before) if entry.before is not None else None,
            after=dict(entry.after) if entry.after is not None else None,
        )


class DifferenceView(BaseModel):
    """One path that differs. Of a list, `added` and `removed` tell, not `before` and `after`."""

    path: str
    before: Any = None
    after: Any = None
    added: Annotated[list[Any], Field(description="The first thousand.")] = []
    removed: list[Any] = []
    added_count: int = 0
    removed_count: int = 0

    @classmethod
    def of(cls, difference: Difference) -> "DifferenceView":
        return cls(
            path=difference.path,
            before=difference.before,
            after=difference.after,
            added=list(difference.added[:MOST_LISTED]),
            removed=list(difference.removed[:MOST_LISTED]),
            added_count=len(difference.added),
            removed_count=len(difference.removed),
        )


class RevisionView(BaseModel):
    revision: int
    at: datetime
    actor: str
    change: Annotated[str, Field(description="created, updated, reverted, source_updated, ...; as in the audit.")]
    deleted: bool
    diff: Annotated[list[DifferenceView], Field(description="What differs from the revision before it.")]

    @classmethod
    def of(cls, compared: ComparedRevision) -> "RevisionView":
        revision = compared.revision
        return cls(
            revision=revision.revision,
            at=revision.at,
            actor=revision.actor,
            change=revision.change,
            deleted=revision.snapshot is None,
            diff=[DifferenceView.of(difference) for difference in compared.diff],
        )
