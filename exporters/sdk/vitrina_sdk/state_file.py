"""Last statuses with their age, kept over a restart or a replacement of the exporter.

Within a process ages are counted by the monotonic clock; the file holds wall-clock times, because nothing else means
anything to the next process. The file holds what the vendor said, never a credential.
"""

import os
from pathlib import Path
from typing import Final

import msgspec
import structlog

from vitrina_sdk.clock import Clock
from vitrina_sdk.reading import Reading

_FILE: Final = "statuses.json"
_log = structlog.get_logger()


class SavedDevice(msgspec.Struct, array_like=True, gc=False):
    reading: Reading
    observed_at: float | None
    """Unix seconds."""


class SavedSource(msgspec.Struct):
    devices: list[SavedDevice]
    last_success_at: float | None


class SavedState(msgspec.Struct):
    platform: str
    sources: dict[str, SavedSource]


class StateFile:
    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._failing = False

    def load(self, platform: str) -> dict[str, SavedSource]:
        """Sources by name; empty when there is no file or it cannot be read: then ages begin anew."""
        try:
            state = msgspec.json.decode(self._path.read_bytes(), type=SavedState)
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError) as error:
            _log.warning("state_unreadable", error=type(error).__name__)
            return {}
        return state.sources if state.platform == platform else {}

    def save(self, state: SavedState) -> None:
        """Replaces the file as a whole. A failure is logged once and does not stop the exporter."""
        # The predecessor of a replaced exporter may be writing to the same folder.
        written = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            written.write_bytes(msgspec.json.encode(state))
            written.replace(self._path)
        except OSError as error:
            if not self._failing:
                _log.warning("state_not_saved", error=type(error).__name__)
            self._failing = True
        else:
            self._failing = False


def to_monotonic(observed_at: float | None, clock: Clock) -> float | None:
    """A wall-clock time of the file on this process's monotonic clock; one from the future counts as now."""
    if observed_at is None:
        return None
    return clock.monotonic() - max(0.0, clock.wall() - observed_at)


def to_wall(observed_at: float | None, clock: Clock) -> float | None:
    return None if observed_at is None else clock.wall() - (clock.monotonic() - observed_at)
