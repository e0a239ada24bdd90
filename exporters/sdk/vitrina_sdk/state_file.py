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
from vitrina_sdk.shard import Shard

_EVERY_FILE: Final = "statuses*.json"
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
    """One file a shard, in a folder that all shards of the exporter share: a device may be another's after a change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._failing = False

    def load(self, platform: str) -> dict[str, SavedSource]:
        """Sources by name, of all shards; what cannot be read is left out: then its ages begin anew."""
        merged: dict[str, SavedSource] = {}
        for path in sorted(self._folder.glob(_EVERY_FILE)):
            for name, source in _read(path, platform).items():
                merged[name] = _merged(merged[name], source) if name in merged else source
        return merged

    def save(self, state: SavedState, shard: Shard) -> None:
        """Replaces the shard's file as a whole. A failure is logged once and does not stop the exporter."""
        path = self._folder / f"statuses-{shard.number}.json"
        # The predecessor of a replaced exporter may be writing to the same folder.
        written = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            written.write_bytes(msgspec.json.encode(state))
            written.replace(path)
            self._remove_others(shard)
        except OSError as error:
            if not self._failing:
                _log.warning("state_not_saved", error=type(error).__name__)
            self._failing = True
        else:
            self._failing = False

    def _remove_others(self, shard: Shard) -> None:
        """Files of shards that are no more would bring devices back that are long gone."""
        living = {f"statuses-{number}.json" for number in range(shard.count)}
        for path in self._folder.glob(_EVERY_FILE):
            if path.name not in living:
                path.unlink(missing_ok=True)


def _read(path: Path, platform: str) -> dict[str, SavedSource]:
    try:
        state = msgspec.json.decode(path.read_bytes(), type=SavedState)
    except (OSError, msgspec.DecodeError) as error:
        _log.warning("state_unreadable", error=type(error).__name__)
        return {}
    return state.sources if state.platform == platform else {}


def _merged(one: SavedSource, other: SavedSource) -> SavedSource:
    """Both; of two answers about a device the newer one counts."""
    devices = {device.reading.device_id: device for device in one.devices}
    for device in other.devices:
        known = devices.get(device.reading.device_id)
        if known is None or (device.observed_at or 0.0) > (known.observed_at or 0.0):
            devices[device.reading.device_id] = device
    times = [source.last_success_at for source in (one, other) if source.last_success_at is not None]
    return SavedSource(devices=list(devices.values()), last_success_at=max(times, default=None))


def to_monotonic(observed_at: float | None, clock: Clock) -> float | None:
    """A wall-clock time of the file on this process's monotonic clock; one from the future counts as now."""
    if observed_at is None:
        return None
    return clock.monotonic() - max(0.0, clock.wall() - observed_at)


def to_wall(observed_at: float | None, clock: Clock) -> float | None:
    return None if observed_at is None else clock.wall() - (clock.monotonic() - observed_at)
