"""Device facts: what people know of a device and no vendor tells. Owned by the registry, joined into Device outside."""

import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_LINE_BREAKS: Final = "\n\r\t"


def _one_line(text: str) -> str:
    text = text.strip()
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text):
        raise ValueError("must be one line without control characters")
    return text


def lines(text: str) -> str:
    """Text of several lines; raises ValueError."""
    text = text.strip()
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in _LINE_BREAKS for character in text):
        raise ValueError("must not hold control characters")
    return text


Line = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Tag = Annotated[str, Field(min_length=1, max_length=50), AfterValidator(_one_line)]
DeviceId = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]


class DeviceFacts(BaseModel):
    """All optional: null means that nobody has said it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    site: Line | None = None
    address: Line | None = None
    city: Line | None = None
    latitude: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    time_zone: Annotated[
        str | None,
        Field(
            max_length=64,
            pattern=r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$",
            description="Name of the tz database, such as Asia/Yekaterinburg.",
        ),
    ] = None
    opening_hours: Annotated[Line | None, Field(description="As OpenStreetMap writes them: Mo-Su 09:00-21:00.")] = None
    replaces: Annotated[
        DeviceId | None,
        Field(description="Id of the device of this source that it took the place of; its availability goes on here."),
    ] = None
    tags: Annotated[list[Tag], Field(max_length=20)] = []
    contact: Line | None = None
    note: Annotated[str | None, Field(max_length=2000), AfterValidator(lambda note: note and lines(note))] = None


class FactsItem(DeviceFacts):
    """Facts of one device; all null when they were taken away."""

    # Programs tell it one another, and a later version may know more facts.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    platform: str
    source: str
    device_id: str


class FactsDelta(BaseModel):
    """Answer of the registry's `GET /internal/v1/facts?since=<version>`."""

    model_config = ConfigDict(frozen=True)

    version: Annotated[int, Field(description="Pass it as `since` the next time.")]
    full: Annotated[
        bool, Field(description="`items` are all there are, whatever was known before: `since` was 0 or is not known.")
    ]
    items: list[FactsItem]
