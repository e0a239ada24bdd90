"""The audit of sign-ins and rights, for admins."""

from typing import Annotated, Final

from fastapi import Query
from fastapi.responses import StreamingResponse
from vitrina_kit.audit_views import LINES, AuditVerification
from vitrina_kit.http_app import create_router
from vitrina_kit.pagination import PageQuery, next_cursor

from vitrina_auth.api.audit_schemas import AuditPage, AuditView
from vitrina_auth.api.deps import AdminActor, Parts
from vitrina_auth.use_cases.audit import export_audit, read_audit, verify_audit

router = create_router("/api/auth", tags=["audit"])

_LIST: Final = "auth-audit"
Subject = Annotated[str | None, Query(max_length=256, description="Who did it or to whom it was done.")]


@router.get("/audit")
async def list_audit(actor: AdminActor, parts: Parts, page: PageQuery, user: Subject = None) -> AuditPage:
    """Sign-ins and changes of rights, the newest first; kept for `VITRINA_AUDIT_DAYS` (730)."""
    before = page.after(int, _LIST, user)
    entries = await read_audit(parts, actor, before, page.limit + 1, user and user.replace("\0", ""))
    cursor = next_cursor([stored.number for stored in entries], page.limit, _LIST, user)
    return AuditPage(items=[AuditView.of(stored.entry) for stored in entries[: page.limit]], next_cursor=cursor)


@router.get("/audit/verification")
async def verify(_actor: AdminActor, parts: Parts) -> AuditVerification:
    """Walks the whole chain of hashes: whether an entry was changed or removed, and the first that does not fit."""
    return AuditVerification.of(await verify_audit(parts))


@router.get("/audit.jsonl", response_class=StreamingResponse, responses={200: {"content": {LINES: {}}}})
async def export(_actor: AdminActor, parts: Parts) -> StreamingResponse:
    """The whole audit as JSON lines, the oldest first, each with its hash."""
    return StreamingResponse(export_audit(parts), media_type=LINES)
