"""Work states: somebody knows of a device that is not as it should be, and takes care of it. Owned by the registry."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from vitrina_contracts.facts import Line, lines


class WorkKind(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    """Somebody knows and takes care."""
    IN_REPAIR = "in_repair"
    CLOSED = "closed"
    """The site or the place of the screen is closed: it is dark on purpose."""


class WorkState(BaseModel):
    """What people say of a device that needs nobody else; it ends at `until`, or when it is taken away."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: WorkKind
    owner: Annotated[Line | None, Field(description="Who takes care.")] = None
    note: Annotated[str | None, Field(max_length=500), AfterValidator(lambda note: note and lines(note))] = None
    ticket: Annotated[
        str | None,
        Field(
            max_length=500,
            pattern=r"^https?://[^\s\x00-\x1f<>\"]+$",
            description="Link to where the work is kept, http or https.",
        ),
    ] = None
    until: Annotated[
        AwareDatetime | None, Field(description="When the device counts again as everything else; null: never.")
    ] = None


class Work(WorkState):
    """A work state as it was set."""

    # It stands in events, where a later version may say more.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    by: str
    since: datetime


class WorkItem(BaseModel):
    """Work state of one device; null when it was taken away."""

    model_config = ConfigDict(frozen=True)

    platform: str
    source: str
    device_id: str
    work: Work | None


class WorkDelta(BaseModel):
    """Answer of the registry's `GET /internal/v1/work-states?since=<version>`; as `FactsDelta`."""

    model_config = ConfigDict(frozen=True)

    version: int
    full: bool
    items: list[WorkItem]
