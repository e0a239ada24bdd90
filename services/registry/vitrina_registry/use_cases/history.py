"""What was changed by whom, what things were before, and the way back."""

from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import Final

from vitrina_contracts.manifest import Text
from vitrina_contracts.tokens import Claims
from vitrina_kit.audit_chain import Verification

from vitrina_registry.domain.audit import RecordedEntry
from vitrina_registry.domain.errors import NotFoundError
from vitrina_registry.domain.revision import ComparedRevision, Revision, Snapshot, differences
from vitrina_registry.domain.scope import VisibleExporter
from vitrina_registry.use_cases.changes import find_exporter
from vitrina_registry.use_cases.exporters import ExporterChange, change_exporter
from vitrina_registry.use_cases.ports import AuditFilter, Precondition, World
from vitrina_registry.use_cases.sources import SourceChange, VisibleSource, change_source, find_source

_LINES_AT_A_TIME: Final = 1000


async def read_audit(world: World, chosen: AuditFilter, before: int | None, limit: int) -> list[RecordedEntry]:
    """Newest first."""
    async with world.unit_of_work() as uow:
        return await uow.history.audit(chosen, before, limit)


async def verify_audit(world: World) -> Verification:
    """Whether an entry was changed or removed behind the back of the registry."""
    async with world.unit_of_work() as uow:
        return await uow.history.verify_audit()


async def export_audit(world: World) -> AsyncIterator[str]:
    """Every entry as a line of JSON, the oldest first; no connection is held while the reader is slow."""
    after = -1
    while True:
        async with world.unit_of_work() as uow:
            lines, after = await uow.history.audit_lines(after, _LINES_AT_A_TIME)
        if not lines:
            return
        yield "".join(lines)


async def list_revisions(
    world: World, exporter: str, source: str | None, before: int | None, limit: int
) -> list[ComparedRevision]:
    """Newest first, each with what differs from the one before it; one more than `limit` when there are more.

    Raises:
        NotFoundError: no such exporter or source.
    """
    async with world.unit_of_work() as uow:
        await find_exporter(uow, exporter)
        if source is not None:
            await find_source(uow, exporter, source)
        revisions = await uow.history.revisions(exporter, source, before, limit + 2)
    return compared(revisions)[: limit + 1]


async def revert_exporter(
    world: World, caller: Claims, name: str, revision: int, precondition: Precondition
) -> VisibleExporter:
    """Makes the exporter what it was at that revision; its sources stay as they are."""
    snapshot = await stored_snapshot(world, name, None, revision)
    change = ExporterChange(enabled=snapshot["enabled"], labels=snapshot["labels"], shards=snapshot.get("shards", 1))
    return await change_exporter(world, caller, name, change, precondition, action="reverted")


async def revert_source(
    world: World, caller: Claims, exporter: str, name: str, revision: int, *, precondition: Precondition
) -> VisibleSource:
    """Makes the source what it was at that revision. Credentials stay the present ones: old ones are not kept."""
    snapshot = await stored_snapshot(world, exporter, name, revision)
    change = SourceChange(config=snapshot["config"], labels=snapshot["labels"], enabled=snapshot["enabled"])
    return await change_source(
        world, caller, exporter, name, change, precondition=precondition, action="source_reverted"
    )


def compared(revisions: Sequence[Revision]) -> list[ComparedRevision]:
    """Each with what differs from the next of them, which is older."""
    pairs = pairwise([*revisions, None])
    return [
        ComparedRevision(new, tuple(differences(old.snapshot if old else None, new.snapshot)))
        for new, old in pairs
        if new is not None
    ]


async def stored_snapshot(world: World, exporter: str, source: str | None, revision: int) -> Snapshot:
    """Raises NotFoundError: there is no such revision to return to."""
    async with world.unit_of_work() as uow:
        found = await uow.history.revision(exporter, source, revision)
    if found is None or found.snapshot is None:
        text = Text(
            en=f"There is no revision {revision} of it to return to.",
            ru=f"Редакции {revision}, к которой можно вернуться, нет.",
        )
        raise NotFoundError(text)
    return found.snapshot
