"""Shapes of the answers; the hot ones are rendered elsewhere and only described here."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field
from vitrina_contracts.device import Cause, Device, Status


class Facets(BaseModel):
    """How many devices there are of each value, the filters of the other kinds applied."""

    status: dict[str, int]
    platform: dict[str, int]
    source: dict[str, int]
    cause: Annotated[dict[str, int], Field(description="Devices that are online have no cause.")]


class DeviceList(BaseModel):
    items: list[Device]
    total: Annotated[int, Field(description="Devices that fit the filter, on all pages.")]
    next_cursor: Annotated[str | None, Field(description="Pass it as `cursor` for the next page; null on the last.")]
    as_of: Annotated[datetime, Field(description="The last instant at which the monitoring answered.")]
    facets: Facets


class StatusCounts(BaseModel):
    online: int
    offline: int
    unknown: int


class Totals(StatusCounts):
    total: int


class PlatformCounts(StatusCounts):
    platform: str


class SourceOverview(StatusCounts):
    exporter: str
    platform: str
    source: str
    enabled: bool
    up: Annotated[bool | None, Field(description="Null before the first poll has ended or while nobody can tell.")]
    reason: Annotated[str | None, Field(description="Code of why it is not up.")]
    devices: int
    last_success_at: datetime | None


class CauseCount(BaseModel):
    cause: Cause
    count: int


class DeviceChange(BaseModel):
    """A change of status, or with `removed` the device's leaving the list."""

    platform: str
    source: str
    device_id: str
    name: str
    previous: Status | None
    status: Status
    cause: Cause | None
    at: datetime
    removed: bool


class OverviewAnswer(BaseModel):
    as_of: datetime
    stale_seconds: Annotated[float, Field(description="Age of the data.")]
    prometheus_up: bool
    totals: Totals
    platforms: list[PlatformCounts]
    sources: list[SourceOverview]
    causes: list[CauseCount]
    recent: list[DeviceChange]
