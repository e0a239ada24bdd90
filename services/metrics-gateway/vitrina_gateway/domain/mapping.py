"""Pure: metrics of a third-party exporter read as devices, by its manifest's mapping.

Nobody has counted the age of these statuses, so a device whose status is missing keeps the last one while it is fresh.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from vitrina_contracts.exporter import KnownSource
from vitrina_contracts.third_party import MetricMapping

from vitrina_gateway.domain.samples import DeviceInfo, DeviceSamples, Reading, SourceSamples, Target

FAILING_SHARE: Final = 0.05
"""Of a source's probes that gave no answer at all; beyond it the source counts as failing, as with a vendor."""
_UP: Final = "up"


class MappedExporter(msgspec.Struct, frozen=True):
    exporter: str
    platform: str
    mapping: MetricMapping
    sources: tuple[str, ...]

    def is_probe(self) -> bool:
        return self.mapping.device == "target"


class Labelled(msgspec.Struct, frozen=True):
    """A sample with all its labels; `__name__` is the metric."""

    labels: dict[str, str]
    value: float


def mapped_exporters(known: Iterable[KnownSource]) -> list[MappedExporter]:
    found: dict[str, MappedExporter] = {}
    for source in known:
        if source.mapping is not None:
            before = found.get(source.exporter)
            names = (*(before.sources if before else ()), source.source)
            found[source.exporter] = MappedExporter(source.exporter, source.platform, source.mapping, names)
    return list(found.values())


def mapped_reading(exporter: MappedExporter, samples: Sequence[Labelled], scraped_at: float) -> Reading | None:
    """All of an exporter's devices; None when nothing of it is scraped.

    Args:
        exporter: whose metrics they are.
        samples: the mapping's metrics and `up`, of all its targets.
        scraped_at: of the newest scrape, Unix seconds.
    """
    ups = [sample for sample in samples if sample.labels.get("__name__") == _UP]
    if not ups:
        return None
    target = Target(
        exporter.exporter, exporter.exporter, exporter.platform, any(up.value == 1 for up in ups), scraped_at
    )
    reading = Reading(target, {}, {})
    if not target.up:
        return reading
    if exporter.is_probe():
        _note_targets(reading, ups)
    elif len(exporter.sources) == 1:
        reading.sources[exporter.sources[0]] = SourceSamples(up=True, last_success=scraped_at, keeps_age=False)
    for sample in samples:
        _note(reading, exporter, sample)
    for source, devices in reading.devices.items():
        reading.sources[source].devices = len(devices)
    return reading


def _note_targets(reading: Reading, ups: Sequence[Labelled]) -> None:
    """Each target is a device, also one whose probe gave no answer."""
    failed: dict[str, list[bool]] = {}
    for up in ups:
        source, device_id = up.labels.get("source", ""), up.labels.get("device_id", "")
        reading.devices.setdefault(source, {})[device_id] = DeviceSamples(info=_named(device_id))
        failed.setdefault(source, []).append(up.value != 1)
    for source, outcomes in failed.items():
        fails = sum(outcomes) > FAILING_SHARE * len(outcomes)
        reading.sources[source] = SourceSamples(
            up=not fails,
            reason="probe_failed" if fails else None,
            last_success=None if all(outcomes) else reading.target.scraped_at,
            keeps_age=False,
        )


def _note(reading: Reading, exporter: MappedExporter, sample: Labelled) -> None:
    place = _place(exporter, sample.labels)
    metric, mapping = sample.labels.get("__name__"), exporter.mapping
    if place is None or (metric == _UP and mapping.status.metric != _UP):
        return
    source, device_id = place
    if source not in reading.sources:
        return
    device = reading.devices.setdefault(source, {}).setdefault(device_id, DeviceSamples(info=_named(device_id)))
    if metric == mapping.status.metric:
        device.up = _status(mapping, sample.value)
    if metric == mapping.last_seen:
        device.last_seen = sample.value
    fields = {
        field: sample.labels[label.label]
        for field, label in mapping.info.items()
        if label.metric == metric and sample.labels.get(label.label)
    }
    if fields and device.info is not None:
        device.info = msgspec.structs.replace(device.info, **fields)


def _place(exporter: MappedExporter, labels: dict[str, str]) -> tuple[str, str] | None:
    """Source and id of the device that a sample is about."""
    if exporter.is_probe():
        return labels.get("source", ""), labels.get("device_id", "")
    if len(exporter.sources) != 1:
        return None  # nothing would tell whose it is
    label = exporter.mapping.device_label
    device_id = labels.get(label, "") if label is not None else exporter.exporter
    return (exporter.sources[0], device_id) if device_id else None


def _status(mapping: MetricMapping, value: float) -> bool | None:
    if value == mapping.status.online:
        return True
    return False if value == mapping.status.offline else None


def _named(device_id: str) -> DeviceInfo:
    return DeviceInfo(device_id, None, None, None, None, None)
