"""The stored chains on NATS JetStream: appending a link, reading the last ones, following what others append."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from nats.aio.msg import Msg
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError
from prometheus_client import Counter
from vitrina_contracts.device import DeviceKey
from vitrina_contracts.events import TYPE_DEVICE_STATUS, CloudEvent, DeviceStatusChanged
from vitrina_contracts.subjects import DEVICE_STATUS_ALL, DEVICES, device_status
from vitrina_kit.bus import BUS_FAILURES, Bus, BusUnavailableError, WrongLastSequenceError

from vitrina_gateway.domain.device import DeviceState, instant, to_contract
from vitrina_gateway.domain.overview import Change
from vitrina_gateway.domain.stored_event import read_change, state_of
from vitrina_gateway.domain.transition import Link, Transition
from vitrina_gateway.use_cases.ports import ConflictingLinkError, RecordUnavailableError, StoredLink
from vitrina_gateway.use_cases.transitions import Transitions

log = structlog.get_logger(__name__)

UNREADABLE: Final = Counter(
    "vitrina_gateway_unreadable_links", "Messages on the subjects of devices that are none of ours."
)

_SOURCE: Final = "/vitrina/metrics-gateway"
_PATIENCE_SECONDS: Final = 5.0

StatusEvent = CloudEvent[DeviceStatusChanged]

Listed = Callable[[DeviceKey], DeviceState | None]
"""The device as it is listed now."""


class StatusPublisher:
    """Implements the port `Record`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def store(self, transition: Transition) -> int:
        try:
            return await self._bus.publish(
                device_status(transition.device.key),
                render(transition),
                message_id=transition.message_id,
                expected_last_subject_sequence=transition.after,
            )
        except WrongLastSequenceError as error:
            raise ConflictingLinkError from error
        except BusUnavailableError as error:
            raise RecordUnavailableError from error

    async def last(self, key: DeviceKey) -> StoredLink | None:
        try:
            message = await self._bus.jetstream.get_last_msg(DEVICES.name, device_status(key))
        except NotFoundError:
            return None
        except BUS_FAILURES as error:
            raise RecordUnavailableError from error
        return parse(message.data or b"", message.seq or 0)

    async def forget(self, key: DeviceKey, up_to: int) -> None:
        try:
            await self._bus.jetstream.purge_stream(DEVICES.name, seq=up_to + 1, subject=device_status(key))
        except BUS_FAILURES as error:
            raise RecordUnavailableError from error


def render(transition: Transition) -> bytes:
    """The message of a link: a CloudEvent in structured mode."""
    event = StatusEvent(
        id=transition.message_id,
        source=_SOURCE,
        type=TYPE_DEVICE_STATUS,
        subject="/".join(transition.device.key),
        time=instant(transition.evaluated_at),
        data=DeviceStatusChanged(
            device=to_contract(transition.device),
            previous=transition.previous,
            removed=transition.removed,
            evaluated_at=instant(transition.evaluated_at),
        ),
    )
    return event.model_dump_json().encode()


def parse(payload: bytes, sequence: int) -> StoredLink | None:
    """None, counted, for a message that is no link."""
    change = read_change(payload)
    if change is None:
        UNREADABLE.inc()
        return None
    device = state_of(change)
    link = Link(
        device.status,
        device.status_since,
        device.status_since_at_least,
        change.removed,
        change.evaluated_at.timestamp(),
        sequence,
    )
    return StoredLink(link, device)


def parse_event(payload: bytes) -> Change | None:
    """The change that a link tells of; None for a message that is no link."""
    data = read_change(payload)
    if data is None:
        return None
    device = data.device
    key = (device.platform, device.source, device.device_id)
    at = data.evaluated_at.timestamp()
    return Change(key, device.name, data.previous, device.status, device.cause, at, data.removed)


class StatusFollower:
    """Keeps `Transitions` in step with the stream: first the last link of every device, then each new one.

    Begins anew when the stream is another one than before (wiped, made again) or has fallen silent.
    """

    def __init__(self, bus: Bus, transitions: Transitions, listed: Listed) -> None:
        self._bus = bus
        self._transitions = transitions
        self._listed = listed

    async def follow(self) -> None:
        """Runs until the stream is replaced; the caller calls it again. Raises `RecordUnavailableError`."""
        try:
            await self._follow()
        except BUS_FAILURES as error:
            raise RecordUnavailableError(type(error).__name__) from error

    async def _follow(self) -> None:
        jetstream = self._bus.jetstream
        info = await jetstream.stream_info(DEVICES.name)
        subscription = await jetstream.subscribe(
            DEVICE_STATUS_ALL,
            stream=DEVICES.name,
            ordered_consumer=True,
            config=ConsumerConfig(deliver_policy=DeliverPolicy.LAST_PER_SUBJECT, idle_heartbeat=_PATIENCE_SECONDS),
        )
        try:
            self._transitions.being_read = True
            await self._read_all(subscription, empty=info.state.messages == 0)
            while await self._is_same(info.created):
                await self._pass_on(subscription)
        finally:
            self._transitions.being_read = False
            await _unsubscribe(subscription)

    async def _read_all(self, subscription: JetStreamContext.PushSubscription, *, empty: bool) -> None:
        stored: dict[DeviceKey, StoredLink] = {}
        while not empty:
            message = await subscription.next_msg(timeout=_PATIENCE_SECONDS)
            link = parse(message.data, message.metadata.sequence.stream)
            if link is not None:
                link = self._without_copies(link)
                stored[link.device.key] = link
            empty = message.metadata.num_pending == 0
        self._transitions.reset(stored)
        self._transitions.being_read = False
        log.info("record_read", devices=len(stored))

    def _without_copies(self, stored: StoredLink) -> StoredLink:
        """Of a device that is listed with the status that is stored, the listed one: what else is told of it is newer,
        and a hundred thousand copies would take the memory of the list again.
        """
        listed = self._listed(stored.device.key)
        if listed is None or listed.status is not stored.link.status:
            return stored
        return StoredLink(stored.link, listed)

    async def _pass_on(self, subscription: JetStreamContext.PushSubscription) -> None:
        """Passes messages on until there was none for a while."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
        while (left := deadline - asyncio.get_running_loop().time()) > 0:
            try:
                message: Msg = await subscription.next_msg(timeout=left)
            except NatsTimeoutError:
                return
            link = parse(message.data, message.metadata.sequence.stream)
            if link is not None:
                self._transitions.learn(link.device.key, link)

    async def _is_same(self, created: datetime | None) -> bool:
        """Whether the stream still is the one that was read, and holds as much."""
        info = await self._bus.jetstream.stream_info(DEVICES.name)
        return info.created == created and info.state.messages >= len(self._transitions)


async def _unsubscribe(subscription: JetStreamContext.PushSubscription) -> None:
    try:
        await subscription.unsubscribe()
    except BUS_FAILURES as error:
        log.debug("unsubscribe_failed", error=type(error).__name__)
