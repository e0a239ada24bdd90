"""The tail of every accepted change: state, event, audit entry and revision in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vitrina_contracts.events import ExporterChanged

from vitrina_registry.domain.audit import AuditEntry, abridged, exporter_facts, source_facts
from vitrina_registry.domain.errors import no_exporter
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.naming import exporter_name_faults
from vitrina_registry.domain.revision import Revision, snapshot_of
from vitrina_registry.domain.source import Source
from vitrina_registry.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class _Change:
    """Both sides of one change; `exporter` is as it will be."""

    actor: str
    action: str
    exporter: Exporter
    source: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def note_exporter(uow: UnitOfWork, actor: str, change: str, before: Exporter | None, after: Exporter) -> None:
    """Adds event, audit entry and revision to the transaction."""
    uow.emit(ExporterChanged(exporter=after.name, revision=after.revision, change=change))
    facts = exporter_facts(before) if before else None
    _note(uow, _Change(actor, f"exporter_{change}", after, None, facts, exporter_facts(after)))


async def note_source(
    uow: UnitOfWork, actor: str, change: str, exporter: Exporter, *, before: Source | None, after: Source | None
) -> None:
    """Saves the exporter's new revision, and adds event, audit entry and revision of the source."""
    subject = after or before
    assert subject is not None  # noqa: S101 - a change has at least one side
    await uow.exporters.save(exporter)
    uow.emit(ExporterChanged(exporter=exporter.name, revision=exporter.revision, change=change, source=subject.name))
    sides = [source_facts(side) if side else None for side in (before, after)]
    _note(uow, _Change(actor, change, exporter, subject.name, *sides))


async def commit_exporter(uow: UnitOfWork, actor: str, change: str, before: Exporter | None, after: Exporter) -> None:
    note_exporter(uow, actor, change, before, after)
    await uow.commit()


async def lock_exporter(uow: UnitOfWork, name: str) -> Exporter:
    """The exporter, locked until the transaction ends.

    Raises:
        NotFoundError: none of this name, or it was deleted.
    """
    exporter = None if exporter_name_faults(name) else await uow.exporters.lock(name)
    if exporter is None or exporter.deleted:
        raise no_exporter(name)
    return exporter


async def find_exporter(uow: UnitOfWork, name: str) -> Exporter:
    """Raises NotFoundError: none of this name, or it was deleted."""
    exporter = None if exporter_name_faults(name) else await uow.exporters.find(name)
    if exporter is None or exporter.deleted:
        raise no_exporter(name)
    return exporter


def _note(uow: UnitOfWork, change: _Change) -> None:
    exporter = change.exporter
    sides = abridged(change.before, change.after), abridged(change.after, change.before)
    uow.record(AuditEntry(exporter.updated_at, change.actor, change.action, exporter.name, change.source, *sides))
    gone = change.after is None or change.after.get("deleted", False)
    uow.remember(
        Revision(
            exporter=exporter.name,
            source=change.source,
            revision=exporter.revision,
            at=exporter.updated_at,
            actor=change.actor,
            change=change.action,
            snapshot=None if gone or change.after is None else snapshot_of(change.after),
        )
    )
