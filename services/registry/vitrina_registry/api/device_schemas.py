"""Bodies and answers about the devices of a source."""

from collections import Counter
from typing import Annotated

from pydantic import BaseModel, Field

from vitrina_registry.api.schemas import Body
from vitrina_registry.domain.device_list import MOST_LINES, LineReport, Outcome
from vitrina_registry.use_cases.devices import DevicesChanged

_Devices = Annotated[list[str], Field(default_factory=list, max_length=MOST_LINES)]


class DevicesBody(Body):
    add: _Devices
    remove: _Devices
    accept_shared: Annotated[bool, Field(description="Also add devices that another source has already.")] = False


class LineView(BaseModel):
    line: Annotated[int, Field(description="From 1: of the text, or of `add` or `remove`.")]
    value: str
    outcome: Outcome
    detail: str | None = None

    @classmethod
    def of(cls, report: LineReport) -> "LineView":
        detail = report.detail.en if report.detail else None
        return cls(line=report.line.number, value=report.line.value, outcome=report.outcome, detail=detail)


class DevicesReport(BaseModel):
    revision: Annotated[int, Field(description="Of the source; also the ETag.")]
    devices: Annotated[int, Field(description="How many it has now.")]
    cycle_seconds: Annotated[float, Field(description="How long one poll of them all takes at least.")]
    added: int
    removed: int
    lines: list[LineView]

    @classmethod
    def of(cls, changed: DevicesChanged) -> "DevicesReport":
        counts = Counter(report.outcome for report in changed.reports)
        return cls(
            revision=changed.revision,
            devices=changed.devices,
            cycle_seconds=changed.cycle_seconds,
            added=counts[Outcome.ADDED],
            removed=counts[Outcome.REMOVED],
            lines=[LineView.of(report) for report in changed.reports],
        )
