"""The past of one device through the cache of ranges: many look at the same device when it falls."""

import msgspec

from vitrina_gateway.domain.promql_request import Stretch
from vitrina_gateway.use_cases.cached_ranges import CachedRanges
from vitrina_gateway.use_cases.ports import MonitoringError, RawAnswer, RawPrometheus, Series

_SCOPE = "one device"
"""Its whole identity stands in the query, and whether the caller may see it was decided before."""


class _Range(msgspec.Struct):
    metric: dict[str, str]
    values: list[tuple[float, str]]


class _Data(msgspec.Struct):
    result: list[_Range]


class _Answer(msgspec.Struct):
    data: _Data | None = None


class CachedPast:
    """Implements the port `Past`."""

    def __init__(self, prometheus: RawPrometheus, ranges: CachedRanges) -> None:
        self._prometheus = prometheus
        self._ranges = ranges

    async def range(self, query: str, start: float, end: float, step: float) -> list[Series]:
        answer = await self._ranges.get(_SCOPE, query, Stretch(start, end, step), self._ask)
        if not answer.is_good:
            raise MonitoringError(f"refused or incomplete: HTTP {answer.status}")
        data = msgspec.json.decode(answer.body, type=_Answer).data
        found = data.result if data else []
        return [Series(each.metric, [(at, float(value)) for at, value in each.values]) for each in found]

    async def _ask(self, query: str, stretch: Stretch) -> RawAnswer:
        form = [
            ("query", query),
            ("start", f"{stretch.start:.3f}"),
            ("end", f"{stretch.end:.3f}"),
            ("step", f"{stretch.step:.3f}"),
        ]
        return await self._prometheus.ask("query_range", form)
