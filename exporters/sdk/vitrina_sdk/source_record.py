"""What is known of one source, kept while its configuration changes and its poller is replaced."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from vitrina_contracts.exporter import SourceState, UnmatchedDevices

from vitrina_sdk.board import Board
from vitrina_sdk.budget import Budget
from vitrina_sdk.clock import Clock
from vitrina_sdk.reading import Reading
from vitrina_sdk.state_file import SavedDevice, SavedSource, to_monotonic, to_wall


class Failure(NamedTuple):
    """What is kept of a `PollError`: the exception itself would keep its frames, and with them whole answers, alive."""

    reason: str
    detail: str


class SourceRecord:
    def __init__(self, platform: str, name: str, budget: Budget) -> None:
        self.name = name
        self.board = Board(platform, name)
        self.budget = budget
        self.up: bool | None = None
        """Null before the first poll has ended."""
        self.failure: Failure | None = None
        self.failures_in_a_row = 0
        self.devices: int | None = None
        self.last_success_at: float | None = None
        """Unix seconds."""
        self.next_poll_at: float | None = None
        """Unix seconds."""
        self.cycle_seconds: float | None = None
        self.last_duration = 0.0
        """Seconds that the last good poll took."""
        self.empty_before = False
        """The last list was empty and is waiting for a second one to say so."""
        self.asked: set[str] = set()
        """Devices that interrupted rounds have asked about: the next one begins with the others."""
        self.problems: Counter[str] = Counter()
        self.unmatched: UnmatchedDevices | None = None
        """Devices of the last list that no source of the account selects; told by the first of them alone."""

    def restore(self, saved: SavedSource, clock: Clock, serves: Callable[[Reading], bool]) -> None:
        """Takes what an earlier process, or another shard, knew of the devices that this one serves."""
        devices: dict[str, tuple[Reading, float | None]] = {
            device.reading.device_id: (device.reading, to_monotonic(device.observed_at, clock))
            for device in saved.devices
            if serves(device.reading) and device.reading.device_id not in self.board
        }
        self.board.restore(devices)
        self.last_success_at = self.last_success_at or saved.last_success_at

    def saved(self, clock: Clock) -> SavedSource:
        return SavedSource(
            devices=[SavedDevice(reading, to_wall(seen, clock)) for reading, seen in self.board.observed()],
            last_success_at=self.last_success_at,
        )

    def state(self) -> SourceState:
        """As `/status` tells it."""
        return SourceState(
            name=self.name,
            up=self.up,
            reason=self.failure.reason if self.failure else None,
            detail=self.failure.detail if self.failure else None,
            devices=self.devices,
            last_success_at=_moment(self.last_success_at),
            next_poll_at=_moment(self.next_poll_at),
            cycle_seconds=self.cycle_seconds,
        )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
