from pathlib import Path

import pytest
from vitrina_contracts.device import Status
from vitrina_sdk.budget import Budget
from vitrina_sdk.reading import Reading
from vitrina_sdk.source_record import SourceRecord
from vitrina_sdk.state_file import SavedState, StateFile

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
    StateFile(folder).save(SavedState("acme", {"north": record.saved(clock)}))
    clock.set_to += away
    clock.passed = 5.0
    restored = SourceRecord("acme", "north", Budget(20, clock))
    restored.board.set_window(300)
    restored.restore(StateFile(folder).load("acme")["north"], clock)
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
    (tmp_path / "statuses.json").write_bytes(content)
    assert StateFile(tmp_path).load("acme") == {}


def test_statuses_of_another_platform_are_not_taken(tmp_path: Path) -> None:
    StateFile(tmp_path).save(SavedState("acme", {}))
    assert StateFile(tmp_path).load("another") == {}


def test_a_folder_that_cannot_be_written_does_not_stop_the_exporter(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    StateFile(tmp_path / "taken").save(SavedState("acme", {}))
