"""Shapes of the answers; the hot ones are rendered elsewhere and only described here."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from vitrina_contracts.device import Cause, Device, Status

from vitrina_gateway.domain.device import instant
from vitrina_gateway.domain.history import Told
from vitrina_gateway.domain.overview import Change

MOST_CHOSEN: Final = 20_000


class Facets(BaseModel):
    """How many devices there are of each value, the filters of the other kinds applied."""

    status: dict[str, int]
    platform: dict[str, int]
    source: dict[str, int]
    cause: Annotated[dict[str, int], Field(description="Devices that are online have no cause.")]
    site: Annotated[dict[str, int], Field(description="The 200 sites with most devices; likewise the next two.")] = {}
    city: dict[str, int] = {}
    player_version: dict[str, int] = {}
    work: Annotated[dict[str, int], Field(description="`none`: no work state.")] = {}


class DeviceList(BaseModel):
    items: list[Device]
    total: Annotated[int, Field(description="Devices that fit the filter, on all pages.")]
    next_cursor: Annotated[str | None, Field(description="Pass it as `cursor` for the next page; null on the last.")]
    as_of: Annotated[datetime, Field(description="The last instant at which the monitoring answered.")]
    facets: Facets


class DeviceIdentity(BaseModel):
    platform: str
    source: str
    device_id: str


class ChosenDevices(BaseModel):
    devices: Annotated[list[DeviceIdentity], Field(min_length=1, max_length=MOST_CHOSEN)]


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
    demo: Annotated[bool, Field(description="Of the demo: what it watches is made up.")] = False


class Evidence(BaseModel):
    """What one layer between us and the device says."""

    kind: Annotated[str, Field(description="prometheus, exporter, source, device or site.")]
    text_key: Annotated[str, Field(description="Code of what it says, to be put in words.")]
    detail: Annotated[str, Field(description="Its own words: a name, a reason, the vendor's word, or n/m devices.")]
    at: datetime | None


class Neighbours(BaseModel):
    site: Annotated[str | None, Field(description="Null: no site is known, so these are of the same source.")]
    items: list[Device]
    counts: Totals
    as_of: datetime


class HistorySegment(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    status: Told
    start: Annotated[datetime, Field(alias="from")]
    to: datetime


class UptimeSeconds(BaseModel):
    online_seconds: float
    offline_seconds: float
    unknown_seconds: float
    not_measured_seconds: Annotated[float, Field(description="Nobody measured: neither for nor against the device.")]
    online_share: Annotated[float | None, Field(description="Of the time in which a status was told.")]


class ReplacedDevice(BaseModel):
    device_id: str
    until: Annotated[datetime, Field(description="Up to here the history is this device's.")]


class DeviceHistory(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    start: Annotated[datetime, Field(alias="from")]
    to: datetime
    step_seconds: int
    segments: list[HistorySegment]
    uptime: UptimeSeconds
    replaced: Annotated[
        list[ReplacedDevice],
        Field(description="Devices whose place this one took (its fact `replaces`), whose past goes on in it."),
    ] = []


class DeviceSeries(BaseModel):
    metric: str
    step_seconds: int
    points: Annotated[list[tuple[int, float | None]], Field(description="Unix seconds and value.")]


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


def change(of: Change) -> DeviceChange:
    platform, source, device_id = of.key
    return DeviceChange(
        platform=platform,
        source=source,
        device_id=device_id,
        name=of.name,
        previous=of.previous,
        status=of.status,
        cause=of.cause,
        at=instant(of.at),
        removed=of.removed,
    )


class DeviceEvents(BaseModel):
    items: list[DeviceChange]


class DeviceDetail(Device):
    evidence: list[Evidence] = Field(
        default_factory=list, description="Why it is not online, the layer nearest to us first."
    )
    as_of: Annotated[datetime | None, Field(description="The last instant at which the monitoring answered.")] = None
    history: DeviceHistory | None = None
    neighbours: Neighbours | None = None
    events: DeviceEvents | None = None


class OverviewAnswer(BaseModel):
    as_of: datetime
    stale_seconds: Annotated[float, Field(description="Age of the data.")]
    prometheus_up: bool
    totals: Totals
    in_work: Annotated[
        StatusCounts, Field(description="Of `totals` those that have a work state: somebody takes care of them.")
    ] = StatusCounts(online=0, offline=0, unknown=0)
    platforms: list[PlatformCounts]
    sources: list[SourceOverview]
    causes: Annotated[list[CauseCount], Field(description="Of devices without a work state.")]
    recent: list[DeviceChange]
