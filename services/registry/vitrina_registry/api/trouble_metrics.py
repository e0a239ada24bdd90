"""Series of what people must be told of that only the registry knows; a part of `/metrics/declared`."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from vitrina_registry.domain.notifications import DeliveryState
from vitrina_registry.use_cases.troubles import Troubles

_GOOD = (DeliveryState.IN_EFFECT, DeliveryState.FILE)


def trouble_series(troubles: Troubles) -> Iterator[Metric]:
    removals = GaugeMetricFamily(
        "vitrina_series_removal_attempts",
        "Tries that failed, of each removal of series whose last try did.",
        labels=["operation", "kind", "platform", "source"],
    )
    for each in troubles.failing_removals:
        removals.add_metric([str(each.id), str(each.kind), each.platform, each.source or ""], each.attempts)
    yield removals
    if troubles.delivery is not None:
        yield GaugeMetricFamily(
            "vitrina_alert_routes_in_effect",
            "1 while receivers and routes of alerts are in effect as they were set; none when none were.",
            value=troubles.delivery in _GOOD,
        )
