import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from vitrina_contracts.device import Status
from vitrina_sdk.budget import Budget
from vitrina_sdk.exposition import Exposition, in_batches, wants_openmetrics
from vitrina_sdk.own_metrics import ExporterState, OwnMetrics
from vitrina_sdk.reading import Reading
from vitrina_sdk.source_record import SourceRecord

from .conftest import ManualClock

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def a_record(name: str, devices: int, clock: ManualClock) -> SourceRecord:
    record = SourceRecord("acme", name, Budget(20, clock))
    record.board.set_window(300)
    for number in range(devices):
        status = (Status.ONLINE, Status.OFFLINE, Status.UNKNOWN)[number % 3]
        reading = Reading(
            device_id=str(number),
            status=status,
            vendor_state=status.value,
            name=f'Казань "{number}"\\{number}',
            last_seen=1_700_000_000.5 + number,
            playing=number % 2 == 0,
            activated=True,
        )
        record.board.observe(reading, clock.monotonic())
    return record


def an_exposition(records: dict[str, SourceRecord], clock: ManualClock) -> tuple[Exposition, OwnMetrics]:
    metrics = OwnMetrics("acme")
    metrics.registry.register(ExporterState("acme", "1", records, lambda: (7, True)))
    return Exposition(records, metrics.registry, clock), metrics


def samples(text: str, *, openmetrics: bool = False) -> Samples:
    families = list((parse_openmetrics if openmetrics else parse_text)(text))
    names = [family.name for family in families]
    assert len(names) == len(set(names)), "the lines of a family stand together"
    found = [sample for family in families for sample in family.samples]
    made = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in found}
    assert len(made) == len(found), "no series comes twice"
    return made


def whole(exposition: Exposition, *, openmetrics: bool = False) -> str:
    parts, own = exposition.take(openmetrics=openmetrics)
    return b"".join([*parts, own]).decode()


def test_both_formats_and_the_compressed_copy_say_the_same(clock: ManualClock) -> None:
    records = {name: a_record(name, 700, clock) for name in ("north", "south")}
    exposition, metrics = an_exposition(records, clock)
    metrics.polled("north", 1.5)
    metrics.failed("north", "timeout")
    text = samples(whole(exposition))
    assert samples(whole(exposition, openmetrics=True), openmetrics=True) == text
    for _ in range(2):
        assert gzip.decompress(exposition.compress(*exposition.take(openmetrics=False))).decode() == whole(exposition)
    assert len([name for name, _ in text if name == "signage_device_info"]) == 1400
    labels = {"platform": "acme", "source": "south", "device_id": "1"}
    assert text["signage_device_up", frozenset(labels.items())] == 0
    info = next(dict(found) for name, found in text if name == "signage_device_info" and labels.items() <= found)
    assert info["name"] == 'Казань "1"\\1'


def test_the_compressed_copy_follows_changes_of_devices_and_of_own_metrics(clock: ManualClock) -> None:
    records = {"north": a_record("north", 3, clock)}
    exposition, metrics = an_exposition(records, clock)

    def unpacked() -> str:
        return gzip.decompress(exposition.compress(*exposition.take(openmetrics=False))).decode()

    before = unpacked()
    metrics.failed("north", "timeout")
    records["north"].board.observe(Reading("1", Status.ONLINE, "online"), clock.monotonic())
    after = unpacked()
    assert after != before
    assert samples(after) == samples(whole(exposition))
    clock.move(300)
    assert "signage_device_up{" not in unpacked()


def test_a_removed_source_leaves_nothing(clock: ManualClock) -> None:
    records = {name: a_record(name, 3, clock) for name in ("north", "south")}
    exposition, metrics = an_exposition(records, clock)
    for name in records:
        metrics.polled(name, 1)
        metrics.failed(name, "timeout")
    del records["south"]
    metrics.forget("south")
    assert "south" not in whole(exposition)
    assert "north" in whole(exposition)


def test_an_unchanged_fleet_is_not_rendered_again(clock: ManualClock) -> None:
    records = {"north": a_record("north", 600, clock)}
    exposition, _ = an_exposition(records, clock)
    first, _ = exposition.take(openmetrics=False)
    second, _ = exposition.take(openmetrics=True)
    assert first is second


@pytest.mark.parametrize(
    ("accept", "openmetrics"),
    [
        ("", False),
        ("*/*", False),
        ("application/openmetrics-text", True),
        ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1", True),
        ("text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.5", False),
        ("application/openmetrics-text;q=nonsense", False),
    ],
)
def test_the_caller_chooses_the_format(accept: str, openmetrics: bool) -> None:  # noqa: FBT001
    assert wants_openmetrics(accept) is openmetrics


def test_an_exporter_without_sources_has_its_own_metrics(clock: ManualClock) -> None:
    assert whole(Exposition({}, CollectorRegistry(), clock)) == ""
    exposition, _ = an_exposition({}, clock)
    assert samples(whole(exposition))["vitrina_exporter_config_revision", frozenset()] == 7


@given(st.lists(st.binary(max_size=40), max_size=20), st.integers(0, 3))
def test_batches_hold_every_byte_in_order_and_none_is_empty(pieces: list[bytes], large_at: int) -> None:
    pieces.insert(min(large_at, len(pieces)), bytes(300_000))
    batches = list(in_batches(pieces))
    assert b"".join(batches) == b"".join(pieces)
    assert all(batches)
    assert len(batches) <= 2
    assert list(in_batches([])) == []
