"""The list of devices as pages or as CSV, one device, and those around it."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from vitrina_kit.http_app import create_router

from vitrina_gateway.api.conditional import PRIVATE, conditional
from vitrina_gateway.api.deps import CallerScope, TheParts
from vitrina_gateway.api.filters import Filter
from vitrina_gateway.api.schemas import ChosenDevices, DeviceList, Neighbours
from vitrina_gateway.domain.query import DeviceQuery
from vitrina_gateway.use_cases.devices import export_chosen, export_devices, list_devices, list_neighbours

router = create_router("/devices", tags=["devices"])
exports = create_router(tags=["devices"])

_CSV: Final = "text/csv; charset=utf-8"


@router.get("", response_model=DeviceList, operation_id="listDevices")
async def devices(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    scope: CallerScope,
    parts: TheParts,
    wanted: Filter,
    sort: str = "name",
    limit: int = 100,
    cursor: str | None = None,
) -> Response:
    """Devices of the caller's sources: searched, filtered, sorted, a page at a time."""
    query = DeviceQuery(wanted, sort, limit, cursor or None)
    return conditional(request, parts.fleet, scope, lambda: list_devices(parts.fleet, scope, query).body)


_TABLE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "One row for each device", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


@exports.get("/devices.csv", operation_id="exportDevices", response_class=StreamingResponse, responses=_TABLE)
async def export(
    scope: CallerScope, parts: TheParts, wanted: Filter, sort: str = "name", language: str = "en"
) -> StreamingResponse:
    """All devices that fit, as Excel likes it in the language `en` or `ru`."""
    return _file(export_devices(parts.fleet, scope, wanted, sort, language))


@exports.post("/devices.csv", operation_id="exportChosenDevices", response_class=StreamingResponse, responses=_TABLE)
async def export_some(
    scope: CallerScope, parts: TheParts, body: ChosenDevices, sort: str = "name", language: str = "en"
) -> StreamingResponse:
    """The devices that somebody chose one by one; what is not there, or not the caller's, is left out."""
    keys = [(each.platform, each.source, each.device_id) for each in body.devices]
    return _file(export_chosen(parts.fleet, scope, keys, sort, language))


def _file(body: Iterator[bytes]) -> StreamingResponse:
    name = {"Content-Disposition": 'attachment; filename="devices.csv"'}
    return StreamingResponse(body, media_type=_CSV, headers={**PRIVATE, **name})


@router.get(
    "/{platform}/{source}/{device_id:path}/neighbours", response_model=Neighbours, operation_id="listDeviceNeighbours"
)
async def neighbours(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    platform: str,
    source: str,
    device_id: str,
    scope: CallerScope,
    parts: TheParts,
    limit: int = 20,
) -> Response:
    """The other devices at the same site, or of the same source where no site is known, those in trouble first."""
    key = (platform, source, device_id)
    return conditional(request, parts.fleet, scope, lambda: list_neighbours(parts.fleet, scope, key, limit).body)
