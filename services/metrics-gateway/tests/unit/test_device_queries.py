"""Where the statuses of devices stand: by our own standard, and by the mappings of exporters that others wrote."""

import pytest
from vitrina_contracts.exporter import KnownSource
from vitrina_contracts.third_party import MetricMapping, StatusMetric
from vitrina_gateway.domain.device_queries import Measured
from vitrina_gateway.domain.history import span_of
from vitrina_gateway.domain.promql import rewrite


def known(mapping: MetricMapping | None) -> KnownSource:
    return KnownSource(exporter="checks", platform="blackbox", source="shops", enabled=True, mapping=mapping)


STATUS = StatusMetric(metric="probe_success")
CODES = StatusMetric(metric="state", online=3, offline=4)


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (None, 'signage_device_up{job="exporters",platform="blackbox",source="shops",device_id="a"}'),
        (
            MetricMapping(device="target", status=STATUS),
            'probe_success{job="probes",exporter="checks",source="shops",device_id="a"}',
        ),
        (
            MetricMapping(device="label", device_label="mac", status=STATUS),
            'probe_success{job="exporters",exporter="checks",mac="a"}',
        ),
        (MetricMapping(device="exporter", status=STATUS), 'probe_success{job="exporters",exporter="checks"}'),
    ],
)
def test_a_device_is_found_by_what_tells_it_apart(mapping: MetricMapping | None, expected: str) -> None:
    measured = Measured.of(known(mapping))
    assert measured.selector(measured.status, "a") == expected


@pytest.mark.parametrize("status", [STATUS, CODES, StatusMetric(metric="state", online=2, offline=None)])
@pytest.mark.parametrize("device_id", [None, "a"])
def test_counts_are_valid_queries(status: StatusMetric, device_id: str | None) -> None:
    measured = Measured.of(known(MetricMapping(device="target", status=status)))
    query = measured.sample_counts(60, 15, device_id)
    assert rewrite(query, lambda matchers: matchers)


def test_values_that_are_no_status_are_not_counted_as_told() -> None:
    query = Measured.of(known(MetricMapping(device="target", status=CODES))).sample_counts(60, 15, "a")
    assert "== bool 3" in query
    assert "== bool 4" in query
    assert "[60s:15s])) * 1" in query


def test_a_month_of_values_takes_no_more_looks_than_victoria_metrics_allows() -> None:
    month = span_of(0, 31 * 86400, 15)
    query = Measured.of(known(MetricMapping(device="target", status=CODES))).sample_counts(month.step, 15, "a")
    assert "[1800s:120s])) * 8" in query
    assert (month.last - month.first + month.step) / 120 < 30_000


@pytest.mark.parametrize(("device", "looks"), [("exporter", "sum_over_time(up"), ("target", "count_over_time(up")])
def test_an_exporter_that_does_not_answer_is_our_blindness_and_a_probe_that_does_not_is_an_unknown(
    device: str, looks: str
) -> None:
    measured = Measured.of(known(MetricMapping.model_validate({"device": device, "status": STATUS})))
    assert looks in measured.sample_counts(60, 15, "a")
