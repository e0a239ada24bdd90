"""The checkpoint file is whole or absent."""

from pathlib import Path

import pytest
from vitrina_contracts.device import Cause, Status
from vitrina_gateway.adapters.checkpoint import CheckpointFile
from vitrina_gateway.domain.device import DeviceState, Facts
from vitrina_gateway.domain.overview import Change
from vitrina_gateway.use_cases.ports import Checkpoint

STATE = DeviceState("p", "s", "d", Facts("n", "off"), Status.OFFLINE, 1.0, False, Cause.REPORTED_OFFLINE, 2.0, 3.0, 4.0)
CHANGE = Change(STATE.key, "n", Status.ONLINE, Status.OFFLINE, Cause.REPORTED_OFFLINE, 5.0)
CHECKPOINT = Checkpoint(1, 10.0, 12.0, [{"exporter": "e"}], [STATE], [STATE], [CHANGE])


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path / "new" / "checkpoint.json", 1)
    file.save(CHECKPOINT)
    assert file.load() == CHECKPOINT


@pytest.mark.parametrize("number", [0, 1, 2000, 2001, 4500])
def test_any_number_of_devices_is_saved_whatever_their_names(tmp_path: Path, number: int) -> None:
    names = ['"devices":[]', 'a","devices":[],"b', "\\", "я"]
    facts = [Facts(name) for name in names]
    devices = [
        DeviceState("p", "s", f"d{each}", facts[each % 4], Status.ONLINE, 1.0, False, None) for each in range(number)
    ]
    saved = Checkpoint(1, 10.0, 12.0, [{"labels": {"a": names[1]}}], devices, [STATE], [CHANGE])
    file = CheckpointFile(tmp_path / "checkpoint.json", 1)
    file.save(saved)
    assert file.load() == saved


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": "1"}', "\x00\xff"])
def test_a_damaged_file_is_left_aside(tmp_path: Path, content: str) -> None:
    path = tmp_path / "checkpoint.json"
    path.write_text(content)
    assert CheckpointFile(path, 1).load() is None


def test_a_file_of_another_version_is_left_aside(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.json"
    CheckpointFile(path, 1).save(CHECKPOINT)
    assert CheckpointFile(path, 2).load() is None


def test_a_crash_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = CheckpointFile(tmp_path / "checkpoint.json", 1)
    file.save(CHECKPOINT)

    def full(_descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="disk full"):
        file.save(Checkpoint(1, 99.0, 99.0, [], [], [], []))
    assert file.load() == CHECKPOINT
