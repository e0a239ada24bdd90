"""A device's past: what it was when, a metric of it over time, and its stored changes."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import Query
from vitrina_contracts.device import DeviceKey
from vitrina_kit.http_app import create_router

from vitrina_gateway.api.deps import CallerScope, Parts, TheParts
from vitrina_gateway.api.schemas import (
    DeviceEvents,
    DeviceHistory,
    DeviceSeries,
    HistorySegment,
    ReplacedDevice,
    UptimeSeconds,
    change,
)
from vitrina_gateway.domain.device import instant
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.device_events import device_events
from vitrina_gateway.use_cases.history import History

router = create_router("/devices/{platform}/{source}/{device_id:path}", tags=["devices"])

_EVENTS: Final = 20

_From = Annotated[datetime | None, Query(alias="from", description="A day before `to` unless given.")]
_To = Annotated[datetime | None, Query(description="Now unless given; at most 31 days after `from`.")]


@router.get("/history", operation_id="getDeviceHistory")
async def history(  # noqa: PLR0917 - FastAPI passes them by name
    platform: str,
    source: str,
    device_id: str,
    scope: CallerScope,
    parts: TheParts,
    start: _From = None,
    to: _To = None,
) -> DeviceHistory:
    """When the device was online, offline, unknown; and when nobody measured, which says nothing about the device."""
    return history_view(await parts.past.history(scope, (platform, source, device_id), _seconds(start), _seconds(to)))


@router.get("/series", operation_id="getDeviceSeries")
async def series(  # noqa: PLR0917 - FastAPI passes them by name
    platform: str,
    source: str,
    device_id: str,
    scope: CallerScope,
    parts: TheParts,
    metric: str,
    start: _From = None,
    to: _To = None,
    step: Annotated[float, Query(description="Seconds; as fine as is sensible unless given.")] = 0,
) -> DeviceSeries:
    """One metric of the device over time; null where there is no sample."""
    key = (platform, source, device_id)
    found = await parts.past.series(scope, key, metric, _seconds(start), _seconds(to), step)
    return DeviceSeries(metric=metric, step_seconds=found.span.step, points=found.points)


@router.get("/events", operation_id="listDeviceEvents")
async def events(  # noqa: PLR0917 - FastAPI passes them by name
    platform: str, source: str, device_id: str, scope: CallerScope, parts: TheParts, limit: int = _EVENTS
) -> DeviceEvents:
    """The last changes of the device as other systems were told of them, newest first."""
    return await events_view(parts, scope, (platform, source, device_id), limit)


async def events_view(parts: Parts, scope: Scope, key: DeviceKey, limit: int = _EVENTS) -> DeviceEvents:
    found = await device_events(parts.fleet, parts.chains, scope, key, limit)
    return DeviceEvents(items=[change(each) for each in found])


def history_view(found: History) -> DeviceHistory:
    shares = found.uptime
    return DeviceHistory(
        start=instant(found.span.start),
        to=instant(found.span.end),
        step_seconds=found.span.step,
        segments=[
            HistorySegment(status=each.status, start=instant(each.start), to=instant(each.end))
            for each in found.segments
        ],
        uptime=UptimeSeconds(
            online_seconds=round(shares.online, 3),
            offline_seconds=round(shares.offline, 3),
            unknown_seconds=round(shares.unknown, 3),
            not_measured_seconds=round(shares.not_measured, 3),
            online_share=shares.online_share,
        ),
        replaced=[ReplacedDevice(device_id=each.device_id, until=instant(each.until)) for each in found.replaced],
    )


def _seconds(at: datetime | None) -> float | None:
    """Unix seconds; a time without a zone is UTC."""
    if at is None:
        return None
    return at.timestamp() if at.tzinfo else at.replace(tzinfo=instant(0).tzinfo).timestamp()
