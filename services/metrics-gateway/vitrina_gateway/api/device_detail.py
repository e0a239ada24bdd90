"""One device, and what its page shows beside it in the same answer."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Final

from fastapi import Query, Request, Response
from vitrina_contracts.device import DeviceKey
from vitrina_kit.http_app import create_router

from vitrina_gateway.api.conditional import PRIVATE, conditional
from vitrina_gateway.api.deps import CallerScope, Parts, TheParts
from vitrina_gateway.api.history import events_view, history_view
from vitrina_gateway.api.schemas import DeviceDetail
from vitrina_gateway.domain.errors import InvalidParameterError
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.devices import list_neighbours, show_device
from vitrina_gateway.use_cases.ports import MonitoringError, RecordUnavailableError

router = create_router("/devices", tags=["devices"])

_NEIGHBOURS: Final = 20


async def _history(parts: Parts, scope: Scope, key: DeviceKey) -> bytes:
    return history_view(await parts.past.history(scope, key, None, None)).model_dump_json(by_alias=True).encode()


async def _neighbours(parts: Parts, scope: Scope, key: DeviceKey) -> bytes:
    return list_neighbours(parts.fleet, scope, key, _NEIGHBOURS).body


async def _events(parts: Parts, scope: Scope, key: DeviceKey) -> bytes:
    return (await events_view(parts, scope, key)).model_dump_json().encode()


_Part = Callable[[Parts, Scope, DeviceKey], Awaitable[bytes]]
_INCLUDED: Final[Mapping[str, _Part]] = {"history": _history, "neighbours": _neighbours, "events": _events}


@router.get("/{platform}/{source}/{device_id:path}", response_model=DeviceDetail, operation_id="getDevice")
async def device(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    platform: str,
    source: str,
    device_id: str,
    scope: CallerScope,
    parts: TheParts,
    include: Annotated[str, Query(description="Of history, neighbours and events those wanted, with commas.")] = "",
) -> Response:
    """One device and why it is not online; another's answers exactly like one that does not exist.

    What is included has the defaults of its own route, and is null while the part that knows it does not answer.
    """
    key = (platform, source, device_id)
    if not include:
        return conditional(request, parts.fleet, scope, lambda: show_device(parts.fleet, scope, key).body)
    wanted = include.split(",")
    if not set(wanted) <= _INCLUDED.keys():
        raise InvalidParameterError("include", f"of {', '.join(_INCLUDED)} those wanted, with commas")
    body = show_device(parts.fleet, scope, key).body[:-1]
    for name in dict.fromkeys(wanted):
        body += b',"' + name.encode() + b'":' + await _or_null(_INCLUDED[name](parts, scope, key))
    return Response(body + b"}", media_type="application/json", headers=PRIVATE)


async def _or_null(part: Awaitable[bytes]) -> bytes:
    try:
        return await part
    except (MonitoringError, RecordUnavailableError):
        return b"null"
