"""A probe says which assumptions hold, keeps nothing of the customer, and its recording is a vendor to test against."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from vitrina_sdk.testing.probing import outcomes, probe
from vitrina_sdk.testing.running import RunningReplay, RunningSimulator, check

MODULE = "vitrina_addreality"
SECRET = "canary-token"
RECORDINGS = sorted((Path(__file__).parent / "recordings").glob("*.json"))


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = RunningSimulator(MODULE, 320)
    yield running
    running.stop()


def source(simulator: RunningSimulator) -> dict[str, Any]:
    return {"api_url": f"{simulator.url}/public/v1/device/list", "api_token": SECRET}


def test_the_assumptions_hold_of_an_api_that_is_as_they_say(simulator: RunningSimulator, tmp_path: Path) -> None:
    probed = probe(MODULE, source(simulator), tmp_path / "recording.json")
    found = outcomes(probed)
    assert probed["requests"] == 3
    assert {
        found.pop(name) for name in ("there are more fields than we know", "answers tell the rate that is allowed")
    } == {"differs"}
    assert set(found.values()) == {"holds"}


def test_an_api_that_ignores_offset_and_says_other_words_is_found_out(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    simulator.fault("ignore_offset")
    simulator.fault("unknown_state")
    try:
        found = outcomes(probe(MODULE, source(simulator), tmp_path / "recording.json"))
    finally:
        simulator.heal()
    assert found["`offset` in the request moves the page"] == "differs"
    assert found["`connection_state` is one of offline, online"] == "differs"


def test_a_vendor_that_refuses_is_told_in_words(simulator: RunningSimulator, tmp_path: Path) -> None:
    simulator.fault("unauthorized")
    try:
        probed = probe(MODULE, source(simulator), tmp_path / "recording.json")
    finally:
        simulator.heal()
    assert probed["error"] == "The vendor refuses the credentials (401)"


def test_a_recording_holds_nothing_of_the_customer(simulator: RunningSimulator, tmp_path: Path) -> None:
    recording = tmp_path / "recording.json"
    probe(MODULE, source(simulator), recording)
    text = recording.read_text(encoding="utf-8")
    assert recording.stat().st_mode & 0o077 == 0
    assert SECRET not in text
    for device in simulator.control("GET", "devices"):
        assert device["name"] not in text
        assert f'"id": {device["id"]}' not in text


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_what_a_vendor_once_said_is_read_as_it_was_meant(recording: Path, tmp_path: Path) -> None:
    first = json.loads(recording.read_text(encoding="utf-8"))["exchanges"][0]
    vendor = RunningReplay(recording)
    try:
        config = {"api_url": f"{vendor.url}{first['path']}", "api_token": "any"}
        assert probe(MODULE, config, tmp_path / "again.json")["error"] is None
        checked = check(MODULE, config, timeout=20).answer
    finally:
        vendor.stop()
    assert checked.ok, checked.error
    assert checked.devices == first["answered"]["pagination"]["total"]
