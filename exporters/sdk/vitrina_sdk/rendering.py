"""Device series as bytes made when a poll changes them, and only joined when Prometheus asks.

A chunk holds the lines of some 128 devices, family by family, because a family must stand together in the document.
A scrape takes the bytes of all chunks at one instant of the event loop, so an answer is never half updated.
"""

from typing import Final

from vitrina_contracts import metrics
from vitrina_contracts.device import Status

from vitrina_sdk.freshness import status_at
from vitrina_sdk.reading import Reading

CHUNK_DEVICES: Final = 128
_NEVER: Final = float("inf")

FAMILIES: Final = (
    (metrics.DEVICE_UP, "1 if the vendor says the device is online, 0 if offline; absent when unknown."),
    (metrics.DEVICE_INFO, "What is known of the device in words; always 1."),
    (metrics.DEVICE_LAST_SEEN, "When the vendor last heard of the device, as Unix time."),
    (metrics.DEVICE_PLAYING, "1 if the device plays content, 0 if not."),
    (metrics.DEVICE_ACTIVATED, "1 if the device is activated at the vendor, 0 if not."),
)
"""Name and help of the device families, in the order of the document. All are gauges."""
HEADERS: Final = tuple(f"# HELP {name} {text}\n# TYPE {name} gauge\n".encode() for name, text in FAMILIES)


def escaped(value: str) -> str:
    """A label value as it stands between the quotes."""
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


class Slot:
    """A device of a source as it is shown: the reading that counts, and when the vendor gave it."""

    __slots__ = ("chunk", "labels", "missed", "observed_at", "reading")

    def __init__(self, labels: str, reading: Reading, observed_at: float | None, chunk: "Chunk") -> None:
        self.labels = labels
        self.reading = reading
        self.observed_at = observed_at
        """Monotonic seconds; null for a device that the vendor has not answered about."""
        self.missed = 0
        """Complete lists in a row that did not hold the device."""
        self.chunk = chunk


class Chunk:
    """The rendered lines of a fixed set of slots, one bytes object per family."""

    __slots__ = ("changed", "expires_at", "families", "info_changed", "slots")

    def __init__(self) -> None:
        self.slots: list[Slot] = []
        self.families: list[bytes] = [b""] * len(FAMILIES)
        self.changed = True
        self.info_changed = True
        self.expires_at = 0.0
        """No status of the chunk stops being fresh before this monotonic time."""

    def refresh(self, now: float, window: float) -> bool:
        """Renders again if a reading changed or a status went stale. Returns whether it did."""
        if not self.changed and now < self.expires_at:
            return False
        self._render_states(now, window)
        if self.info_changed:
            self.families[1] = "".join([_info_line(slot) for slot in self.slots]).encode()
        self.changed = self.info_changed = False
        return True

    def _render_states(self, now: float, window: float) -> None:
        up: list[str] = []
        last_seen: list[str] = []
        playing: list[str] = []
        activated: list[str] = []
        expires_at = _NEVER
        for slot in self.slots:
            reading, labels, observed_at = slot.reading, slot.labels, slot.observed_at
            if reading.last_seen is not None:
                last_seen.append(f"{metrics.DEVICE_LAST_SEEN}{labels}}} {reading.last_seen!r}\n")
            if observed_at is None or now - observed_at >= window:
                continue
            expires_at = min(expires_at, observed_at + window)
            if reading.status is not Status.UNKNOWN:
                up.append(f"{metrics.DEVICE_UP}{labels}}} {reading.status is Status.ONLINE:d}\n")
            if reading.playing is not None:
                playing.append(f"{metrics.DEVICE_PLAYING}{labels}}} {reading.playing:d}\n")
            if reading.activated is not None:
                activated.append(f"{metrics.DEVICE_ACTIVATED}{labels}}} {reading.activated:d}\n")
        self.expires_at = expires_at
        states = ("".join(lines).encode() for lines in (up, last_seen, playing, activated))
        self.families[0], self.families[2], self.families[3], self.families[4] = states


def identity_labels(platform: str, source: str, device_id: str) -> str:
    """The labels of every series of a device, without the closing brace."""
    return f'{{platform="{escaped(platform)}",source="{escaped(source)}",device_id="{escaped(device_id)}"'


def same_info(one: Reading, other: Reading) -> bool:
    """Whether both readings give the same info line."""
    return (
        one.vendor_state == other.vendor_state
        and one.name == other.name
        and one.player_version == other.player_version
        and one.ip == other.ip
        and one.external_ip == other.external_ip
        and one.time_zone == other.time_zone
    )


def shown_status(slot: Slot, now: float, window: float) -> Status:
    return status_at(slot.reading.status, slot.observed_at, now, window)


def _info_line(slot: Slot) -> str:
    reading = slot.reading
    # A device that the vendor gave no name is called by its identity: a row without a name cannot be read or sorted.
    values = (
        reading.name or reading.device_id,
        reading.player_version or "",
        reading.ip or "",
        reading.external_ip or "",
        reading.time_zone or "",
        reading.vendor_state,
    )
    told = ",".join(
        f'{label}="{escaped(value)}"' for label, value in zip(metrics.DEVICE_INFO_LABELS, values, strict=True)
    )
    return f"{metrics.DEVICE_INFO}{slot.labels},{told}}} 1\n"
