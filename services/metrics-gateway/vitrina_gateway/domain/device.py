"""A device as the gateway knows it between two ticks, and its JSON.

Rendering is split: everything but `observed_at`, which changes with each scrape, is the head of a row and rendered only
when it differs; `observed_at`, the contract's last field, is a tail that all devices of a scrape share.

`gc=False`: these structs hold no references back, and the collector need not walk hundreds of thousands of them.
"""

from datetime import UTC, datetime
from sys import intern
from typing import Final

import msgspec
from vitrina_contracts.device import Cause, Device, DeviceKey, Playback, Status
from vitrina_contracts.work import Work, WorkKind

_YEAR_9999: Final = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


class Facts(msgspec.Struct, frozen=True, gc=False):
    """What the vendor tells of a device besides its status."""

    name: str
    vendor_state: str | None = None
    playback: Playback = Playback.UNKNOWN
    activated: bool | None = None
    player_version: str | None = None
    ip: str | None = None
    external_ip: str | None = None
    time_zone: str | None = None


class WorkState(msgspec.Struct, frozen=True, gc=False):
    """Who takes care of a device. Times are Unix seconds."""

    kind: WorkKind
    by: str
    since: float
    owner: str | None = None
    note: str | None = None
    ticket: str | None = None
    until: float | None = None


class LocalFacts(msgspec.Struct, frozen=True, gc=False):
    """What people know and no vendor tells: device facts and the work state, kept by the registry."""

    site: str | None = None
    city: str | None = None
    time_zone: str | None = None
    labels: dict[str, str] = {}
    work: WorkState | None = None


NO_LOCAL_FACTS: Final = LocalFacts()


class DeviceState(msgspec.Struct, frozen=True, gc=False):
    """Times are Unix seconds.

    `observed_at`: time of the newest sample behind a known status. `missing_since`: the successful poll in whose answer
    the device was first found absent; None while it is present.
    """

    platform: str
    source: str
    device_id: str
    facts: Facts
    status: Status
    status_since: float
    status_since_at_least: bool
    cause: Cause | None
    last_seen: float | None = None
    observed_at: float | None = None
    missing_since: float | None = None
    local: LocalFacts = NO_LOCAL_FACTS
    closed_until: str | None = None
    """Of cause `closed`: the next opening, ISO 8601 in the place's own time."""

    @property
    def key(self) -> DeviceKey:
        return (self.platform, self.source, self.device_id)

    @property
    def time_zone(self) -> str | None:
        """The vendor's word, else what people know."""
        return self.local.time_zone if self.facts.time_zone is None else self.facts.time_zone


def sharing(state: DeviceState) -> DeviceState:
    """The same state, with one object for each text that thousands of devices have alike."""
    facts = msgspec.structs.replace(
        state.facts,
        vendor_state=_shared(state.facts.vendor_state),
        player_version=_shared(state.facts.player_version),
        external_ip=_shared(state.facts.external_ip),
        time_zone=_shared(state.facts.time_zone),
    )
    local = NO_LOCAL_FACTS if state.local == NO_LOCAL_FACTS else state.local
    platform, source = intern(state.platform), intern(state.source)
    return msgspec.structs.replace(state, platform=platform, source=source, facts=facts, local=local)


def _shared(text: str | None) -> str | None:
    return None if text is None else intern(text)


def same_but_for_times(one: DeviceState, other: DeviceState) -> bool:
    """Whether a person would see no difference but `last_seen` and `observed_at`."""
    return (
        one.status is other.status
        and one.cause is other.cause
        and one.closed_until == other.closed_until
        and one.status_since == other.status_since
        and one.status_since_at_least is other.status_since_at_least
        and (one.facts is other.facts or one.facts == other.facts)
        and (one.local is other.local or one.local == other.local)
    )


def moment(seconds: float | None) -> datetime | None:
    """Unix seconds as UTC; None for a vendor's zero or nonsense."""
    if seconds is None or not 0 < seconds < _YEAR_9999:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def instant(seconds: float) -> datetime:
    """Unix seconds of our own clock as UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def to_contract(state: DeviceState) -> Device:
    facts = state.facts
    return Device(
        platform=state.platform,
        source=state.source,
        device_id=state.device_id,
        name=facts.name,
        status=state.status,
        status_since=instant(state.status_since),
        status_since_at_least=state.status_since_at_least,
        cause=state.cause,
        closed_until=None if (until := _closed_until(state)) is None else datetime.fromisoformat(until),
        vendor_state=facts.vendor_state,
        last_seen=moment(state.last_seen),
        playback=facts.playback,
        activated=facts.activated,
        player_version=facts.player_version,
        ip=facts.ip,
        external_ip=facts.external_ip,
        time_zone=state.time_zone,
        site=state.local.site,
        city=state.local.city,
        labels=state.local.labels,
        work=_to_work(state.local.work),
        observed_at=moment(state.observed_at),
    )


def _to_work(state: WorkState | None) -> Work | None:
    if state is None:
        return None
    return Work(
        kind=state.kind,
        by=state.by,
        since=instant(state.since),
        owner=state.owner,
        note=state.note,
        ticket=state.ticket,
        until=moment(state.until),
    )


def state_of_work(work: Work) -> WorkState:
    until = work.until.timestamp() if work.until else None
    return WorkState(work.kind, work.by, work.since.timestamp(), work.owner, work.note, work.ticket, until)


class _Work(msgspec.Struct, gc=False):
    """The fields of the contract's Work in its order."""

    kind: WorkKind
    owner: str | None
    note: str | None
    ticket: str | None
    until: datetime | None
    by: str
    since: datetime


class _Head(msgspec.Struct, gc=False):
    """The fields of the contract's Device in its order, `observed_at` left out."""

    platform: str
    source: str
    device_id: str
    name: str
    status: Status
    status_since: datetime
    status_since_at_least: bool
    cause: Cause | None
    closed_until: str | None
    vendor_state: str | None
    last_seen: datetime | None
    playback: Playback
    activated: bool | None
    player_version: str | None
    ip: str | None
    external_ip: str | None
    time_zone: str | None
    site: str | None
    city: str | None
    labels: dict[str, str]
    work: _Work | None


_encoder: Final = msgspec.json.Encoder()


def render_head(state: DeviceState) -> bytes:
    """JSON object of the device without its end, to be completed by `render_tail`."""
    facts = state.facts
    head = _Head(
        state.platform,
        state.source,
        state.device_id,
        facts.name,
        state.status,
        instant(state.status_since),
        state.status_since_at_least,
        state.cause,
        _closed_until(state),
        facts.vendor_state,
        moment(state.last_seen),
        facts.playback,
        facts.activated,
        facts.player_version,
        facts.ip,
        facts.external_ip,
        state.time_zone,
        state.local.site,
        state.local.city,
        state.local.labels,
        _rendered_work(state.local.work),
    )
    return _encoder.encode(head)[:-1]


def _rendered_work(work: WorkState | None) -> _Work | None:
    if work is None:
        return None
    until = moment(work.until)
    return _Work(work.kind, work.owner, work.note, work.ticket, until, work.by, instant(work.since))


def _closed_until(state: DeviceState) -> str | None:
    """Nothing for a device that has come online and was not joined with its hours since."""
    return state.closed_until if state.cause is Cause.CLOSED else None


def render_tail(observed_at: float | None) -> bytes:
    return b',"observed_at":' + _encoder.encode(moment(observed_at)) + b"}"
