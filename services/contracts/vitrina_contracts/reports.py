"""Reports of availability by e-mail: what is sent when, and to whom."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from vitrina_contracts.delivery import Address, Part, ZoneName
from vitrina_contracts.names import SourceName

ReportName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]


class Every(StrEnum):
    WEEK = "week"
    MONTH = "month"


LAST_DAY = {Every.WEEK: 7, Every.MONTH: 28}


class SendingState(StrEnum):
    """Of one sending of a report."""

    WAITING = "waiting"
    """For its first try, or its next: `reason` says why the last one failed."""
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """Given up."""


class ReportPlan(Part):
    """Each week it is about the seven days before the day of sending, each month about the calendar month before it."""

    every: Annotated[Every, Field(strict=False)]
    day: Annotated[int, Field(ge=1, le=28, description="Of the week, 1 (Monday) to 7; of the month, 1 to 28.")] = 1
    hour: Annotated[int, Field(ge=0, le=23, description="By the clock of `time_zone`.")] = 9
    time_zone: ZoneName
    group: Annotated[Literal["source", "site", "device"], Field(description="What is added up.")] = "source"
    sources: Annotated[
        tuple[SourceName, ...], Field(strict=False, max_length=1000, description="Of these; empty: of all.")
    ] = ()
    language: Literal["en", "ru"] = "en"
    recipients: Annotated[
        tuple[Address, ...],
        Field(strict=False, min_length=1, max_length=50, description="They see one another's addresses."),
    ]
    enabled: Annotated[bool, Field(description="False: paused.")] = True

    @model_validator(mode="after")
    def _day_exists(self) -> Self:
        if self.day > LAST_DAY[self.every]:
            message = f"day: of a {self.every} it has to be from 1 to {LAST_DAY[self.every]}"
            raise ValueError(message)
        return self


class Report(ReportPlan):
    name: ReportName
