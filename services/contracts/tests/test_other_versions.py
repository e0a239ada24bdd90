"""What another version has sent can be read: that of the version before, and that of the one after.

The files hold, for each event, no more than version 0.1 had to say. They are never changed: a field that becomes
required, or goes, makes a test fail here, and is an event of another type.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from vitrina_contracts import events
from vitrina_contracts.alerting import AlertingReport
from vitrina_contracts.availability import AvailabilityPart, AvailabilityTask
from vitrina_contracts.events import (
    AccessRevoked,
    AlertChanged,
    CloudEvent,
    DeviceStatusChanged,
    ExporterChanged,
    ExporterStatusChanged,
)
from vitrina_contracts.exporter import DesiredSummary, ExporterSelfStatus, ObservedExporter
from vitrina_contracts.facts import DeviceFacts, FactsDelta
from vitrina_contracts.operations import CleanupReport, CleanupTask, FoundOrphan
from vitrina_contracts.source_check import CheckRequest, SourceCheck, TriedSource
from vitrina_contracts.source_file import CurrentConfig, ExporterConfig
from vitrina_contracts.tokens import Claims
from vitrina_contracts.webhook import Webhook
from vitrina_contracts.work import WorkDelta

WIRE = Path(__file__).parent / "wire_0_1"
EVENTS: dict[str, type[BaseModel]] = {
    "exporter_changed": CloudEvent[ExporterChanged],
    "exporter_status": CloudEvent[ExporterStatusChanged],
    "device_status": CloudEvent[DeviceStatusChanged],
    "alert_changed": CloudEvent[AlertChanged],
    "access_revoked": CloudEvent[AccessRevoked],
}
TOLD: tuple[type[BaseModel], ...] = (
    AlertingReport, AvailabilityPart, AvailabilityTask, CheckRequest, Claims, CleanupReport, CleanupTask, CurrentConfig,
    DesiredSummary, ExporterConfig, ExporterSelfStatus, FactsDelta, FoundOrphan, ObservedExporter, SourceCheck,
    TriedSource, Webhook, WorkDelta,
)  # fmt: skip
"""What programs tell one another otherwise. Where people write parts of it, too, each client reads it leniently."""
FREE_KEYS = {"labels", "annotations"}
"""Objects whose keys are data: a further one is no unknown field."""

each_event = pytest.mark.parametrize("name", EVENTS)


def _sent(name: str) -> Any:
    return json.loads((WIRE / f"{name}.json").read_text("utf-8"))


def _everywhere(node: Any, change: Callable[[dict[str, Any]], dict[str, Any]], key: str = "") -> Any:
    """The same with every object changed."""
    if isinstance(node, dict):
        inner = {name: _everywhere(value, change, name) for name, value in node.items()}
        return inner if key in FREE_KEYS else change(inner)
    if isinstance(node, list):
        return [_everywhere(value, change) for value in node]
    return node


def test_no_event_is_forgotten() -> None:
    types = {value for name, value in vars(events).items() if name.startswith("TYPE_")}
    assert {_sent(name)["type"] for name in EVENTS} == types


@each_event
def test_what_an_older_version_sent_is_read_with_defaults_for_what_it_did_not_know(name: str) -> None:
    read = EVENTS[name].model_validate(_sent(name))
    again = json.loads(read.model_dump_json())
    sent = _sent(name)
    assert {field: again[field] for field in sent if field != "data"} == {k: v for k, v in sent.items() if k != "data"}
    assert sent["data"].keys() <= again["data"].keys()


@each_event
def test_what_a_newer_version_adds_is_left_aside(name: str) -> None:
    newer = _everywhere(_sent(name), lambda node: {**node, "of_the_next_version": {"more": [1]}})
    assert "of_the_next_version" in json.dumps(newer["data"])
    assert EVENTS[name].model_validate(newer) == EVENTS[name].model_validate(_sent(name))


@each_event
def test_an_older_version_reads_what_this_one_sends(name: str) -> None:
    """An older one knows the fields of then, and wants each of them where it was."""
    sent = _sent(name)
    today = json.loads(EVENTS[name].model_validate(sent).model_dump_json())

    def assert_within(old: Any, new: Any, where: str) -> None:
        if isinstance(old, dict):
            for key, value in old.items():
                assert_within(value, new[key], f"{where}.{key}")
        elif isinstance(old, list):
            for number, value in enumerate(old):
                assert_within(value, new[number], f"{where}[{number}]")
        else:
            assert new == old, where

    assert_within(sent, today, name)


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.__name__)
def test_nothing_that_programs_tell_one_another_is_refused_for_what_a_newer_version_adds(told: type[BaseModel]) -> None:
    schema = told.model_json_schema()
    strict = [name for name, part in {told.__name__: schema, **schema.get("$defs", {})}.items() if _is_strict(part)]
    assert strict == []


def test_what_a_person_writes_wrong_is_still_refused() -> None:
    assert _is_strict(DeviceFacts.model_json_schema())


def _is_strict(schema: dict[str, Any]) -> bool:
    return schema.get("additionalProperties") is False
