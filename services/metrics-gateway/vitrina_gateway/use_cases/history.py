"""A device's past, asked of Prometheus. While that does not answer there is no past to tell, and that is said."""

import time
from dataclasses import dataclass
from typing import Final

from vitrina_contracts.device import DeviceKey

from vitrina_gateway.domain.device_queries import OF, Measured
from vitrina_gateway.domain.errors import InvalidParameterError
from vitrina_gateway.domain.history import Counts, Segment, Span, Uptime, on_grid, segments, span_of, uptime
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.devices import find_device
from vitrina_gateway.use_cases.fleet import Fleet
from vitrina_gateway.use_cases.ports import Past

_DAY_SECONDS: Final = 86400.0
LONGEST_SECONDS: Final = 31 * _DAY_SECONDS
_EARLIEST: Final = 1e9
"""Unix seconds; nothing of ours was measured before."""


@dataclass(frozen=True)
class History:
    span: Span
    segments: list[Segment]
    uptime: Uptime


@dataclass(frozen=True)
class Points:
    span: Span
    points: list[tuple[int, float | None]]


@dataclass(frozen=True)
class DevicePast:
    """Answers within a scope; `scrape_seconds` is the pause between two samples."""

    fleet: Fleet
    past: Past
    scrape_seconds: float

    async def history(self, scope: Scope, key: DeviceKey, start: float | None, end: float | None) -> History:
        """Raises `NotReadyError`, `DeviceNotFoundError`, `InvalidParameterError` or `MonitoringError`."""
        measured = self._measured(scope, key)
        span = span_of(*_bounds(start, end), self.scrape_seconds)
        query = measured.sample_counts(span.step, self.scrape_seconds, key[2])
        counts: dict[int, dict[str, float]] = {}
        for series in await self.past.range(query, span.first, span.last, span.step):
            for at, value in series.points:
                counts.setdefault(round(at), {})[series.labels[OF]] = value
        by_step = {at: Counts(**values) for at, values in counts.items()}
        return History(span, segments(span, by_step, self.scrape_seconds), uptime(span, by_step, self.scrape_seconds))

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
