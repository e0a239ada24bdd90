"""A device's past, asked of Prometheus. While that does not answer there is no past to tell, and that is said."""

import time
from dataclasses import dataclass
from typing import Final

from vitrina_contracts.device import DeviceKey

from vitrina_gateway.domain.device_queries import OF, Measured
from vitrina_gateway.domain.errors import InvalidParameterError
from vitrina_gateway.domain.history import (
    Counts,
    Segment,
    Span,
    Uptime,
    begins_to_be_measured,
    continued,
    on_grid,
    segments,
    span_of,
    uptime,
)
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.device_facts import FactBook
from vitrina_gateway.use_cases.devices import find_device
from vitrina_gateway.use_cases.fleet import Fleet
from vitrina_gateway.use_cases.ports import Past

_DAY_SECONDS: Final = 86400.0
LONGEST_SECONDS: Final = 31 * _DAY_SECONDS
_EARLIEST: Final = 1e9
"""Unix seconds; nothing of ours was measured before."""


@dataclass(frozen=True)
class Replaced:
    """A device whose place another took; `until` (Unix seconds) what is told is of this one."""

    device_id: str
    until: float


@dataclass(frozen=True)
class History:
    span: Span
    segments: list[Segment]
    uptime: Uptime
    replaced: list[Replaced]
    """The newest first."""


@dataclass(frozen=True)
class Points:
    span: Span
    points: list[tuple[int, float | None]]


@dataclass(frozen=True)
class DevicePast:
    """Answers within a scope; `scrape_seconds` is the pause between two samples."""

    fleet: Fleet
    facts: FactBook
    past: Past
    scrape_seconds: float

    async def history(self, scope: Scope, key: DeviceKey, start: float | None, end: float | None) -> History:
        """A device that took another's place goes on where that one ended: before its own first sample, both are one.

        Raises `NotReadyError`, `DeviceNotFoundError`, `InvalidParameterError` or `MonitoringError`.
        """
        measured = self._measured(scope, key)
        span = span_of(*_bounds(start, end), self.scrape_seconds)
        counts = await self._counts(measured, span, key[2])
        replaced = []
        for before in self.facts.replaced_by(key) if measured.label is not None else ():
            seam = begins_to_be_measured(span, counts)
            if seam <= span.start:
                break
            former = await self._counts(measured, span, before)
            if begins_to_be_measured(span, former) < seam:
                counts = continued(counts, former, seam)
                replaced.append(Replaced(before, seam))
        told = segments(span, counts, self.scrape_seconds), uptime(span, counts, self.scrape_seconds)
        return History(span, *told, replaced)

    async def series(  # noqa: PLR0917 - one argument for each parameter of the question
        self, scope: Scope, key: DeviceKey, metric: str, start: float | None, end: float | None, step: float
    ) -> Points:
        """Raises like `history`."""
        measured = self._measured(scope, key)
        if not 0 <= step <= _DAY_SECONDS:
            raise InvalidParameterError("step", "from 0 (as fine as is sensible) to 86400 seconds")
        span = span_of(*_bounds(start, end), self.scrape_seconds, step)
        query = measured.over_time(metric, key[2], span.step)
        found = await self.past.range(query, span.first, span.last, span.step)
        return Points(span, on_grid(span, found[0].points if found else []))

    async def _counts(self, measured: Measured, span: Span, device_id: str) -> dict[int, Counts]:
        """By the end of the step."""
        query = measured.sample_counts(span.step, self.scrape_seconds, device_id)
        counts: dict[int, dict[str, float]] = {}
        for series in await self.past.range(query, span.first, span.last, span.step):
            for at, value in series.points:
                counts.setdefault(round(at), {})[series.labels[OF]] = value
        return {at: Counts(**values) for at, values in counts.items()}

    def _measured(self, scope: Scope, key: DeviceKey) -> Measured:
        """Raises `NotReadyError` or `DeviceNotFoundError`."""
        snapshot, _ = find_device(self.fleet, scope, key)
        known = (each.known for each in snapshot.sources if (each.known.platform, each.known.source) == key[:2])
        return next(map(Measured.of, known), Measured.by_standard(*key[:2]))


def _bounds(start: float | None, end: float | None) -> tuple[float, float]:
    """The last day, unless asked otherwise; never behind the present."""
    now = time.time()
    end = now if end is None else min(end, now)
    start = end - _DAY_SECONDS if start is None else start
    if start < _EARLIEST or start >= end:
        raise InvalidParameterError("from", "an instant before `to` and before the present")
    if end - start > LONGEST_SECONDS:
        raise InvalidParameterError("from", "at most 31 days before `to`")
    return start, end
