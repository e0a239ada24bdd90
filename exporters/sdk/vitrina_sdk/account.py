"""An account and the sources that share it: one poll, each device shown by the source that selects it. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from vitrina_contracts.exporter import UnmatchedDevice, UnmatchedDevices
from vitrina_contracts.selection import DeviceSelection, Division
from vitrina_contracts.source_file import ExporterConfig, SourceConfig

from vitrina_sdk.reading import Reading

SAMPLE = 100
"""Devices without a source that are told by name; of the others only their number."""


def accounts_of(config: ExporterConfig) -> list[tuple[SourceConfig, ...]]:
    """The sources that are polled together; each by itself where it shares nothing."""
    shared: dict[str, list[SourceConfig]] = {}
    alone: list[tuple[SourceConfig, ...]] = []
    for source in config.sources:
        if source.account is None or source.selection is None:
            alone.append((source,))
        else:
            shared.setdefault(source.account, []).append(source)
    return [*alone, *(tuple(sorted(sources, key=lambda source: source.name)) for sources in shared.values())]


def selections_of(sources: Iterable[SourceConfig], config: ExporterConfig) -> dict[str, DeviceSelection]:
    """Of all sources of the account, disabled ones included; empty when one source has every device."""
    chosen = {source.name: source.selection for source in sources if source.selection is not None}
    accounts = {source.account for source in sources if source.account is not None}
    return chosen | {aside.name: aside.selection for aside in config.set_aside if chosen and aside.account in accounts}


class Share:
    """Deals the readings of one list out to the sources, piece by piece."""

    def __init__(self, selections: Mapping[str, DeviceSelection], sources: Sequence[str]) -> None:
        """`sources`: names of those that are polled together; without `selections` the only one gets everything."""
        self._division = Division(selections) if selections else None
        self._sources = sources
        self._unmatched: list[UnmatchedDevice] = []
        self.dealt: dict[str, list[Reading]] = {name: [] for name in sources}

    def deal(self, readings: Sequence[Reading]) -> None:
        if self._division is None:
            self.dealt[self._sources[0]].extend(readings)
            return
        for reading in readings:
            owner = self._division.owner(reading.device_id, reading.name)
            if owner is None:
                self._unmatched.append(UnmatchedDevice(device_id=reading.device_id, name=reading.name))
            elif owner in self.dealt:
                self.dealt[owner].append(reading)

    def is_of(self, source: str, reading: Reading) -> bool:
        """Whether this source shows the device."""
        return self._division is None or self._division.owner(reading.device_id, reading.name) == source

    def unmatched(self) -> UnmatchedDevices | None:
        """Devices that no source selects."""
        if not self._unmatched:
            return None
        told = sorted(self._unmatched, key=lambda device: device.device_id)[:SAMPLE]
        return UnmatchedDevices(sources=list(self._sources), count=len(self._unmatched), sample=told)
