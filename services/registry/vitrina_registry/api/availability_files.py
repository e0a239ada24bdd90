"""The report of availability as a file for spreadsheets."""

from typing import Any, Final, Literal

from fastapi import Response
from fastapi.responses import StreamingResponse
from vitrina_kit.http_app import create_router
from vitrina_kit.token_check import Manager
from vitrina_kit.workbook import MEDIA_TYPE, chunks, size_of

from vitrina_registry.api.availability import TheQuestion
from vitrina_registry.api.deps import WorldDep
from vitrina_registry.domain.availability import Question
from vitrina_registry.domain.availability_table import csv_lines
from vitrina_registry.use_cases import availability

router = create_router(tags=["availability"])

_CSV: Final[dict[str, Any]] = {"content": {"text/csv": {"schema": {"type": "string"}}}}
_WORKBOOK: Final[dict[str, Any]] = {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}


@router.get("/availability.csv", response_class=Response, responses={200: _CSV})
async def export_availability(
    world: WorldDep, caller: Manager, question: TheQuestion, language: Literal["ru", "en"] = "en"
) -> Response:
    """The whole report for a spreadsheet."""
    found = await availability.report(world, caller, question, None, None)
    return StreamingResponse(
        csv_lines(found, language), media_type="text/csv; charset=utf-8", headers=_headers(question, "csv")
    )


@router.get("/availability.xlsx", response_class=Response, responses={200: _WORKBOOK})
async def export_availability_workbook(
    world: WorldDep, caller: Manager, question: TheQuestion, language: Literal["ru", "en"] = "en"
) -> Response:
    """The whole report as a workbook; at most what a sheet holds."""
    file = await availability.workbook(world, caller, question, language)
    headers = {**_headers(question, "xlsx"), "Content-Length": str(size_of(file))}
    return StreamingResponse(chunks(file), media_type=MEDIA_TYPE, headers=headers)


def _headers(question: Question, kind: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="availability-{question.first}-{question.last}.{kind}"'}
