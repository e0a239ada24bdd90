"""Board: the devices of one source as they are shown. Keeps invariant 1 of the design.

Only an answer of the vendor about a device changes its status; silence and failure only let it age. Changes that take
many online devices away at once wait on the board until a second poll says the same.
"""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

import msgspec
from vitrina_contracts.device import Status

from vitrina_sdk.confirmation import to_hold, turns_dark
from vitrina_sdk.reading import Reading
from vitrina_sdk.rendering import CHUNK_DEVICES, FAMILIES, Chunk, Slot, identity_labels, same_info, shown_status

ANSWERS_TO_REMOVE = 2
"""Complete lists without the device after which it is gone: devices move between pages while they are read."""


class Board:
    """All times are monotonic seconds."""

    def __init__(self, platform: str, source: str) -> None:
        self.platform = platform
        self._source = source
        self._slots: dict[str, Slot] = {}
        self._held: set[str] = set()
        self._turned: dict[str, tuple[Reading, float]] = {}
        self._window = 0.0
        self._being_changed = False
        self._families: list[list[bytes]] = [[] for _ in FAMILIES]
        self.chunks: list[Chunk] = []

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, device_id: str) -> bool:
        return device_id in self._slots

    def set_window(self, window: float) -> None:
        """Sets for how many seconds a status is fresh."""
        if window != self._window:
            self._window = window
            for chunk in self.chunks:
                chunk.changed = True

    def statuses(self, now: float) -> dict[str, Status]:
        """What is shown at `now`."""
        return {device_id: shown_status(slot, now, self._window) for device_id, slot in self._slots.items()}

    def observe(self, reading: Reading, now: float) -> None:
        """Takes one answer. One that turns a device dark waits for `settle`."""
        slot = self._slots.get(reading.device_id)
        if slot is not None and turns_dark(shown_status(slot, now, self._window), reading):
            self._turned[reading.device_id] = (reading, now)
            return
        self._held.discard(reading.device_id)
        self._turned.pop(reading.device_id, None)
        self._put(reading, now)

    def settle(self, asked: int, *, wait_all: bool = False) -> int:
        """Decides on the devices that turned dark among the `asked` ones since the last call.

        `wait_all`: this poll has shown a mass change already, so few devices wait as well.
        Returns how many of them wait for a second poll.
        """
        turned, self._turned = self._turned, {}
        hold = set(turned) - self._held if wait_all else to_hold(set(turned), self._held, asked)
        for device_id, (reading, seen_at) in turned.items():
            if device_id not in hold:
                self._held.discard(device_id)
                self._put(reading, seen_at)
        self._held |= hold
        return len(hold)

    def keep_those(self, kept: Callable[[Reading], bool]) -> None:
        """Removes at once the devices that are another source's by now."""
        self._remove([device_id for device_id, slot in self._slots.items() if not kept(slot.reading)])

    def replace(self, readings: Collection[Reading], now: float, *, all_readable: bool) -> int:
        """Takes a whole list, read to its end. Returns how many changes wait for a second poll.

        A device that is not in it goes when a second list lacks it too; while some records could not be read, nobody
        knows which device those were, so none goes.
        """
        for reading in readings:
            self.observe(reading, now)
        return self.conclude(readings, all_readable=all_readable)

    def conclude(
        self, readings: Collection[Reading], *, all_readable: bool, moved: Collection[str] = (), confirmed: bool = True
    ) -> int:
        """The end of `replace`, once all `readings` of the list have been observed.

        `moved`: devices that the list holds for another source; they go at once. `confirmed`: an empty list was said
        twice, so that nothing waits for another one.
        """
        held = self.settle(max(len(readings), len(self._slots)))
        self._remove([device_id for device_id in moved if device_id in self._slots])
        if all_readable:
            self._remove_missing({reading.device_id for reading in readings}, confirmed=confirmed)
        return held

    def keep_only(self, device_ids: Collection[str]) -> None:
        """Removes at once what is no longer configured."""
        kept = set(device_ids)
        self._remove([device_id for device_id in self._slots if device_id not in kept])

    def reveal(self, device_ids: Iterable[str]) -> None:
        """Shows configured devices that the vendor has not answered about yet, as unknown."""
        for device_id in device_ids:
            if device_id not in self._slots:
                self._put(Reading(device_id=device_id, status=Status.UNKNOWN, vendor_state=""), None)

    def restore(self, saved: Mapping[str, tuple[Reading, float | None]]) -> None:
        """Takes statuses of an earlier process with the times at which they were observed."""
        for reading, observed_at in saved.values():
            self._put(reading, observed_at)

    def observed_at(self, device_id: str) -> float:
        """When the vendor last answered about the device; before all time if never."""
        slot = self._slots.get(device_id)
        return -math.inf if slot is None or slot.observed_at is None else slot.observed_at

    def observed(self) -> list[tuple[Reading, float | None]]:
        """What `restore` takes, as a list."""
        return [(slot.reading, slot.observed_at) for slot in self._slots.values()]

    @contextmanager
    def being_changed(self) -> Iterator[None]:
        """What is shown stays as it is until the block ends: so a change of many devices may take its time."""
        self._being_changed = True
        try:
            yield
        finally:
            self._being_changed = False

    def families(self, now: float) -> list[list[bytes]]:
        """The rendered pieces of each family, in the order of `FAMILIES`, as they are at `now`."""
        if not self._being_changed:
            for chunk in self.chunks:
                chunk.refresh(now, self._window)
            self._families = [[chunk.families[index] for chunk in self.chunks] for index in range(len(FAMILIES))]
        return self._families

    def refresh_chunk(self, chunk: Chunk, now: float) -> None:
        """Renders one chunk if it has changed, so that there is nothing left to do when it is shown."""
        chunk.refresh(now, self._window)

    def _put(self, reading: Reading, observed_at: float | None) -> None:
        slot = self._slots.get(reading.device_id)
        if slot is None:
            self._add(reading, observed_at)
            return
        if reading.name is None and slot.reading.name is not None:
            reading = msgspec.structs.replace(reading, name=slot.reading.name)
        slot.missed = 0
        chunk = slot.chunk
        was_stale = slot.observed_at is None or (
            observed_at is not None and observed_at - slot.observed_at >= self._window
        )
        slot.observed_at = observed_at
        if was_stale or slot.reading != reading:
            chunk.changed = True
            chunk.info_changed = chunk.info_changed or not same_info(slot.reading, reading)
            slot.reading = reading

    def _add(self, reading: Reading, observed_at: float | None) -> None:
        if not self.chunks or len(self.chunks[-1].slots) >= CHUNK_DEVICES:
            self.chunks.append(Chunk())
        chunk = self.chunks[-1]
        labels = identity_labels(self.platform, self._source, reading.device_id)
        slot = Slot(labels, reading, observed_at, chunk)
        self._slots[reading.device_id] = slot
        chunk.slots.append(slot)
        chunk.changed = chunk.info_changed = True

    def _remove_missing(self, present: set[str], *, confirmed: bool) -> None:
        gone = []
        for device_id, slot in self._slots.items():
            slot.missed = 0 if device_id in present else slot.missed + 1
            if slot.missed >= ANSWERS_TO_REMOVE or (confirmed and not present):
                gone.append(device_id)
        self._remove(gone)

    def _remove(self, device_ids: Collection[str]) -> None:
        if not device_ids:
            return
        for device_id in device_ids:
            del self._slots[device_id]
            self._held.discard(device_id)
            self._turned.pop(device_id, None)
        self._pack()

    def _pack(self) -> None:
        """Spreads the slots over full chunks anew; removals are rare enough to pay for it."""
        self.chunks = []
        for slot in self._slots.values():
            if not self.chunks or len(self.chunks[-1].slots) >= CHUNK_DEVICES:
                self.chunks.append(Chunk())
            slot.chunk = self.chunks[-1]
            slot.chunk.slots.append(slot)
