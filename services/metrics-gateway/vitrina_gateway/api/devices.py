"""The list of devices as pages, and the devices around one."""

from fastapi import Request, Response
from vitrina_kit.http_app import create_router

from vitrina_gateway.api.conditional import conditional
from vitrina_gateway.api.deps import CallerScope, TheParts
from vitrina_gateway.api.filters import Filter
from vitrina_gateway.api.schemas import DeviceList, Neighbours
from vitrina_gateway.domain.query import DeviceQuery
from vitrina_gateway.use_cases.devices import list_devices, list_neighbours

router = create_router("/devices", tags=["devices"])


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
