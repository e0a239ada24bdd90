"""The chain of a device's stored transitions, and what is due to be stored next. Pure.

Level, not edge: what is due follows from comparing the present devices with the last stored link of each. So a lost
acknowledgement, a restart at any line, an absent NATS or a wiped stream are all the same case, and each link begins
where the last one ended. An evaluation never overrides a link that tells of a later instant (a second gateway's).
"""

import hashlib
from collections.abc import Container, Iterable, Mapping

import msgspec
from vitrina_contracts.device import DeviceKey, Status

from vitrina_gateway.domain.device import DeviceState


class Link(msgspec.Struct, frozen=True):
    """The last stored message of a device. `evaluated_at` in Unix seconds."""

    status: Status
    status_since: float
    status_since_at_least: bool
    removed: bool
    evaluated_at: float
    sequence: int


class Transition(msgspec.Struct, frozen=True):
    """A link to store: `previous` is None for the first of a chain, `after` the sequence that it must follow."""

    device: DeviceState
    previous: Status | None
    removed: bool
    evaluated_at: float
    after: int

    @property
    def message_id(self) -> str:
        """The same for the same link, however often it is tried."""
        text = "\x1f".join((*self.device.key, str(self.after), f"{self.evaluated_at:.3f}", str(self.removed)))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def stored_as(self, sequence: int) -> Link:
        device = self.device
        return Link(
            device.status,
            device.status_since,
            device.status_since_at_least,
            self.removed,
            self.evaluated_at,
            sequence,
        )


class Due(msgspec.Struct, frozen=True):
    """`held`: how many more wait for an evaluation later than the stored link's."""

    transitions: list[Transition]
    held: int


def due(
    devices: Mapping[DeviceKey, DeviceState],
    gone: Iterable[DeviceState],
    links: Mapping[DeviceKey, Link],
    at: float,
) -> Due:
    """What must be stored so that each chain ends in the present.

    `gone`: devices that left. `at`: the last evaluation.
    """
    found = []
    held = 0
    for key, device in devices.items():
        link = links.get(key)
        if link is not None and not link.removed and link.status is device.status:
            continue
        if link is not None and at <= link.evaluated_at:
            held += 1
        else:
            found.append(_next(device, link, at))
    for device in gone:
        link = links.get(device.key)
        if link is None or link.removed or device.key in devices:
            continue
        if at <= link.evaluated_at:
            held += 1
        else:
            found.append(Transition(device, link.status, removed=True, evaluated_at=at, after=link.sequence))
    return Due(found, held)


def _next(device: DeviceState, link: Link | None, at: float) -> Transition:
    if link is None:
        return Transition(device, None, removed=False, evaluated_at=_seen_at(device, 0.0, at), after=0)
    previous = None if link.removed else link.status
    evaluated_at = _seen_at(device, link.evaluated_at, at)
    return Transition(device, previous, removed=False, evaluated_at=evaluated_at, after=link.sequence)


def _seen_at(device: DeviceState, last: float, at: float) -> float:
    """The instant of the evaluation that saw the status begin, unless the chain has gone past it."""
    return device.status_since if not device.status_since_at_least and device.status_since > last else at


def settled(
    gone: Iterable[DeviceState], devices: Container[DeviceKey], links: Mapping[DeviceKey, Link]
) -> list[DeviceKey]:
    """Of the devices that left, those whose chain needs no end any more."""
    return [device.key for device in gone if device.key in devices or _has_ended(links.get(device.key))]


def _has_ended(link: Link | None) -> bool:
    return link is None or link.removed


def absorb(device: DeviceState | None, stored: DeviceState, link: Link, at: float) -> DeviceState | None:
    """The device with what the stored message knows better. `at`: the instant that `device` is as of.

    The record decides since when a status is; a record later than `at` also decides the status. A device that is stored
    but not listed joins the list: whether it is still there is then judged like any other's presence.
    """
    if link.removed:
        return device
    if device is None:
        return stored
    if device.status is link.status:
        if device.status_since == link.status_since and device.status_since_at_least is link.status_since_at_least:
            return device
        return msgspec.structs.replace(
            device, status_since=link.status_since, status_since_at_least=link.status_since_at_least
        )
    if link.evaluated_at <= at:
        return device
    return msgspec.structs.replace(
        device,
        status=stored.status,
        cause=stored.cause,
        status_since=stored.status_since,
        status_since_at_least=stored.status_since_at_least,
        observed_at=max((time for time in (device.observed_at, stored.observed_at) if time is not None), default=None),
    )
