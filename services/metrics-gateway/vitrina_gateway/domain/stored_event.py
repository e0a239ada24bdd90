"""Reading stored events of devices. Pure.

With typed structs instead of the contract's models: a starting gateway reads one for each device before it judges
anything, and this takes a tenth of the time. What the contract says has a default may be absent, and what it does not
know is passed over, so that events of the version before and after are read.
"""

from datetime import datetime
from typing import Final

import msgspec
from vitrina_contracts.device import Cause, Playback, Status
from vitrina_contracts.work import WorkKind

from vitrina_gateway.domain.device import NO_LOCAL_FACTS, DeviceState, Facts, LocalFacts, WorkState


class _Work(msgspec.Struct, gc=False):
    kind: WorkKind
    by: str
    since: datetime
    owner: str | None = None
    note: str | None = None
    ticket: str | None = None
    until: datetime | None = None


class _Device(msgspec.Struct, gc=False):
    platform: str
    source: str
    device_id: str
    name: str
    status: Status
    status_since: datetime
    status_since_at_least: bool = False
    cause: Cause | None = None
    closed_until: datetime | None = None
    vendor_state: str | None = None
    last_seen: datetime | None = None
    playback: Playback = Playback.UNKNOWN
    activated: bool | None = None
    player_version: str | None = None
    ip: str | None = None
    external_ip: str | None = None
    time_zone: str | None = None
    site: str | None = None
    city: str | None = None
    labels: dict[str, str] = {}
    work: _Work | None = None
    observed_at: datetime | None = None


class StoredChange(msgspec.Struct, gc=False):
    """The data of an event."""

    device: _Device
    previous: Status | None
    evaluated_at: datetime
    removed: bool = False


class _Event(msgspec.Struct, gc=False):
    data: StoredChange


_decoder: Final = msgspec.json.Decoder(_Event)


def read_change(payload: bytes) -> StoredChange | None:
    """None for what is no event of a device."""
    try:
        return _decoder.decode(payload).data
    except msgspec.MsgspecError:
        return None


def state_of(change: StoredChange) -> DeviceState:
    """The device as the event tells of it."""
    device = change.device
    facts = Facts(
        device.name,
        device.vendor_state,
        device.playback,
        device.activated,
        device.player_version,
        device.ip,
        device.external_ip,
        device.time_zone,
    )
    return DeviceState(
        device.platform,
        device.source,
        device.device_id,
        facts,
        device.status,
        device.status_since.timestamp(),
        device.status_since_at_least,
        device.cause,
        _seconds(device.last_seen),
        _seconds(device.observed_at),
        local=_local(device),
        closed_until=device.closed_until.isoformat() if device.closed_until else None,
    )


def _local(device: _Device) -> LocalFacts:
    """One object for all of which nobody knows anything."""
    if device.site is None and device.city is None and not device.labels and device.work is None:
        return NO_LOCAL_FACTS
    return LocalFacts(device.site, device.city, None, device.labels, _work(device.work))


def _work(work: _Work | None) -> WorkState | None:
    if work is None:
        return None
    return WorkState(
        work.kind, work.by, work.since.timestamp(), work.owner, work.note, work.ticket, _seconds(work.until)
    )


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
