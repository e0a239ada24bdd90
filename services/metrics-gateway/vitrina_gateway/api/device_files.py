"""The list of devices as a file for spreadsheets: CSV, or a workbook whose cells are what they are."""

from typing import Annotated, Any, Final

from fastapi import Depends
from fastapi.responses import StreamingResponse
from vitrina_kit.http_app import create_router
from vitrina_kit.workbook import MEDIA_TYPE, chunks, size_of

from vitrina_gateway.api.conditional import PRIVATE
from vitrina_gateway.api.deps import CallerScope, TheParts
from vitrina_gateway.api.filters import Filter
from vitrina_gateway.api.schemas import ChosenDevices
from vitrina_gateway.use_cases.devices import Export, export_chosen, export_devices

router = create_router(tags=["devices"])

_CSV: Final = "text/csv; charset=utf-8"


def _table(media_type: str, schema: dict[str, str]) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "One row for each device", "content": {media_type: {"schema": schema}}}}


_TABLE: Final = _table("text/csv", {"type": "string"})
_WORKBOOK: Final = _table(MEDIA_TYPE, {"type": "string", "format": "binary"})


async def _fitting(
    scope: CallerScope, parts: TheParts, wanted: Filter, sort: str = "name", language: str = "en"
) -> Export:
    return export_devices(parts.fleet, scope, wanted, sort, language)


async def _chosen(
    scope: CallerScope, parts: TheParts, body: ChosenDevices, sort: str = "name", language: str = "en"
) -> Export:
    keys = [(each.platform, each.source, each.device_id) for each in body.devices]
    return export_chosen(parts.fleet, scope, keys, sort, language)


_Fitting = Annotated[Export, Depends(_fitting)]
_Chosen = Annotated[Export, Depends(_chosen)]


@router.get("/devices.csv", operation_id="exportDevices", response_class=StreamingResponse, responses=_TABLE)
async def export(_scope: CallerScope, devices: _Fitting) -> StreamingResponse:
    """All devices that fit, as Excel likes it in the language `en` or `ru`."""
    return _as_csv(devices)


@router.post("/devices.csv", operation_id="exportChosenDevices", response_class=StreamingResponse, responses=_TABLE)
async def export_some(_scope: CallerScope, devices: _Chosen) -> StreamingResponse:
    """The devices that somebody chose one by one; what is not there, or not the caller's, is left out."""
    return _as_csv(devices)


@router.get(
    "/devices.xlsx", operation_id="exportDevicesWorkbook", response_class=StreamingResponse, responses=_WORKBOOK
)
async def export_workbook(_scope: CallerScope, parts: TheParts, devices: _Fitting) -> StreamingResponse:
    """All devices that fit, as a workbook in the language `en` or `ru`; at most what a sheet holds."""
    return await _as_workbook(parts, devices)


@router.post(
    "/devices.xlsx", operation_id="exportChosenDevicesWorkbook", response_class=StreamingResponse, responses=_WORKBOOK
)
async def export_some_workbook(_scope: CallerScope, parts: TheParts, devices: _Chosen) -> StreamingResponse:
    """The devices that somebody chose one by one, as a workbook."""
    return await _as_workbook(parts, devices)


def _as_csv(devices: Export) -> StreamingResponse:
    return StreamingResponse(devices.csv(), media_type=_CSV, headers=_headers("devices.csv"))


async def _as_workbook(parts: TheParts, devices: Export) -> StreamingResponse:
    file = await devices.workbook(parts.workbooks)
    headers = {**_headers("devices.xlsx"), "Content-Length": str(size_of(file))}
    return StreamingResponse(chunks(file), media_type=MEDIA_TYPE, headers=headers)


def _headers(name: str) -> dict[str, str]:
    return {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
