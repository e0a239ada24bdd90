from typing import Annotated

from fastapi import Path, Query, Response
from fastapi.responses import StreamingResponse
from vitrina_kit.audit_views import LINES, AuditVerification
from vitrina_kit.if_match import etag
from vitrina_kit.pagination import Page, PageQuery, next_cursor
from vitrina_kit.token_check import Admin

from vitrina_registry.api.deps import ExporterPrecondition, SourcePrecondition, WorldDep
from vitrina_registry.api.history_schemas import AuditEntryView, RevisionView
from vitrina_registry.api.schemas import ExporterView, Items, SourceView
from vitrina_registry.api.writing import WritingWorld, create_write_router
from vitrina_registry.domain.revision import ComparedRevision
from vitrina_registry.use_cases import history
from vitrina_registry.use_cases.named import storable
from vitrina_registry.use_cases.ports import AuditFilter

router = create_write_router(tags=["history"])

RevisionNumber = Annotated[int, Path(ge=1, le=2**62)]
_Name = Annotated[str | None, Query(max_length=200)]


@router.get("/audit")
async def read_audit(
    *,
    world: WorldDep,
    _caller: Admin,
    page: PageQuery,
    exporter: _Name = None,
    source: _Name = None,
    actor: _Name = None,
) -> Items[AuditEntryView]:
    bound_to = ("audit", exporter, source, actor)
    chosen = AuditFilter(
        exporter=exporter and storable(exporter), source=source and storable(source), actor=actor and storable(actor)
    )
    entries = await history.read_audit(world, chosen, page.after(int, *bound_to), page.limit + 1)
    cursor = next_cursor([entry.id for entry in entries], page.limit, *bound_to)
    return Items(items=[AuditEntryView.of(entry) for entry in entries[: page.limit]], next_cursor=cursor)


@router.get("/audit/verification")
async def verify_audit(world: WorldDep, _caller: Admin) -> AuditVerification:
    """Walks the whole chain of hashes: whether an entry was changed or removed, and the first that does not fit."""
    return AuditVerification.of(await history.verify_audit(world))


@router.get("/audit.jsonl", response_class=StreamingResponse, responses={200: {"content": {LINES: {}}}})
async def export_audit(world: WorldDep, _caller: Admin) -> StreamingResponse:
    """The whole audit as JSON lines, the oldest first, each with its hash."""
    return StreamingResponse(history.export_audit(world), media_type=LINES)


@router.get("/exporters/{name}/revisions")
async def list_exporter_revisions(world: WorldDep, _caller: Admin, name: str, page: PageQuery) -> Items[RevisionView]:
    after = page.after(int, "revisions", name)
    return _revisions(await history.list_revisions(world, name, None, after, page.limit), page, name)


@router.post("/exporters/{name}/revisions/{revision}/revert")
async def revert_exporter(
    *,
    world: WritingWorld,
    caller: Admin,
    name: str,
    precondition: ExporterPrecondition,
    revision: RevisionNumber,
    response: Response,
) -> ExporterView:
    visible = await history.revert_exporter(world, caller, name, revision, precondition)
    response.headers["ETag"] = etag(visible.exporter.revision)
    return ExporterView.of(visible, world.catalogue)


@router.get("/exporters/{name}/sources/{source}/revisions")
async def list_source_revisions(
    world: WorldDep, _caller: Admin, name: str, source: str, page: PageQuery
) -> Items[RevisionView]:
    after = page.after(int, "revisions", name, source)
    return _revisions(await history.list_revisions(world, name, source, after, page.limit), page, name, source)


@router.post("/exporters/{name}/sources/{source}/revisions/{revision}/revert")
async def revert_source(
    *,
    world: WritingWorld,
    caller: Admin,
    name: str,
    source: str,
    precondition: SourcePrecondition,
    revision: RevisionNumber,
    response: Response,
) -> SourceView:
    visible = await history.revert_source(world, caller, name, source, revision, precondition=precondition)
    response.headers["ETag"] = etag(visible.source.revision)
    return SourceView.of(visible)


def _revisions(compared: list[ComparedRevision], page: Page, *bound_to: str) -> Items[RevisionView]:
    cursor = next_cursor([item.revision.revision for item in compared], page.limit, "revisions", *bound_to)
    return Items(items=[RevisionView.of(item) for item in compared[: page.limit]], next_cursor=cursor)
