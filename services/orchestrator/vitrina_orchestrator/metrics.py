"""The orchestrator's own metrics."""

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from vitrina_contracts.exporter import Phase

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


class PhaseCollector(Collector):
    """Instances by phase, counted at the scrape."""

    def __init__(self, phases: Callable[[], Sequence[str]]) -> None:
        self._phases = phases

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily("vitrina_orchestrator_instances", "Exporters by phase.", labels=["phase"])
        tally = Tally(self._phases())
        for phase in Phase:
            family.add_metric([phase.value], tally[phase.value])
        yield family


def expose(queue: WorkQueue, phases: Callable[[], Sequence[str]]) -> PhaseCollector:
    """Ties the gauges to what they show; unregister the answer when that is gone."""
    QUEUE_DEPTH.set_function(lambda: queue.depth)
    collector = PhaseCollector(phases)
    REGISTRY.register(collector)
    return collector
