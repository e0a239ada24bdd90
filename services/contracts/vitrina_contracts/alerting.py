"""What the registry and the part beside Alertmanager tell one another: who is to be told, and what became of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from vitrina_contracts.delivery import ClockTime, Day, Part, ReceiverName, ZoneName

WINDOW_AUTHOR: Final = "window:"
"""How the author of a silence begins that stands for a maintenance window; its name follows."""

WindowName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]


class Outcome(StrEnum):
    """Of a test message."""

    WAITING = "waiting"
    SENT = "sent"
    """Handed to Alertmanager; what became of it was not seen in time."""
    DELIVERED = "delivered"
    FAILED = "failed"


class AskedTest(BaseModel):
    """A test message that somebody wants sent; `asked_at` tells it from the one before."""

    receiver: ReceiverName
    asked_at: datetime


class ToldTest(AskedTest):
    outcome: Outcome


class WindowMatcher(Part):
    """As Alertmanager has them."""

    name: Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]{0,127}$")]
    value: Annotated[str, Field(max_length=1000)]
    is_regex: bool = False
    is_equal: bool = True


class WindowPlan(Part):
    """When, by the clock of a place, and what is silenced then. `till` before `from`: over midnight."""

    matchers: Annotated[list[WindowMatcher], Field(min_length=1, max_length=20)]
    days: Annotated[list[Day], Field(min_length=1, max_length=7)]
    begin: Annotated[ClockTime, Field(alias="from")]
    end: Annotated[ClockTime, Field(alias="till")]
    time_zone: ZoneName
    first_day: Annotated[date | None, Field(description="Null: at once.")] = None
    last_day: Annotated[date | None, Field(description="The last day that it begins on; null: for ever.")] = None
    comment: Annotated[str, Field(min_length=1, max_length=500, description="Why.")]
    enabled: bool = True


class Window(WindowPlan):
    name: WindowName


class AlertingOrders(BaseModel):
    """Answer of the registry's `GET /internal/v1/alerting`: holds secrets in clear."""

    model_config = ConfigDict(hide_input_in_errors=True)

    revision: Annotated[int, Field(description="0: never set.")]
    delivery: Annotated[dict[str, Any] | None, Field(repr=False, description="A `Delivery`; null: it cannot be read.")]
    tests: list[AskedTest] = []
    windows: list[Window] = []


class AlertingReport(BaseModel):
    """What is in effect. `revision`: the last that was tried; `refusal`: why the one before it is in effect instead."""

    revision: Annotated[int, Field(ge=0)]
    refusal: Annotated[str | None, Field(max_length=1000)] = None
    from_file: Annotated[bool, Field(description="The installation's file is in effect, not what the API was told.")]
    failing: Annotated[list[str], Field(max_length=20, description="Ways (email, ...) that failed lately.")] = []
    tests: Annotated[list[ToldTest], Field(max_length=100)] = []
