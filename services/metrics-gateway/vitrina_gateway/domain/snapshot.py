"""All devices judged, source by source, one call a tick; where nothing is new, what was judged before stands. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from vitrina_contracts.device import Status
from vitrina_contracts.exporter import KnownSource

from vitrina_gateway.domain.device import DeviceState
from vitrina_gateway.domain.judging import Evidence, Judge, Rules, SourceHealth
from vitrina_gateway.domain.samples import DeviceSamples, Reading, SourceSamples

SourceKey = tuple[str, str]
"""`(platform, source)`."""

_NOTHING: Final = SourceSamples()
_NO_DEVICES: Final[dict[str, DeviceSamples]] = {}
"""One object, because the same evidence is recognised by identity."""


class Group(msgspec.Struct, frozen=True):
    """The devices of one source after a tick.

    `settled_until`: the instant up to which the same evidence gives the same devices.
    """

    devices: dict[str, DeviceState]
    evidence: Evidence | None = None
    trusted: bool = False
    settled_until: float = 0.0


@dataclass(frozen=True)
class StatusChange:
    """`before` is None for a device that was not listed, `after` for one that left the list."""

    before: DeviceState | None
    after: DeviceState | None

    @property
    def is_one(self) -> bool:
        """Whether the status differs, or the device came or left."""
        if self.before is None or self.after is None:
            return self.before is not self.after
        return self.before.status is not self.after.status


@dataclass(frozen=True)
class Evaluation:
    groups: dict[SourceKey, Group]
    sources: list[SourceHealth]
    changes: list[StatusChange] = field(default_factory=list)


def evaluate(
    before: Mapping[SourceKey, Group],
    known: Mapping[SourceKey, KnownSource],
    readings: Mapping[str, Reading],
    at: float,
    rules: Rules,
    *,
    answered: bool,
) -> Evaluation:
    """The devices at the instant `at`. `readings` by exporter: the newest there is, also while Prometheus is silent."""
    result = Evaluation({}, [])
    for key, source in known.items():
        evidence = _evidence(source, readings.get(source.exporter), answered=answered)
        judge = Judge(evidence, at, rules)
        group = before.get(key)
        if group is None or not _is_settled(group, judge):
            group = _judge_group(group or Group({}), judge, result.changes)
        result.groups[key] = group
        result.sources.append(judge.health())
    for key in before.keys() - known.keys():
        result.changes.extend(StatusChange(device, None) for device in before[key].devices.values())
    return result


def _evidence(source: KnownSource, reading: Reading | None, *, answered: bool) -> Evidence:
    """Samples under another platform than the registry's do not count: no exporter speaks for another's devices."""
    if reading is None or reading.target.platform != source.platform:
        return Evidence(source, answered, None, _NOTHING, _NO_DEVICES)
    samples = reading.sources.get(source.source, _NOTHING)
    return Evidence(source, answered, reading.target, samples, reading.devices.get(source.source, _NO_DEVICES))


def _is_settled(group: Group, judge: Judge) -> bool:
    seen, now = group.evidence, judge.evidence
    return (
        seen is not None
        and seen.devices is now.devices
        and seen.target is now.target
        and seen.answered is now.answered
        and seen.known == now.known
        and group.trusted is judge.trusted
        and judge.at < group.settled_until
    )


def _judge_group(group: Group, judge: Judge, changes: list[StatusChange]) -> Group:
    before = group.devices
    seen = group.evidence.devices if group.evidence else _NO_DEVICES
    devices: dict[str, DeviceState] = {}
    judged: list[StatusChange] = []
    """All but those that are lit still, which are nearly all: of these nothing needs to be looked at again."""
    for device_id, samples in judge.evidence.devices.items():
        last = before.get(device_id)
        known = seen.get(device_id) is samples
        if known and last is not None and judge.is_lit_still(last, samples):
            devices[device_id] = msgspec.structs.replace(last, observed_at=judge.scraped_at)
            continue
        state = judge.device(device_id, last, samples, known=known)
        if state is not None:
            devices[device_id] = state
            judged.append(StatusChange(last, state))
    lit = len(devices) - len(judged)
    for device_id in [each for each in before if each not in devices]:
        kept = judge.absent(before[device_id])
        if kept is not None:
            devices[device_id] = kept
        judged.append(StatusChange(before[device_id], kept))
    changes.extend(change for change in judged if change.is_one)
    return Group(devices, judge.evidence, judge.trusted, _settled_until(judged, judge, lit=lit > 0))


def _settled_until(judged: list[StatusChange], judge: Judge, *, lit: bool) -> float:
    """`lit`: there are devices that were just seen online, too."""
    observed = [
        change.after.observed_at
        for change in judged
        if change.after is not None
        and change.after.status is not Status.UNKNOWN
        and change.after.observed_at is not None
    ]
    if lit and judge.scraped_at is not None:
        observed.append(judge.scraped_at)
    return min(observed, default=float("inf")) + judge.rules.fresh_seconds
