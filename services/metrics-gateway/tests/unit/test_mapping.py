"""Metrics of exporters that somebody else wrote, read as devices by their manifest's mapping."""

from typing import Any

import pytest
from vitrina_contracts.device import Cause, Status
from vitrina_contracts.exporter import KnownSource
from vitrina_contracts.third_party import MetricMapping
from vitrina_gateway.domain.judging import Rules
from vitrina_gateway.domain.mapping import Labelled, MappedExporter, mapped_exporters, mapped_reading
from vitrina_gateway.domain.samples import Reading
from vitrina_gateway.domain.snapshot import Evaluation, Group, SourceKey, evaluate

PROBE = MetricMapping.model_validate({"device": "target", "status": {"metric": "probe_success"}})
FLEET = MetricMapping.model_validate(
    {
        "device": "label",
        "device_label": "mac",
        "status": {"metric": "screen_state", "online": 2, "offline": 0},
        "info": {"name": {"metric": "screen_info", "label": "title"}},
        "last_seen": "screen_seen_seconds",
    }
)
MACHINE = MetricMapping.model_validate(
    {
        "device": "exporter",
        "status": {"metric": "up", "offline": None},
        "info": {"name": {"metric": "uname", "label": "nodename"}},
    }
)
KEY: SourceKey = ("blackbox", "shops")


def exporter(mapping: MetricMapping, *sources: str) -> MappedExporter:
    return MappedExporter("web-checks", "blackbox", mapping, sources or ("shops",))


def sample(metric: str, value: float, **labels: str) -> Labelled:
    return Labelled({"__name__": metric, **labels}, value)


def probed(**targets: tuple[float, float | None]) -> list[Labelled]:
    """By device, `up` of its probe and what it said."""
    found = [sample("up", up, source="shops", device_id=name) for name, (up, _) in targets.items()]
    said = {name: success for name, (_, success) in targets.items() if success is not None}
    return found + [sample("probe_success", value, source="shops", device_id=name) for name, value in said.items()]


def read(mapping: MetricMapping, samples: list[Labelled], *sources: str) -> Reading:
    reading = mapped_reading(exporter(mapping, *sources), samples, 998.0)
    assert reading is not None
    return reading


def test_each_target_is_a_device_that_is_what_its_probe_says() -> None:
    reading = read(PROBE, probed(a=(1, 1), b=(1, 0)))
    assert {name: found.up for name, found in reading.devices["shops"].items()} == {"a": True, "b": False}
    source = reading.sources["shops"]
    assert (source.up, source.devices, source.last_success, source.keeps_age) == (True, 2, 998.0, False)


def test_a_probe_that_gave_no_answer_says_nothing_of_its_device() -> None:
    reading = read(PROBE, probed(a=(1, 1), b=(0, None)))
    assert reading.devices["shops"]["b"].up is None
    assert (reading.sources["shops"].up, reading.sources["shops"].reason) == (False, "probe_failed")


def test_few_silent_probes_among_many_do_not_make_the_source_fail() -> None:
    reading = read(PROBE, probed(silent=(0, None), **{f"d{number}": (1, 1) for number in range(30)}))
    assert reading.sources["shops"].up is True


def test_an_exporter_that_is_down_has_no_devices_to_tell_of() -> None:
    reading = read(PROBE, probed(a=(0, None), b=(0, None)))
    assert (reading.target.up, reading.devices, reading.sources) == (False, {}, {})
    assert mapped_reading(exporter(PROBE), [], 998.0) is None


def test_devices_told_apart_by_a_label_belong_to_the_one_source() -> None:
    samples = [
        sample("up", 1),
        sample("screen_state", 2, mac="AA"),
        sample("screen_state", 0, mac="BB"),
        sample("screen_state", 1, mac="CC"),
        sample("screen_state", 2),
        sample("screen_info", 1, mac="AA", title="Entrance"),
        sample("screen_seen_seconds", 990, mac="BB"),
    ]
    devices = read(FLEET, samples).devices["shops"]
    assert {name: found.up for name, found in devices.items()} == {"AA": True, "BB": False, "CC": None}
    assert devices["AA"].info is not None
    assert (devices["AA"].info.name, devices["BB"].last_seen) == ("Entrance", 990)


def test_with_two_sources_nothing_is_guessed_about_whose_a_device_is() -> None:
    samples = [sample("up", 1), sample("screen_state", 2, mac="AA")]
    assert read(FLEET, samples, "shops", "offices").devices == {}


def test_a_source_that_the_exporter_does_not_have_gets_no_devices_from_its_metrics() -> None:
    forged = [*probed(a=(1, 1)), sample("probe_success", 0, source="others", device_id="victim")]
    assert set(read(PROBE, forged).devices) == {"shops"}


def test_an_exporter_that_measures_one_thing_is_that_device_and_never_offline() -> None:
    devices = read(MACHINE, [sample("up", 1), sample("uname", 1, nodename="kiosk-7")]).devices["shops"]
    assert set(devices) == {"web-checks"}
    assert devices["web-checks"].info is not None
    assert (devices["web-checks"].up, devices["web-checks"].info.name) == (True, "kiosk-7")
    assert read(MACHINE, [sample("up", 0)]).devices == {}


def test_only_sources_with_a_mapping_are_mapped_and_an_exporters_are_kept_together() -> None:
    plain = KnownSource(exporter="cubicmedia", platform="cubicmedia", source="macs", enabled=True)
    two = [
        KnownSource(exporter="web-checks", platform="blackbox", source=name, enabled=True, mapping=PROBE)
        for name in ("shops", "offices")
    ]
    assert mapped_exporters([plain, *two]) == [exporter(PROBE, "shops", "offices")]


def judged(before: Evaluation | None, samples: list[Labelled], at: float) -> dict[str, Any]:
    known = KnownSource(exporter="web-checks", platform="blackbox", source="shops", enabled=True, mapping=PROBE)
    reading = mapped_reading(exporter(PROBE), samples, at - 2)
    groups: dict[SourceKey, Group] = before.groups if before else {}
    rules = Rules(fresh_seconds=300, scrape_seconds=45)
    evaluation = evaluate(groups, {KEY: known}, {"web-checks": reading} if reading else {}, at, rules, answered=True)
    return {"evaluation": evaluation, **evaluation.groups[KEY].devices}


def test_a_device_whose_probe_is_silent_keeps_its_status_while_that_is_fresh_and_is_then_unknown() -> None:
    seen = judged(None, probed(a=(1, 1), b=(1, 1)), 1000)
    assert seen["a"].status is Status.ONLINE
    for at in (1015, 1200, 1290):
        seen = judged(seen["evaluation"], probed(a=(0, None), b=(1, 1)), at)
        assert seen["a"].status is Status.ONLINE
    seen = judged(seen["evaluation"], probed(a=(0, None), b=(1, 1)), 1400)
    assert seen["a"].status is Status.UNKNOWN
    assert seen["a"].cause in {Cause.VENDOR_FAILING, Cause.NEVER_SEEN}
    assert seen["b"].status is Status.ONLINE


def test_a_target_that_left_the_source_leaves_the_list_after_two_looks() -> None:
    seen = judged(None, probed(a=(1, 1), b=(1, 1)), 1000)
    for at in (1015, 1030):
        seen = judged(seen["evaluation"], probed(b=(1, 1)), at)
    assert "a" not in seen
    assert seen["b"].status is Status.ONLINE


@pytest.mark.parametrize("value", [0.5, 2, -1, float("nan")])
def test_a_value_that_the_mapping_does_not_know_is_no_status(value: float) -> None:
    assert read(PROBE, probed(a=(1, value))).devices["shops"]["a"].up is None
