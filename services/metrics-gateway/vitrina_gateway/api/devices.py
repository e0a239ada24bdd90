"""The list of devices, and one device."""

import zlib
from collections.abc import Iterable
from typing import Annotated, Final

from fastapi import Query, Request, Response
from vitrina_contracts.device import Device
from vitrina_kit.http_app import create_router

from vitrina_gateway.api.deps import CallerScope, TheParts
from vitrina_gateway.api.schemas import DeviceList
from vitrina_gateway.domain.query import DeviceQuery
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.devices import list_devices, show_device
from vitrina_gateway.use_cases.fleet import Fleet

router = create_router("/devices", tags=["devices"])

_PRIVATE: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
_Values = Annotated[list[str], Query(description="May repeat or be comma separated.")]


@router.get("", response_model=DeviceList, operation_id="listDevices")
async def devices(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    scope: CallerScope,
    parts: TheParts,
    search: str = "",
    status: _Values = [],  # noqa: B006 - FastAPI copies defaults
    platform: _Values = [],  # noqa: B006 - as above
    source: _Values = [],  # noqa: B006 - as above
    cause: _Values = [],  # noqa: B006 - as above
    sort: str = "name",
    limit: int = 100,
    cursor: str | None = None,
) -> Response:
    """Devices of the caller's sources: searched, filtered, sorted, a page at a time."""
    etag = _etag(parts.fleet, scope, request)
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={**_PRIVATE, "ETag": etag})
    query = DeviceQuery(
        search, _split(status), _split(platform), _split(source), _split(cause), sort, limit, cursor or None
    )
    answer = list_devices(parts.fleet, scope, query)
    return Response(answer.body, media_type="application/json", headers={**_PRIVATE, "ETag": etag})


@router.get("/{platform}/{source}/{device_id:path}", response_model=Device, operation_id="getDevice")
async def device(platform: str, source: str, device_id: str, scope: CallerScope, parts: TheParts) -> Response:
    """One device; another's answers exactly like one that does not exist."""
    answer = show_device(parts.fleet, scope, (platform, source, device_id))
    return Response(answer.body, media_type="application/json", headers=_PRIVATE)


def _split(values: Iterable[str]) -> frozenset[str]:
    return frozenset(part for value in values for part in value.split(",") if part)


def _etag(fleet: Fleet, scope: Scope, request: Request) -> str:
    """The same for the same question about the same tick; known before any answer is made."""
    snapshot = fleet.present()
    sources = "*" if scope.sources is None else ",".join(sorted(scope.sources))
    question = zlib.crc32(f"{sources}?{request.url.query}".encode())
    return f'"{snapshot.evaluated_at:.0f}-{snapshot.number}-{question:08x}"'
