"""The orchestrator's own metrics."""

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from vitrina_contracts.exporter import Phase

from vitrina_orchestrator.use_cases.memory import Standing
from vitrina_orchestrator.workqueue import Work, WorkQueue

RECONCILES: Final = Counter("vitrina_orchestrator_reconciles", "Passes over one exporter, by outcome.", ["outcome"])
RECONCILE_SECONDS: Final = Histogram(
    "vitrina_orchestrator_reconcile_duration_seconds",
    "Time of one pass over one exporter.",
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
)
RESTARTS: Final = Counter("vitrina_orchestrator_restarts", "Exporters started again after they had died.", ["exporter"])
QUEUE_DEPTH: Final = Gauge("vitrina_orchestrator_queue_depth", "Exporters that wait to be looked at.")


class RestartMeter:
    def restarted(self, exporter: str) -> None:
        RESTARTS.labels(exporter).inc()


def measured(work: Work) -> Work:
    """The same work, counted and timed."""

    async def pass_over(exporter: str) -> float | None:
        started = time.perf_counter()
        outcome = "failed"
        try:
            pause = await work(exporter)
            outcome = "done"
            return pause
        finally:
            RECONCILES.labels(outcome).inc()
            RECONCILE_SECONDS.observe(time.perf_counter() - started)

    return pass_over


class StandingCollector(Collector):
    """Exporters and where they stand, read at the scrape: the series of one that was deleted end with it."""

    def __init__(self, standings: Callable[[], Sequence[Standing]]) -> None:
        self._standings = standings

    def collect(self) -> Iterable[GaugeMetricFamily]:
        standings = self._standings()
        yield self._tally(standings)
        phase = _of_exporters("phase", "The exporter's present phase; always 1.", "phase")
        desired = _of_exporters("desired_revision", "Revision that the registry wants.")
        applied = _of_exporters("applied_revision", "Newest revision that the exporter has confirmed.")
        for one in standings:
            labels = (one.exporter, one.platform)
            phase.add_metric((*labels, one.phase), 1)
            if one.desired_revision is not None:
                desired.add_metric(labels, one.desired_revision)
            if one.applied_revision is not None:
                applied.add_metric(labels, one.applied_revision)
        yield from (phase, desired, applied)

    @staticmethod
    def _tally(standings: Sequence[Standing]) -> GaugeMetricFamily:
        family = GaugeMetricFamily("vitrina_orchestrator_instances", "Exporters by phase.", labels=["phase"])
        tally = Tally(one.phase for one in standings)
        for phase in Phase:
            family.add_metric([phase.value], tally[phase.value])
        return family


def _of_exporters(name: str, text: str, *more: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"vitrina_orchestrator_exporter_{name}", text, labels=("exporter", "platform", *more))


def expose(queue: WorkQueue, standings: Callable[[], Sequence[Standing]]) -> StandingCollector:
    """Ties the gauges to what they show; unregister the answer when that is gone."""
    QUEUE_DEPTH.set_function(lambda: queue.depth)
    collector = StandingCollector(standings)
    REGISTRY.register(collector)
    return collector
