"""Judging samples: which status a device has, since when, and why. Pure.

The rule above all: a failure on the way to a device is never the device's failure. Only a sample that says offline
makes a device offline. A series that is missing while its exporter or source cannot be asked proves nothing: the device
keeps its status while that is fresh and is then `unknown`, with a cause that names the layer that fails. Age is counted
once: by the exporter while it is scraped (it leaves the status of an old answer out), else here, from the time of the
sample. A device leaves the list only when two complete answers of the vendor lack it or its source leaves the
configuration.
"""

from dataclasses import dataclass
from typing import Final

import msgspec
from vitrina_contracts.device import Cause, Playback, Status
from vitrina_contracts.exporter import KnownSource
from vitrina_contracts.metrics import NOT_KNOWN_STATE

from vitrina_gateway.domain.device import NO_LOCAL_FACTS, DeviceState, Facts
from vitrina_gateway.domain.samples import DeviceInfo, DeviceSamples, SourceSamples, Target

_UNAUTHORIZED: Final = "unauthorized"


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


class Judge:
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
