"""The tail of every accepted change: state, event and audit entry in one transaction."""

from collections.abc import Mapping
from typing import Any

from vitrina_contracts.events import ExporterChanged

from vitrina_registry.domain.audit import AuditEntry, exporter_facts, source_facts
from vitrina_registry.domain.errors import no_exporter
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.naming import exporter_name_faults
from vitrina_registry.domain.source import Source
from vitrina_registry.use_cases.ports import UnitOfWork


async def commit_exporter(uow: UnitOfWork, actor: str, change: str, before: Exporter | None, after: Exporter) -> None:
    uow.emit(ExporterChanged(exporter=after.name, revision=after.revision, change=change))
    facts = exporter_facts(before) if before else None
    uow.record(_entry(actor, f"exporter_{change}", after, before=facts, after=exporter_facts(after)))
    await uow.commit()


async def commit_source(
    uow: UnitOfWork, actor: str, change: str, exporter: Exporter, *, before: Source | None, after: Source | None
) -> None:
    """Commits a change of a source together with its exporter's new revision."""
    subject = after or before
    assert subject is not None  # noqa: S101 - a change has at least one side
    await uow.exporters.save(exporter)
    uow.emit(ExporterChanged(exporter=exporter.name, revision=exporter.revision, change=change, source=subject.name))
    sides = {"before": source_facts(before) if before else None, "after": source_facts(after) if after else None}
    uow.record(_entry(actor, change, exporter, subject.name, **sides))
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


def _entry(
    actor: str,
    action: str,
    exporter: Exporter,
    source: str | None = None,
    *,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> AuditEntry:
    return AuditEntry(exporter.updated_at, actor, action, exporter.name, source, before, after)
