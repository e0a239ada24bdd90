"""The answer to a range query, cut and joined: of a plot that moves on, only its end is new. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

Point = tuple[int | float, str]


class _Series(msgspec.Struct):
    metric: msgspec.Raw
    values: list[Point]


class _Data(msgspec.Struct):
    result: list[_Series]
    resultType: str = "matrix"  # noqa: N815 - Prometheus' word


class _Answer(msgspec.Struct):
    data: _Data
    status: str = "success"


_decoder: Final = msgspec.json.Decoder(_Answer)
_NOT_JOINED: Final = (b'"warnings"', b'"infos"', b'"histograms"')
"""Answers with one of these are passed on whole."""


@dataclass(frozen=True)
class Matrix:
    """Points by series, known at every step from `start` to `end`. A series is its labels' JSON."""

    start: float
    end: float
    series: dict[bytes, list[Point]]

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return sum(len(labels) + 120 * len(points) for labels, points in self.series.items())

    def cut(self, start: float, end: float) -> "Matrix":
        kept = {
            labels: cut
            for labels, points in self.series.items()
            if (cut := [p for p in points if start <= p[0] <= end])
        }
        return Matrix(max(start, self.start), min(end, self.end), kept)

    def followed_by(self, later: "Matrix") -> "Matrix":
        """`later` begins one step behind this one's end."""
        joined = {labels: list(points) for labels, points in self.series.items()}
        for labels, points in later.series.items():
            joined.setdefault(labels, []).extend(points)
        return Matrix(self.start, later.end, joined)

    def render(self) -> bytes:
        result = (_Series(msgspec.Raw(labels), points) for labels, points in sorted(self.series.items()))
        return msgspec.json.encode(_Answer(_Data(list(result))))


def read_matrix(body: bytes, start: float, end: float) -> Matrix | None:
    """None for an answer that cannot be cut and joined without losing something."""
    if any(word in body for word in _NOT_JOINED):
        return None
    try:
        answer = _decoder.decode(body)
    except msgspec.DecodeError:
        return None
    if answer.status != "success" or answer.data.resultType != "matrix":
        return None
    return Matrix(start, end, _by_labels(answer.data.result))


def _by_labels(result: Iterable[_Series]) -> dict[bytes, list[Point]]:
    return {bytes(each.metric): each.values for each in result}
