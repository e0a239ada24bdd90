"""Prometheus' API within a caller's sources: nothing is passed on but what the guard has printed."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import msgspec

from vitrina_gateway.domain.promql_guard import Guard
from vitrina_gateway.domain.promql_request import BadParameterError, Parameters, Stretch, read_stretch, read_window
from vitrina_gateway.use_cases.answer_cache import AnswerCache, Lifetime
from vitrina_gateway.use_cases.cached_ranges import CachedRanges
from vitrina_gateway.use_cases.ports import Form, RawAnswer, RawPrometheus

_AT_A_TIME: Final = 4
"""Questions of one caller that Prometheus works on at the same time."""
_MOST_WAITING: Final = 32
"""More of them than a large dashboard has plots."""
_LABEL: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,199}")
_SUFFIXES: Final = ("_bucket", "_count", "_sum", "_total", "_created")


class TooManyQueriesError(Exception):
    """The caller's other questions are still being worked on."""


class GuardedQueries:
    """Each method raises `BadParameterError`, `QueryRefusedError`, `TooManyQueriesError` or `MonitoringError`."""

    def __init__(self, prometheus: RawPrometheus, cache: AnswerCache, ranges: CachedRanges) -> None:
        self._prometheus = prometheus
        self._cache = cache
        self._ranges = ranges
        self._lines: dict[str, _Line] = {}

    async def instant(self, caller: str, guard: Guard, parameters: Parameters) -> RawAnswer:
        form = [("query", guard.query(parameters.required("query")))]
        if parameters.single.get("time"):
            form.append(("time", f"{parameters.instant('time'):.3f}"))
        return await self._told(caller, guard, "query", form, _NOW)

    async def range(self, caller: str, guard: Guard, parameters: Parameters) -> RawAnswer:
        stretch = read_stretch(parameters)
        query = guard.query(parameters.required("query"), stretch.points)

        async def ask(asked: str, of: Stretch) -> RawAnswer:
            return await self._ask(caller, "query_range", [("query", asked), *_range_form(of)])

        return await self._ranges.get(guard.key(), query, stretch, ask)

    async def series(self, caller: str, guard: Guard, parameters: Parameters) -> RawAnswer:
        if not parameters.matches:
            raise BadParameterError("no match[] parameter provided")
        return await self._told(caller, guard, "series", _selected(guard, parameters), _NAMES)

    async def labels(self, caller: str, guard: Guard, parameters: Parameters) -> RawAnswer:
        return await self._told(caller, guard, "labels", _selected(guard, parameters), _NAMES)

    async def label_values(self, caller: str, guard: Guard, name: str, parameters: Parameters) -> RawAnswer:
        if not _LABEL.fullmatch(name):
            raise BadParameterError("invalid label name")
        return await self._told(caller, guard, f"label/{name}/values", _selected(guard, parameters), _NAMES)

    async def metadata(self, caller: str, guard: Guard) -> RawAnswer:
        """Of the metrics that the caller has series of: Prometheus itself tells of all."""
        told = await self._told(caller, guard, "metadata", [], _NAMES)
        if guard.everything or told.status != 200:  # noqa: PLR2004 - HTTP's word for well
            return told
        names = await self.label_values(caller, guard, "__name__", Parameters({}))
        if names.status != 200:  # noqa: PLR2004 - as above
            return names
        own = set(msgspec.json.decode(names.body, type=_Names).data)
        families = own | {name.removesuffix(suffix) for name in own for suffix in _SUFFIXES}
        known = msgspec.json.decode(told.body, type=_Metadata).data
        kept = {name: each for name, each in known.items() if name in families}
        return RawAnswer(200, msgspec.json.encode(_Metadata("success", kept)))

    async def build_info(self, caller: str, guard: Guard) -> RawAnswer:
        return await self._told(caller, guard, "status/buildinfo", [], _NAMES)

    async def _told(self, caller: str, guard: Guard, route: str, form: Form, lifetime: Lifetime) -> RawAnswer:
        key = "\n".join((route, guard.key(), *(f"{name}={value}" for name, value in form)))
        return await self._cache.get(key, lifetime, lambda: self._ask(caller, route, form))

    async def _ask(self, caller: str, route: str, form: Form) -> RawAnswer:
        async with self._turn(caller):
            return await self._prometheus.ask(route, form)

    @asynccontextmanager
    async def _turn(self, caller: str) -> AsyncIterator[None]:
        line = self._lines.setdefault(caller, _Line())
        if line.length >= _AT_A_TIME + _MOST_WAITING:
            raise TooManyQueriesError
        line.length += 1
        try:
            async with line.turns:
                yield
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[caller]


@dataclass
class _Line:
    """A caller's queries: those that are asked now, and behind them those that wait."""

    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_A_TIME))
    length: int = 0


_NOW: Final = Lifetime(fresh=2, stale=8)
"""Of what is asked about an instant, which mostly is the present."""
_NAMES: Final = Lifetime(fresh=15, stale=300)
"""Of names of series, labels and metrics: they seldom change, and completion asks for them with each key."""
_WINDOW_STEP: Final = 60.0


class _Names(msgspec.Struct):
    data: list[str]


class _Metadata(msgspec.Struct):
    status: str
    data: dict[str, msgspec.Raw]


def _range_form(stretch: Stretch) -> Form:
    return [("start", f"{stretch.start:.3f}"), ("end", f"{stretch.end:.3f}"), ("step", f"{stretch.step:.3f}")]


def _selected(guard: Guard, parameters: Parameters) -> Form:
    start, end = read_window(parameters)
    start, end = start // _WINDOW_STEP * _WINDOW_STEP, -(-end // _WINDOW_STEP) * _WINDOW_STEP
    matches: Sequence[str] = [guard.selector(each) for each in parameters.matches]
    if not matches and not guard.unbounded:
        matches = [guard.all_series()]
    return [*(("match[]", each) for each in matches), ("start", f"{start:.3f}"), ("end", f"{end:.3f}")]
