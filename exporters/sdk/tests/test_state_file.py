from pathlib import Path

import pytest
from vitrina_contracts.device import Status
from vitrina_sdk.budget import Budget
from vitrina_sdk.reading import Reading
from vitrina_sdk.shard import WHOLE, Shard
from vitrina_sdk.source_record import SourceRecord
from vitrina_sdk.state_file import SavedDevice, SavedSource, SavedState, StateFile

from .conftest import ManualClock

READING = Reading("1", Status.OFFLINE, "offline", name="Тверь", last_seen=1.5)


def a_record(clock: ManualClock) -> SourceRecord:
    record = SourceRecord("acme", "north", Budget(20, clock))
    record.board.set_window(300)
    record.board.observe(READING, clock.monotonic())
    record.board.reveal(["2"])
    record.last_success_at = clock.wall()
    return record


def over_a_restart(folder: Path, record: SourceRecord, clock: ManualClock, *, away: float) -> SourceRecord:
    StateFile(folder).save(SavedState("acme", {"north": record.saved(clock)}), WHOLE)
    clock.set_to += away
    clock.passed = 5.0
    restored = SourceRecord("acme", "north", Budget(20, clock))
    restored.board.set_window(300)
    restored.restore(StateFile(folder).load("acme")["north"], clock, lambda _: True)
    return restored


def test_the_age_goes_on_over_a_restart(tmp_path: Path, clock: ManualClock) -> None:
    record = a_record(clock)
    clock.move(100)
    restored = over_a_restart(tmp_path, record, clock, away=150)
    assert restored.board.statuses(clock.monotonic()) == {"1": Status.OFFLINE, "2": Status.UNKNOWN}
    assert restored.board.statuses(clock.monotonic() + 49)["1"] is Status.OFFLINE
    assert restored.board.statuses(clock.monotonic() + 50)["1"] is Status.UNKNOWN
    assert restored.last_success_at == record.last_success_at


def test_a_wall_clock_that_was_set_back_does_not_make_statuses_older_or_newer_than_now(
    tmp_path: Path, clock: ManualClock
) -> None:
    restored = over_a_restart(tmp_path, a_record(clock), clock, away=-3600)
    assert restored.board.statuses(clock.monotonic() + 299)["1"] is Status.OFFLINE
    assert restored.board.statuses(clock.monotonic() + 300)["1"] is Status.UNKNOWN


@pytest.mark.parametrize("content", [b"", b"{", b'{"platform": "acme", "sources": []}', b"\xff"])
def test_a_broken_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "statuses-0.json").write_bytes(content)
    assert StateFile(tmp_path).load("acme") == {}


def test_statuses_of_another_platform_are_not_taken(tmp_path: Path) -> None:
    StateFile(tmp_path).save(SavedState("acme", {}), WHOLE)
    assert StateFile(tmp_path).load("another") == {}


def test_a_folder_that_cannot_be_written_does_not_stop_the_exporter(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    StateFile(tmp_path / "taken").save(SavedState("acme", {}), WHOLE)


def a_state(*devices: SavedDevice) -> SavedState:
    return SavedState("acme", {"north": SavedSource(list(devices), last_success_at=None)})


def test_all_shards_files_are_read_and_the_newer_answer_about_a_device_counts(tmp_path: Path) -> None:
    online, offline = (Reading("1", status, status.value) for status in (Status.ONLINE, Status.OFFLINE))
    file = StateFile(tmp_path)
    file.save(a_state(SavedDevice(online, 20.0)), Shard(0, 2))
    file.save(a_state(SavedDevice(offline, 10.0), SavedDevice(READING, None)), Shard(1, 2))
    assert [device.reading for device in file.load("acme")["north"].devices] == [online]
    file.save(a_state(SavedDevice(offline, 30.0)), Shard(1, 2))
    assert [device.reading for device in file.load("acme")["north"].devices] == [offline]


def test_the_file_of_a_shard_that_is_no_more_goes_with_the_next_save(tmp_path: Path) -> None:
    file = StateFile(tmp_path)
    for number in range(3):
        file.save(SavedState("acme", {str(number): SavedSource([], None)}), Shard(number, 3))
    file.save(SavedState("acme", {"0": SavedSource([], None)}), Shard(0, 2))
    assert sorted(file.load("acme")) == ["0", "1"]
