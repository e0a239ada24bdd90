"""Judging samples: which status each device has, since when, and why. Pure; one call a tick.

The rule above all: a failure on the way to a device is never the device's failure. Only a sample that says offline
makes a device offline. A series that is missing while its exporter or source cannot be asked proves nothing: the device
keeps its status while that is fresh and is then `unknown`, with a cause that names the layer that fails. Age is counted
once: by the exporter while it is scraped (it leaves the status of an old answer out), else here, from the time of the
sample. A device leaves the list only when two complete answers of the vendor lack it or its source leaves the
configuration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from vitrina_contracts.device import Cause, DeviceKey, Playback, Status
from vitrina_contracts.exporter import KnownSource
from vitrina_contracts.metrics import NOT_KNOWN_STATE

from vitrina_gateway.domain.device import NO_LOCAL_FACTS, DeviceState, Facts
from vitrina_gateway.domain.samples import DeviceInfo, DeviceSamples, Reading, SourceSamples, Target

SourceKey = tuple[str, str]
"""`(platform, source)`."""

_UNAUTHORIZED: Final = "unauthorized"
_NOTHING: Final = SourceSamples()
_NO_DEVICES: Final[dict[str, DeviceSamples]] = {}
"""One object, because the same evidence is recognised by identity."""


@dataclass(frozen=True)
class Rules:
    """`fresh_seconds`: how long a status holds without news; `scrape_seconds`: when a scrape counts as missing."""

    fresh_seconds: float
    scrape_seconds: float


class Evidence(msgspec.Struct, frozen=True):
    """All that is known of one source at an instant. `answered`: Prometheus answered this time."""

    known: KnownSource
    answered: bool
    target: Target | None
    samples: SourceSamples
    devices: dict[str, DeviceSamples]


class SourceHealth(msgspec.Struct, frozen=True):
    """For people: does this source work, and if not, why. `up` is None before its first poll has ended.

    `scraped_at`: Unix seconds of its exporter's newest scrape.
    """

    known: KnownSource
    up: bool | None
    reason: str | None
    last_success: float | None
    scraped: bool = False
    scraped_at: float | None = None


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
        judge = _Judge(evidence, at, rules)
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


def _is_settled(group: Group, judge: "_Judge") -> bool:
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


def _judge_group(group: Group, judge: "_Judge", changes: list[StatusChange]) -> Group:
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


def _settled_until(judged: list[StatusChange], judge: "_Judge", *, lit: bool) -> float:
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


class _Judge:
    """The rules for the devices of one source at one instant."""

    def __init__(self, evidence: Evidence, at: float, rules: Rules) -> None:
        self.evidence = evidence
        self.at = at
        self.rules = rules
        target = evidence.target
        self.scraped = target is not None and target.up and at - target.scraped_at <= rules.scrape_seconds
        """The exporter is being scraped now."""
        self.trusted = target is not None and target.up and at - target.scraped_at <= rules.fresh_seconds
        """What the exporter last said is fresh."""
        self.scraped_at = target.scraped_at if target is not None and self.trusted and evidence.known.enabled else None
        """When the exporter last said what counts now."""

    def health(self) -> SourceHealth:
        known, samples, target = self.evidence.known, self.evidence.samples, self.evidence.target
        scraped = (self.scraped, target.scraped_at if target else None)
        if not known.enabled:
            return SourceHealth(known, False, Cause.DISABLED, samples.last_success, *scraped)
        if not self.scraped:
            return SourceHealth(known, *self._not_scraped(), samples.last_success, *scraped)
        reason = (samples.reason or "failing") if samples.up is False else None
        return SourceHealth(known, samples.up, reason, samples.last_success, *scraped)

    def is_lit_still(self, before: DeviceState, samples: DeviceSamples) -> bool:
        """Nothing but time has passed for a device that was online, whose samples are those that it was judged by: of
        nearly all devices in nearly all ticks. Then `device` would change `observed_at` alone.
        """
        return (
            samples.up is True
            and self.scraped_at is not None
            and before.status is Status.ONLINE
            and before.cause is None
            and before.observed_at is not None
            and before.observed_at <= self.scraped_at
            and before.missing_since is None
            and before.closed_until is None
        )

    def device(
        self, device_id: str, before: DeviceState | None, samples: DeviceSamples, *, known: bool = False
    ) -> DeviceState | None:
        """Judges a device of which there are samples. `known`: these are what `before` was made of."""
        target = self.evidence.target
        if not self.evidence.known.enabled or not self.trusted or target is None:
            return None if before is None else self.absent(before)
        if samples.up is None and samples.info is None:
            return None if before is None else self.absent(before)
        if before is not None and before.observed_at is not None and target.scraped_at < before.observed_at:
            return self._keep(before)  # an answer older than what is known: Prometheus was set back
        if samples.up is None and self._exporter_forgot() and before is not None and self._is_fresh(before):
            return self._keep(_with_samples(before, samples))
        if samples.up is None:
            return self._next(
                device_id, before, samples, Status.UNKNOWN, self._why_untold(before, samples.info), known=known
            )
        status = Status.ONLINE if samples.up else Status.OFFLINE
        return self._next(
            device_id, before, samples, status, None if samples.up else Cause.REPORTED_OFFLINE, known=known
        )

    def absent(self, before: DeviceState) -> DeviceState | None:
        """Judges a device without samples; None when it has left its source."""
        if not self.evidence.known.enabled:
            return self._become(before, Status.UNKNOWN, Cause.DISABLED)
        last_success = self.evidence.samples.last_success
        if self.trusted and self.evidence.samples.up and last_success is not None:
            if before.missing_since is not None and last_success > before.missing_since:
                return None
            if before.missing_since is None:
                before = msgspec.structs.replace(before, missing_since=last_success)
        return self._keep(before)

    def _keep(self, before: DeviceState) -> DeviceState:
        if before.status is not Status.UNKNOWN and self._is_fresh(before):
            return before
        return self._become(before, Status.UNKNOWN, self._why_silent(before))

    def _is_fresh(self, state: DeviceState) -> bool:
        return state.observed_at is not None and self.at - state.observed_at < self.rules.fresh_seconds

    def _exporter_forgot(self) -> bool:
        """An exporter that remembers a success has counted the age of its answers itself; a new one has not."""
        return self.evidence.samples.last_success is None or not self.evidence.samples.keeps_age

    def _next(
        self,
        device_id: str,
        before: DeviceState | None,
        samples: DeviceSamples,
        status: Status,
        cause: Cause | None,
        *,
        known: bool,
    ) -> DeviceState:
        source, target = self.evidence.known, self.evidence.target
        observed_at = target.scraped_at if target is not None and status is not Status.UNKNOWN else None
        changed = before is None or before.status is not status
        return DeviceState(
            source.platform,
            source.source,
            device_id,
            before.facts if known and before is not None else _facts(device_id, before, samples),
            status,
            self.at if before is None or changed else before.status_since,
            before is None or (not changed and before.status_since_at_least),
            cause,
            samples.last_seen if samples.last_seen is not None or before is None else before.last_seen,
            observed_at if observed_at is not None or before is None else before.observed_at,
            local=NO_LOCAL_FACTS if before is None else before.local,
        )

    def _become(self, before: DeviceState, status: Status, cause: Cause | None) -> DeviceState:
        if before.status is status:
            return before if before.cause is cause else msgspec.structs.replace(before, cause=cause)
        return msgspec.structs.replace(
            before, status=status, cause=cause, status_since=self.at, status_since_at_least=False
        )

    def _not_scraped(self) -> tuple[bool | None, str]:
        return (False, Cause.EXPORTER_DOWN) if self.evidence.answered else (None, Cause.PROMETHEUS_DOWN)

    def _why_silent(self, before: DeviceState) -> Cause:
        """Why no status arrives of a device whose status is not fresh any more."""
        samples = self.evidence.samples
        if not self.evidence.answered:
            return Cause.PROMETHEUS_DOWN
        if not self.trusted or samples.up is None:
            return Cause.EXPORTER_DOWN
        if samples.up is False:
            return _vendor_cause(samples.reason)
        return Cause.NEVER_SEEN if before.observed_at is None else Cause.NOT_KNOWN_TO_VENDOR

    def _why_untold(self, before: DeviceState | None, info: DeviceInfo | None) -> Cause:
        """Why an exporter that is well tells no status of a device that it knows."""
        state = info.vendor_state if info else None
        if state == NOT_KNOWN_STATE:
            return Cause.NOT_KNOWN_TO_VENDOR
        if self.evidence.samples.up is False:
            return _vendor_cause(self.evidence.samples.reason)
        if state is not None and not _was_understood(before, state):
            return Cause.UNRECOGNISED_STATE
        return Cause.NEVER_SEEN if before is None or before.observed_at is None else Cause.VENDOR_FAILING


def _was_understood(before: DeviceState | None, state: str) -> bool:
    """A word that once gave a status is understood: what is missing now is a newer answer."""
    if before is None or before.facts.vendor_state != state:
        return False
    return before.status is not Status.UNKNOWN or before.cause is Cause.VENDOR_FAILING


def _vendor_cause(reason: str | None) -> Cause:
    return Cause.UNAUTHORIZED if reason == _UNAUTHORIZED else Cause.VENDOR_FAILING


def _with_samples(before: DeviceState, samples: DeviceSamples) -> DeviceState:
    facts = _facts(before.device_id, before, samples)
    last_seen = before.last_seen if samples.last_seen is None else samples.last_seen
    return msgspec.structs.replace(before, facts=facts, last_seen=last_seen, missing_since=None)


def _facts(device_id: str, before: DeviceState | None, samples: DeviceSamples) -> Facts:
    """The same object as before when nothing differs, so that its row need not be rendered again."""
    info = samples.info
    if info is None:
        return before.facts if before is not None else Facts(device_id)
    facts = Facts(
        info.name or device_id,
        info.vendor_state,
        _playback(playing=samples.playing),
        samples.activated,
        info.player_version,
        info.ip,
        info.external_ip,
        info.time_zone,
    )
    return before.facts if before is not None and before.facts == facts else facts


def _playback(*, playing: bool | None) -> Playback:
    if playing is None:
        return Playback.UNKNOWN
    return Playback.PLAYING if playing else Playback.PAUSED


def all_devices(groups: Mapping[SourceKey, Group]) -> dict[DeviceKey, DeviceState]:
    return {state.key: state for group in groups.values() for state in group.devices.values()}
