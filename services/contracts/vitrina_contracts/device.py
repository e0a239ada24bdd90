"""Device: the one shape in which people and other systems see a player or screen."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from vitrina_contracts.work import Work


class Status(StrEnum):
    """`unknown` is the honest answer when the vendor cannot be asked; it is never shown as offline."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class Playback(StrEnum):
    PLAYING = "playing"
    PAUSED = "paused"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Why a device is not online: which layer the evidence points to."""

    REPORTED_OFFLINE = "reported_offline"
    """The vendor answered about this device and said offline."""
    SITE_DARK = "site_dark"
    """As `reported_offline`, and so is every other device of the source at this site: look at the site first."""
    CLOSED = "closed"
    """As `reported_offline`, outside its opening hours: nobody need look. `closed_until` says until when."""
    UNRECOGNISED_STATE = "unrecognised_state"
    """The vendor answered with a word that we do not know; it stands in `vendor_state`."""
    NOT_KNOWN_TO_VENDOR = "not_known_to_vendor"
    """The vendor was asked about this device and does not know it."""
    VENDOR_FAILING = "vendor_failing"
    """The vendor cannot be asked (time-out, 5xx, garbage) and the last status is no longer fresh."""
    UNAUTHORIZED = "unauthorized"
    """The vendor refuses the credentials of the source."""
    DISABLED = "disabled"
    """An admin disabled the source or its exporter."""
    EXPORTER_DOWN = "exporter_down"
    """The exporter is not running or Prometheus cannot scrape it."""
    PROMETHEUS_DOWN = "prometheus_down"
    """Prometheus does not answer, so nothing newer is known."""
    NEVER_SEEN = "never_seen"
    """Configured, but no answer about it has come yet."""


class Device(BaseModel):
    """Identity is `(platform, source, device_id)`; everything else may change.

    A field that a platform does not tell is null, never invented. Timestamps are UTC.
    """

    model_config = ConfigDict(frozen=True)

    platform: str
    source: str
    device_id: str
    name: str
    status: Status
    status_since: Annotated[datetime, Field(description="When the present status began.")]
    status_since_at_least: Annotated[
        bool, Field(description="True when the status may have begun earlier than `status_since`.")
    ] = False
    cause: Cause | None = None
    closed_until: Annotated[
        datetime | None,
        Field(description="Of cause `closed`: the next opening, in the place's own time; null when not within a year."),
    ] = None
    vendor_state: Annotated[str | None, Field(description="The vendor's own word for the state.")] = None
    last_seen: Annotated[datetime | None, Field(description="The vendor's own last contact.")] = None
    playback: Playback = Playback.UNKNOWN
    activated: bool | None = None
    player_version: str | None = None
    ip: str | None = None
    external_ip: str | None = None
    time_zone: str | None = None
    site: str | None = None
    city: str | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    work: Annotated[Work | None, Field(description="Who takes care of it; null when nobody said so.")] = None
    observed_at: Annotated[
        datetime | None, Field(description="Time of the newest sample behind `status`; null if there was none.")
    ] = None


DeviceKey = tuple[str, str, str]
"""`(platform, source, device_id)`."""
