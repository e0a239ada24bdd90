"""What a device did over a stretch of time, from counts of its samples in equal steps. Pure.

Our own blindness stands apart: a step in which nobody measured says nothing about the device, and counts neither for
nor against it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
_MOST_STEPS: Final = 1500
_SCRAPES_IN_STEP: Final = 2
"""Fewer, and a scrape that is a little late would look like a gap."""


class Told(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True)
class Span:
    """From `start` to `end` in Unix seconds, looked at in steps that end at whole multiples of `step` seconds."""

    start: float
    end: float
    step: int

    @property
    def first(self) -> int:
        """The end of the first step."""
        return (math.floor(self.start / self.step) + 1) * self.step

    @property
    def last(self) -> int:
        """The end of the last step; it may lie behind `end`."""
        return max(self.first, math.ceil(self.end / self.step) * self.step)

    def ends(self) -> range:
        return range(self.first, self.last + 1, self.step)


def span_of(start: float, end: float, scrape_seconds: float, wanted_step: float = 0) -> Span:
    """The span in the finest of the usual steps that neither makes too many nor splits a scrape."""
    least = max((end - start) / _MOST_STEPS, _SCRAPES_IN_STEP * scrape_seconds, wanted_step)
    step = next((each for each in _STEPS if each >= least), math.ceil(least / _STEPS[-1]) * _STEPS[-1])
    return Span(start, end, step)


@dataclass(frozen=True)
class Counts:
    """Samples in one step: of the device being known, of a status being told, of that status being online."""

    known: float = 0
    told: float = 0
    online: float = 0

    @property
    def scrapes(self) -> float:
        return max(self.known, self.told)

    def status(self) -> Told:
        """What most of the step was like."""
        if not self.scrapes:
            return Told.NOT_MEASURED
        if self.told * 2 < self.scrapes:
            return Told.UNKNOWN
        return Told.ONLINE if self.online * 2 >= self.told else Told.OFFLINE


@dataclass(frozen=True)
class Segment:
    status: Told
    start: float
    end: float


@dataclass(frozen=True)
class Uptime:
    """Seconds of each kind. `online_share`: of the time in which a status was told; None when there was none."""

    online: float
    offline: float
    unknown: float
    not_measured: float

    @property
    def online_share(self) -> float | None:
        told = self.online + self.offline
        return self.online / told if told else None


_NOTHING: Final = Counts()


def segments(span: Span, counts: Mapping[int, Counts], scrape_seconds: float) -> list[Segment]:
    """Neighbouring steps of one status joined; together they cover the span. `counts` by the end of the step.

    A step that began less than two scrapes ago and has no sample yet is no gap: its first is still to come.
    """
    found: list[Segment] = []
    for start, end, step in _steps(span, counts):
        status = step.status()
        has_just_begun = not step.scrapes and end == span.end and end - start < 2 * scrape_seconds
        if found and (found[-1].status is status or has_just_begun):
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(Segment(status, start, end))
    return found


def uptime(span: Span, counts: Mapping[int, Counts], scrape_seconds: float) -> Uptime:
    """Finer than the segments: each step is divided by its samples."""
    online = offline = unknown = not_measured = 0.0
    for start, end, step in _steps(span, counts):
        measured = (end - start) * _measured_share(step, end - start, scrape_seconds)
        told = measured * min(1.0, step.told / step.scrapes) if step.scrapes else 0.0
        up = told * min(1.0, step.online / step.told) if step.told else 0.0
        online += up
        offline += told - up
        unknown += measured - told
        not_measured += end - start - measured
    return Uptime(online, offline, unknown, not_measured)


def begins_to_be_measured(span: Span, counts: Mapping[int, Counts]) -> float:
    """Where the first step with a sample begins; the end of the span when there is none."""
    return next((start for start, _, step in _steps(span, counts) if step.scrapes), span.end)


def continued(counts: Mapping[int, Counts], former: Mapping[int, Counts], seam: float) -> dict[int, Counts]:
    """Up to `seam` the steps of `former`, after it those of `counts`."""
    before = {end: step for end, step in former.items() if end <= seam}
    after = {end: step for end, step in counts.items() if end > seam}
    return before | after


def _measured_share(step: Counts, seconds: float, scrape_seconds: float) -> float:
    """One scrape less than expected is a matter of where the step's border lies."""
    missing = max(0.0, seconds / scrape_seconds - 1 - step.scrapes)
    expected = max(1.0, seconds / scrape_seconds)
    return max(0.0, 1 - missing / expected) if step.scrapes else 0.0


def _steps(span: Span, counts: Mapping[int, Counts]) -> Iterable[tuple[float, float, Counts]]:
    for end in span.ends():
        start, stop = max(span.start, end - span.step), min(span.end, end)
        if stop > start:
            yield start, stop, counts.get(end, _NOTHING)


def on_grid(span: Span, points: Sequence[tuple[float, float]]) -> list[tuple[int, float | None]]:
    """A value for each step, None where there is none."""
    values = {round(at): value for at, value in points}
    return [(end, values.get(end)) for end in span.ends()]
