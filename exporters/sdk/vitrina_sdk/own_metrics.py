"""The exporter's own metrics, by prometheus-client. Gauges are read from the records: none outlives its source."""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from vitrina_contracts import metrics

from vitrina_sdk.source_record import SourceRecord

_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 1800)


class OwnMetrics:
    """Counters and histograms of the polls of all sources."""

    def __init__(self, platform: str) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # the library leaves it unannotated
        self._platform = platform
        self.registry = CollectorRegistry()
        self._duration = Histogram(
            metrics.SOURCE_POLL_DURATION,
            "How long polls of the source took.",
            metrics.SOURCE_LABELS,
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._errors = Counter(
            metrics.SOURCE_POLL_ERRORS,
            "Polls, or calls of them, that gave no answer that counts.",
            (*metrics.SOURCE_LABELS, "reason"),
            registry=self.registry,
        )

    def polled(self, source: str, seconds: float) -> None:
        self._duration.labels(self._platform, source).observe(seconds)

    def failed(self, source: str, reason: str) -> None:
        self._errors.labels(self._platform, source, reason).inc()

    def forget(self, source: str) -> None:
        """Ends the series of a source that is no longer polled."""
        self._duration.remove_by_labels({"source": source})
        self._errors.remove_by_labels({"source": source})


class ExporterState(Collector):
    """Gauges of the exporter and its sources, computed at the moment of the scrape."""

    def __init__(
        self,
        platform: str,
        version: str,
        records: Mapping[str, SourceRecord],
        config: Callable[[], tuple[int | None, bool]],
    ) -> None:
        self._platform = platform
        self._version = version
        self._records = records
        self._config = config
        """Revision in force, and whether the newest configuration could be read."""

    def collect(self) -> Iterable[Metric]:
        yield from self._of_sources()
        build = GaugeMetricFamily(
            metrics.EXPORTER_BUILD_INFO, "Version of the exporter; always 1.", labels=("version", "platform")
        )
        build.add_metric((self._version, self._platform), 1)
        yield build
        revision, readable = self._config()
        if revision is not None:
            yield GaugeMetricFamily(
                metrics.EXPORTER_CONFIG_REVISION, "Revision of the configuration in force.", revision
            )
        yield GaugeMetricFamily(
            "vitrina_exporter_config_last_reload_successful",
            "1 if the newest configuration file could be read, 0 if the last good one is kept.",
            readable,
        )

    def _of_sources(self) -> Iterable[Metric]:
        up = self._gauge(metrics.SOURCE_UP, "1 if the last poll of the source succeeded.")
        failing = self._gauge(metrics.SOURCE_FAILING, "1 while the source fails, with the reason.", "reason")
        devices = self._gauge(metrics.SOURCE_DEVICES, "Devices known in the last good poll.")
        success = self._gauge(
            metrics.SOURCE_LAST_SUCCESS, "When the source was last polled with success, as Unix time."
        )
        cycle = self._gauge(metrics.SOURCE_CYCLE, "How long one poll of all devices of the source takes at least.")
        problems = CounterMetricFamily(
            "signage_source_record_problems",
            "Oddities in the vendor's answers that were not errors.",
            labels=(*metrics.SOURCE_LABELS, "problem"),
        )
        for record in list(self._records.values()):
            labels = (self._platform, record.name)
            if record.up is not None:
                up.add_metric(labels, record.up)
            if record.failure is not None:
                failing.add_metric((*labels, record.failure.reason), 1)
            if record.devices is not None:
                devices.add_metric(labels, record.devices)
            if record.last_success_at is not None:
                success.add_metric(labels, record.last_success_at)
            if record.cycle_seconds is not None:
                cycle.add_metric(labels, record.cycle_seconds)
            for problem, count in sorted(record.problems.items()):
                problems.add_metric((*labels, problem), count)
        return up, failing, devices, success, cycle, problems

    @staticmethod
    def _gauge(name: str, text: str, *more: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(name, text, labels=(*metrics.SOURCE_LABELS, *more))
