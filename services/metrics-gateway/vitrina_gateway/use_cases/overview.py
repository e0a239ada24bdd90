"""The first page: how many devices are in which status, which sources work, what changed lately."""

import time
from dataclasses import dataclass

from vitrina_gateway.domain.overview import Change, Counts, SourceCounts, count, count_causes, count_sources, in_work
from vitrina_gateway.domain.scope import Scope
from vitrina_gateway.use_cases.fleet import Fleet

_RECENT = 20


@dataclass(frozen=True)
class Overview:
    as_of: float
    stale_seconds: float
    prometheus_up: bool
    totals: Counts
    in_work: Counts
    platforms: dict[str, Counts]
    sources: list[SourceCounts]
    causes: dict[str, int]
    recent: list[Change]


def show_overview(fleet: Fleet, scope: Scope) -> Overview:
    """Raises `NotReadyError`."""
    snapshot = fleet.present()
    index = snapshot.index
    visible = index.visible(scope)
    worked = in_work(index)
    return Overview(
        as_of=snapshot.as_of,
        stale_seconds=max(0.0, time.time() - snapshot.as_of),
        prometheus_up=snapshot.answered,
        totals=count(index, visible),
        in_work=count(index, visible & worked),
        platforms={
            platform: count(index, mask & visible)
            for platform, mask in sorted(index.masks("platform").items())
            if mask & visible
        },
        sources=count_sources(index, snapshot.sources, scope),
        causes=count_causes(index, visible & ~worked),
        recent=fleet.recent.seen_by(scope, _RECENT),
    )
