"""Which status a device gets from which evidence; each table row is one situation at the instant 1000."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from vitrina_contracts.device import Cause, Status
from vitrina_contracts.exporter import KnownSource
from vitrina_contracts.metrics import NOT_KNOWN_STATE
from vitrina_gateway.domain.device import DeviceState, Facts
from vitrina_gateway.domain.judging import Rules
from vitrina_gateway.domain.samples import DeviceInfo, DeviceSamples, Reading, SourceSamples, Target
from vitrina_gateway.domain.snapshot import Evaluation, Group, SourceKey, evaluate

AT = 1000.0
RULES = Rules(fresh_seconds=300, scrape_seconds=45)
KEY: SourceKey = ("acme", "north")
ONLINE, OFFLINE, UNKNOWN = Status.ONLINE, Status.OFFLINE, Status.UNKNOWN


def info(state: str | None = "playing", name: str | None = "Screen") -> DeviceInfo:
    return DeviceInfo(name, "1.2", "10.0.0.1", None, "Europe/Moscow", state)


def device(status: Status = ONLINE, **changes: Any) -> DeviceState:
    facts = Facts("Screen", "playing", player_version="1.2", ip="10.0.0.1", time_zone="Europe/Moscow")
    values: dict[str, Any] = {
        "facts": facts,
        "status": status,
        "status_since": 500.0,
        "status_since_at_least": False,
        "cause": None if status is ONLINE else Cause.REPORTED_OFFLINE,
        "observed_at": 990.0,
    }
    return DeviceState("acme", "north", "d", **(values | changes))


@dataclass
class Situation:
    """The usual one: a healthy exporter scraped two seconds ago, no samples of the device, known before as online."""

    before: DeviceState | None = field(default_factory=device)
    samples: DeviceSamples | None = None
    source: SourceSamples = field(default_factory=lambda: SourceSamples(up=True, last_success=900))
    scraped_at: float = 998.0
    target_up: bool = True
    listed: bool = True
    answered: bool = True
    enabled: bool = True
    platform: str = "acme"

    def evaluate(self, at: float = AT) -> Evaluation:
        devices = {} if self.samples is None else {"d": self.samples}
        target = Target("acme", "host:1", self.platform, self.target_up, self.scraped_at)
        sources = {"north": self.source} if self.target_up else {}
        reading = Reading(target, sources, {"north": devices} if self.target_up else {})
        before = {KEY: Group({"d": self.before})} if self.before else {}
        known = KnownSource(exporter="acme", platform="acme", source="north", enabled=self.enabled)
        readings = {"acme": reading} if self.listed else {}
        return evaluate(before, {KEY: known}, readings, at, RULES, answered=self.answered)

    def outcome(self) -> tuple[Status, Cause | None, float] | None:
        found = self.evaluate().groups[KEY].devices.get("d")
        return None if found is None else (found.status, found.cause, found.status_since)


FAILING = SourceSamples(up=False, reason="timeout", last_success=900)
REFUSED = SourceSamples(up=False, reason="unauthorized", last_success=900)
NEW_EXPORTER = SourceSamples(up=None)
OLD = device(observed_at=600.0)
UNTOLD = DeviceSamples(info=info())

TABLE: list[tuple[str, Situation, tuple[Status, Cause | None, float] | None]] = [
    ("stays online", Situation(samples=DeviceSamples(up=True, info=info())), (ONLINE, None, 500)),
    (
        "goes offline by the vendor's word",
        Situation(samples=DeviceSamples(up=False, info=info())),
        (OFFLINE, Cause.REPORTED_OFFLINE, AT),
    ),
    ("comes back", Situation(device(OFFLINE), DeviceSamples(up=True, info=info())), (ONLINE, None, AT)),
    ("is first seen", Situation(None, DeviceSamples(up=True, info=info())), (ONLINE, None, AT)),
    ("is first seen without a status", Situation(None, UNTOLD, NEW_EXPORTER), (UNKNOWN, Cause.UNRECOGNISED_STATE, AT)),
    (
        "is configured and was never asked about",
        Situation(None, DeviceSamples(info=info(None)), FAILING),
        (UNKNOWN, Cause.VENDOR_FAILING, AT),
    ),
    ("never seen", Situation(None, DeviceSamples(info=info(None))), (UNKNOWN, Cause.NEVER_SEEN, AT)),
    (
        "vendor does not know it",
        Situation(samples=DeviceSamples(info=info(NOT_KNOWN_STATE))),
        (UNKNOWN, Cause.NOT_KNOWN_TO_VENDOR, AT),
    ),
    ("a new word", Situation(samples=DeviceSamples(info=info("rebooting"))), (UNKNOWN, Cause.UNRECOGNISED_STATE, AT)),
    ("a known word grown old", Situation(samples=UNTOLD), (UNKNOWN, Cause.VENDOR_FAILING, AT)),
    (
        "exporter says too old, vendor fails",
        Situation(samples=UNTOLD, source=FAILING),
        (UNKNOWN, Cause.VENDOR_FAILING, AT),
    ),
    ("exporter says too old, refused", Situation(samples=UNTOLD, source=REFUSED), (UNKNOWN, Cause.UNAUTHORIZED, AT)),
    ("exporter without memory keeps", Situation(samples=UNTOLD, source=NEW_EXPORTER), (ONLINE, None, 500)),
    (
        "exporter without memory, failing from the start, keeps",
        Situation(samples=UNTOLD, source=SourceSamples(up=False, reason="timeout")),
        (ONLINE, None, 500),
    ),
    ("exporter down, still fresh", Situation(target_up=False), (ONLINE, None, 500)),
    (
        "exporter down, offline stays offline",
        Situation(device(OFFLINE), target_up=False),
        (OFFLINE, Cause.REPORTED_OFFLINE, 500),
    ),
    ("exporter down, not fresh", Situation(OLD, target_up=False), (UNKNOWN, Cause.EXPORTER_DOWN, AT)),
    ("target gone, still fresh", Situation(listed=False), (ONLINE, None, 500)),
    ("target gone, not fresh", Situation(OLD, listed=False), (UNKNOWN, Cause.EXPORTER_DOWN, AT)),
    (
        "scrape long ago but fresh",
        Situation(device(observed_at=800.0), DeviceSamples(up=True), scraped_at=800.0),
        (ONLINE, None, 500),
    ),
    (
        "scrape too long ago",
        Situation(OLD, DeviceSamples(up=True), scraped_at=600.0),
        (UNKNOWN, Cause.EXPORTER_DOWN, AT),
    ),
    (
        "an answer older than what is known changes nothing",
        Situation(samples=DeviceSamples(up=False, info=info()), scraped_at=900.0),
        (ONLINE, None, 500),
    ),
    ("Prometheus down, still fresh", Situation(answered=False), (ONLINE, None, 500)),
    (
        "Prometheus down, not fresh",
        Situation(OLD, scraped_at=600.0, answered=False),
        (UNKNOWN, Cause.PROMETHEUS_DOWN, AT),
    ),
    ("absent from one complete answer", Situation(), (ONLINE, None, 500)),
    ("absent from a second look at the same answer", Situation(device(missing_since=900.0)), (ONLINE, None, 500)),
    ("absent from two complete answers", Situation(device(missing_since=850.0)), None),
    ("absent while the vendor fails", Situation(device(missing_since=850.0), source=FAILING), (ONLINE, None, 500)),
    ("absent before the first poll", Situation(device(missing_since=850.0), source=NEW_EXPORTER), (ONLINE, None, 500)),
    ("absent, vendor fails, not fresh", Situation(OLD, source=REFUSED), (UNKNOWN, Cause.UNAUTHORIZED, AT)),
    ("disabled", Situation(samples=DeviceSamples(up=True, info=info()), enabled=False), (UNKNOWN, Cause.DISABLED, AT)),
    ("disabled and not scraped", Situation(listed=False, enabled=False), (UNKNOWN, Cause.DISABLED, AT)),
    ("disabled sources list nothing new", Situation(None, DeviceSamples(up=True, info=info()), enabled=False), None),
    (
        "enabled again, not scraped yet",
        Situation(device(UNKNOWN, cause=Cause.DISABLED), listed=False),
        (UNKNOWN, Cause.EXPORTER_DOWN, 500),
    ),
    (
        "samples under another platform do not count",
        Situation(samples=DeviceSamples(up=False, info=info()), platform="other"),
        (ONLINE, None, 500),
    ),
]


@pytest.mark.parametrize(("situation", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_verdict(situation: Situation, expected: tuple[Status, Cause | None, float] | None) -> None:
    assert situation.outcome() == expected


def test_first_sight_is_marked_as_at_least_that_old() -> None:
    found = Situation(None, DeviceSamples(up=True, info=info())).evaluate().groups[KEY].devices["d"]
    assert found.status_since_at_least


def test_a_change_that_was_watched_is_not_marked() -> None:
    before = device(status_since_at_least=True)
    found = Situation(before, DeviceSamples(up=False, info=info())).evaluate().groups[KEY].devices["d"]
    assert not found.status_since_at_least


def test_present_again_forgets_that_it_was_missing() -> None:
    found = Situation(device(missing_since=850.0), DeviceSamples(up=True, info=info())).evaluate()
    assert found.groups[KEY].devices["d"].missing_since is None


def test_observed_at_is_the_time_of_the_sample_not_of_the_evaluation() -> None:
    assert (
        Situation(samples=DeviceSamples(up=True, info=info())).evaluate().groups[KEY].devices["d"].observed_at == 998.0
    )


def test_a_source_that_left_the_configuration_takes_its_devices_along() -> None:
    before = {KEY: Group({"d": device()})}
    result = evaluate(before, {}, {}, AT, RULES, answered=True)
    assert result.groups == {}
    assert [(change.before, change.after) for change in result.changes] == [(device(), None)]


def test_the_same_evidence_is_not_judged_again_until_age_matters() -> None:
    situation = Situation(samples=DeviceSamples(up=True, info=info()))
    known = KnownSource(exporter="acme", platform="acme", source="north", enabled=True)
    target = Target("acme", "host:1", "acme", True, 998.0)
    samples = situation.samples
    assert samples is not None
    readings = {"acme": Reading(target, {"north": situation.source}, {"north": {"d": samples}})}
    groups = evaluate({}, {KEY: known}, readings, AT, RULES, answered=True).groups
    later = evaluate(groups, {KEY: known}, readings, AT + 250, RULES, answered=True)
    assert later.groups[KEY] is groups[KEY]
    old = evaluate(groups, {KEY: known}, readings, AT + 299, RULES, answered=True)
    assert old.groups[KEY].devices["d"].status is UNKNOWN
    assert old.groups[KEY].devices["d"].cause is Cause.EXPORTER_DOWN


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        (Situation(), (True, None)),
        (Situation(source=FAILING), (False, "timeout")),
        (Situation(source=NEW_EXPORTER), (None, None)),
        (Situation(target_up=False), (False, "exporter_down")),
        (Situation(scraped_at=900.0), (False, "exporter_down")),
        (Situation(scraped_at=900.0, answered=False), (None, "prometheus_down")),
        (Situation(enabled=False), (False, "disabled")),
    ],
)
def test_health_of_a_source(situation: Situation, expected: tuple[bool | None, str | None]) -> None:
    health = situation.evaluate().sources[0]
    assert (health.up, health.reason) == expected
