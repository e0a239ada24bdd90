"""A probe says which assumptions hold, keeps nothing of the customer, and its recording is a vendor to test against."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from vitrina_sdk.testing.probing import outcomes, probe
from vitrina_sdk.testing.running import RunningReplay, RunningSimulator, check

MODULE = "vitrina_cubicmedia"
RECORDINGS = sorted((Path(__file__).parent / "recordings").glob("*.json"))
DIGITS = re.compile(r"[^0-9A-Fa-f]")


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    running = RunningSimulator(MODULE, 20)
    yield running
    running.stop()


def source(simulator: RunningSimulator) -> dict[str, Any]:
    macs = [device["id"] for device in simulator.control("GET", "devices")]
    return {"api_url": f"{simulator.url}/api/v0.1/players/status-check?mac=", "macs": macs}


def test_the_assumptions_are_judged_one_by_one(simulator: RunningSimulator, tmp_path: Path) -> None:
    probed = probe(MODULE, source(simulator), tmp_path / "recording.json")
    found = outcomes(probed)
    assert probed["requests"] <= 10
    assert found["an answer is a list whose first element is the player"] == "holds"
    assert found["a MAC that is not known there gives an empty list"] == "holds"
    assert found["`status` is online or offline"] == "holds"
    assert found["answers tell the rate that is allowed"] == "differs"


def test_another_word_for_offline_is_found_out(simulator: RunningSimulator, tmp_path: Path) -> None:
    simulator.fault("unknown_state")
    try:
        found = outcomes(probe(MODULE, source(simulator), tmp_path / "recording.json"))
    finally:
        simulator.heal()
    assert found["`status` is online or offline"] == "differs"


def test_a_recording_holds_nothing_of_the_customer(simulator: RunningSimulator, tmp_path: Path) -> None:
    recording = tmp_path / "recording.json"
    config = source(simulator)
    probe(MODULE, config, recording)
    text = recording.read_text(encoding="utf-8")
    plain = DIGITS.sub("", text).upper()
    for device in simulator.control("GET", "devices"):
        assert device["name"] not in text
    for mac in config["macs"][:5]:
        assert DIGITS.sub("", mac).upper() not in plain
    assert "192.168." not in text


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_what_a_vendor_once_said_is_read_as_it_was_meant(recording: Path) -> None:
    exchanges = json.loads(recording.read_text(encoding="utf-8"))["exchanges"]
    known = [each for each in exchanges if each["answered"]]
    vendor = RunningReplay(recording)
    try:
        macs = list({DIGITS.sub("", each["query"][0][1]).upper(): each["query"][0][1] for each in known}.values())
        checked = check(MODULE, {"api_url": f"{vendor.url}{known[0]['path']}?mac=", "macs": macs}, timeout=20).answer
    finally:
        vendor.stop()
    assert checked.ok, checked.error
    assert checked.asked == len(macs)
    assert {device.status for device in checked.sample} <= {"online", "offline"}
