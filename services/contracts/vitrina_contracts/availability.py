"""How long each device was on and off on a day, computed by the gateway, kept by the registry for years."""

from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vitrina_contracts.names import SourceName

DAY_SECONDS: Final = 86_400
MOST_DEVICES: Final = 5_000
"""In one `AvailabilityPart`."""

Seconds = Annotated[int, Field(ge=0, le=DAY_SECONDS)]


class AvailabilityTask(BaseModel):
    """Element of the registry's `GET /internal/v1/availability`: a closed day (UTC) of a source that is not stored."""

    model_config = ConfigDict(frozen=True)

    platform: str
    source: SourceName
    day: date
    labels: Annotated[dict[str, str], Field(description="Of the source; default hours stand there.")] = {}


class DeviceDay(BaseModel):
    """Seconds of one device's day; what is missing to 86,400 was not measured."""

    model_config = ConfigDict(frozen=True)

    device_id: Annotated[str, Field(min_length=1, max_length=200)]
    online: Seconds
    offline: Annotated[Seconds, Field(description="Dark although it should have been on.")]
    planned: Annotated[Seconds, Field(description="Dark while its place was closed.")] = 0
    unknown: Annotated[Seconds, Field(description="Measured, and the vendor did not tell.")]

    @model_validator(mode="after")
    def _fits_into_a_day(self) -> "DeviceDay":
        if self.measured > DAY_SECONDS:
            raise ValueError("more than a day's seconds")
        return self

    @property
    def measured(self) -> int:
        return self.online + self.offline + self.planned + self.unknown


class AvailabilityPart(BaseModel):
    """Body of `POST /internal/v1/availability`. Repeating one changes nothing."""

    model_config = ConfigDict(frozen=True)

    platform: Annotated[str, Field(max_length=200)]
    source: SourceName
    day: date
    devices: Annotated[list[DeviceDay], Field(max_length=MOST_DEVICES)]
    last: Annotated[bool, Field(description="The day is complete with it.")]
