"""Counts for the first page."""

from fastapi import Request, Response
from vitrina_kit.http_app import create_router

from vitrina_gateway.api.conditional import conditional
from vitrina_gateway.api.deps import CallerScope, TheParts
from vitrina_gateway.api.schemas import (
    CauseCount,
    OverviewAnswer,
    PlatformCounts,
    SourceOverview,
    StatusCounts,
    Totals,
    change,
)
from vitrina_gateway.domain.device import instant, moment
from vitrina_gateway.domain.overview import Counts, SourceCounts
from vitrina_gateway.use_cases.overview import Overview, show_overview

router = create_router("/overview", tags=["overview"])


@router.get("", response_model=OverviewAnswer, operation_id="getOverview")
async def overview(request: Request, scope: CallerScope, parts: TheParts) -> Response:
    """Totals, platforms, sources, causes and the last changes, of the caller's sources alone."""

    def answer() -> bytes:
        return _present(show_overview(parts.fleet, scope)).model_dump_json().encode()

    return conditional(request, parts.fleet, scope, answer)


def _present(found: Overview) -> OverviewAnswer:
    return OverviewAnswer(
        as_of=instant(found.as_of),
        stale_seconds=round(found.stale_seconds, 3),
        prometheus_up=found.prometheus_up,
        totals=Totals(total=found.totals.total, **_counts(found.totals).model_dump()),
        in_work=_counts(found.in_work),
        platforms=[
            PlatformCounts(platform=platform, **_counts(counts).model_dump())
            for platform, counts in found.platforms.items()
        ],
        sources=[_source(source) for source in found.sources],
        causes=[CauseCount.model_validate({"cause": cause, "count": count}) for cause, count in found.causes.items()],
        recent=[change(each) for each in found.recent],
    )


def _counts(counts: Counts) -> StatusCounts:
    return StatusCounts(online=counts.online, offline=counts.offline, unknown=counts.unknown)


def _source(source: SourceCounts) -> SourceOverview:
    health, known = source.health, source.health.known
    return SourceOverview(
        exporter=known.exporter,
        platform=known.platform,
        source=known.source,
        enabled=known.enabled,
        up=health.up,
        reason=health.reason,
        devices=source.counts.total,
        last_success_at=moment(health.last_success),
        demo=known.labels.get("demo") == "true",
        **_counts(source.counts).model_dump(),
    )
