"""The parameters of Prometheus' API, read as Prometheus reads them, with bounds. Pure."""

import math
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

MOST_POINTS: Final = 11_000
"""Of one series, as in Prometheus itself."""
_LONGEST_SECONDS: Final = 400 * 86400.0
_LATEST: Final = 4e9
_MOST_MATCHES: Final = 32
_UNITS: Final = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}
_DURATION: Final = re.compile(r"(?:\d{1,10}(?:ms|[smhdwy]))+")
_PART: Final = re.compile(r"(\d+)(ms|[smhdwy])")


class BadParameterError(Exception):
    """A parameter is missing, doubled or out of bounds; the message says which and why."""


@dataclass(frozen=True)
class Parameters:
    """Each may come once; `match[]` as often as Prometheus takes it."""

    single: Mapping[str, str]
    matches: list[str] = field(default_factory=list)

    def required(self, name: str) -> str:
        value = self.single.get(name)
        if not value:
            raise BadParameterError(f'parameter "{name}" is missing')
        return value

    def instant(self, name: str, default: float | None = None) -> float:
        text = self.single.get(name)
        if not text:
            if default is None:
                raise BadParameterError(f'parameter "{name}" is missing')
            return default
        return _instant(name, text)


def read_parameters(pairs: Iterable[tuple[str, str]]) -> Parameters:
    """Raises `BadParameterError` for what Prometheus and we might read differently: a parameter given twice."""
    single: dict[str, str] = {}
    matches: list[str] = []
    for name, value in pairs:
        if name == "match[]":
            matches.append(value)
        elif name in single:
            raise BadParameterError(f'parameter "{name}" is given twice')
        else:
            single[name] = value
    if len(matches) > _MOST_MATCHES:
        raise BadParameterError(f"at most {_MOST_MATCHES} match[]")
    return Parameters(single, matches)


@dataclass(frozen=True)
class Stretch:
    """From `start` to `end` in Unix seconds, both included, at each `step`."""

    start: float
    end: float
    step: float

    @property
    def points(self) -> int:
        return int((self.end - self.start) // self.step) + 1

    def aligned(self) -> "Stretch":
        """With both ends at whole multiples of the step, so that plots drawn at different moments share points."""
        return Stretch(self.start // self.step * self.step, self.end // self.step * self.step, self.step)


def read_stretch(parameters: Parameters) -> Stretch:
    """Raises `BadParameterError`."""
    start, end = parameters.instant("start"), parameters.instant("end")
    step = _seconds("step", parameters.required("step"))
    if end < start or end - start > _LONGEST_SECONDS:
        raise BadParameterError("end must not lie before start, nor more than 400 days behind it")
    stretch = Stretch(start, end, step)
    if stretch.points > MOST_POINTS:
        raise BadParameterError(f"more than {MOST_POINTS} points for each series: take a longer step")
    return stretch


def read_window(parameters: Parameters) -> tuple[float, float]:
    """Of the routes about series and labels: the last hour, unless told."""
    end = parameters.instant("end", time.time())
    start = parameters.instant("start", end - 3600)
    if end < start or end - start > _LONGEST_SECONDS:
        raise BadParameterError("end must not lie before start, nor more than 400 days behind it")
    return start, end


def _instant(name: str, text: str) -> float:
    try:
        at = float(text) if _is_number(text) else _rfc3339(text)
    except (ValueError, OverflowError):
        raise BadParameterError(f'"{name}" is no instant') from None
    if not 0 <= at <= _LATEST:
        raise BadParameterError(f'"{name}" is out of bounds')
    return at


def _rfc3339(text: str) -> float:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _seconds(name: str, text: str) -> float:
    if _is_number(text):
        seconds = float(text)
    elif _DURATION.fullmatch(text):
        seconds = sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    else:
        raise BadParameterError(f'"{name}" is no duration')
    if not (math.isfinite(seconds) and 0.001 <= seconds <= _LONGEST_SECONDS):  # noqa: PLR2004 - a millisecond
        raise BadParameterError(f'"{name}" is out of bounds')
    return seconds


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]{1,15})?", text) is not None
