"""A webhook's place in the stream of devices: a durable consumer of NATS that has one event out at a time."""

from datetime import UTC
from typing import Final

from nats.aio.msg import Msg
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError
from vitrina_contracts.subjects import DEVICE_STATUS_ALL, DEVICES
from vitrina_contracts.webhook import BeginsWith, Webhook
from vitrina_kit.bus import BUS_FAILURES, Bus

from vitrina_gateway.use_cases.ports import RecordUnavailableError

_PATIENCE_SECONDS: Final = 5.0
_ACK_WAIT_SECONDS: Final = 30.0
"""Longer than a receiver may take; after it the event is given to whoever asks, another gateway perhaps."""
_FORGOTTEN_AFTER_SECONDS: Final = 30 * 86_400.0


class HeldMessage:
    """Implements `Held`."""

    def __init__(self, message: Msg) -> None:
        self._message = message
        self.payload = message.data
        self.attempt = message.metadata.num_delivered

    async def done(self) -> None:
        try:
            await self._message.ack()
        except BUS_FAILURES as error:
            raise RecordUnavailableError from error

    async def again(self, after: float) -> None:
        try:
            await self._message.nak(delay=after)
        except BUS_FAILURES as error:
            raise RecordUnavailableError from error


class WebhookLine:
    """Implements `Line`.

    A lost consumer (its stream was wiped) is made anew: events may then be sent again, none is lost.
    """

    def __init__(self, bus: Bus, webhook: Webhook) -> None:
        self._bus = bus
        self._durable = f"webhook-{webhook.id}"
        self._begins_with = webhook.begins_with
        self._since = webhook.created_at
        self._subscription: JetStreamContext.PullSubscription | None = None

    async def next(self) -> HeldMessage | None:
        try:
            messages = await (await self._bound()).fetch(1, timeout=_PATIENCE_SECONDS)
        except NatsTimeoutError:
            return None
        except BUS_FAILURES as error:
            raise RecordUnavailableError from error
        return HeldMessage(messages[0])

    async def waiting(self) -> int:
        try:
            await self._bound()
            info = await self._bus.jetstream.consumer_info(DEVICES.name, self._durable)
        except NotFoundError as error:
            await self.leave()
            raise RecordUnavailableError from error
        except BUS_FAILURES as error:
            raise RecordUnavailableError from error
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def leave(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            try:
                await subscription.unsubscribe()
            except BUS_FAILURES:
                return  # with its connection it is gone anyway

    async def remove(self) -> None:
        await self.leave()
        try:
            await self._bus.jetstream.delete_consumer(DEVICES.name, self._durable)
        except NotFoundError:
            return
        except BUS_FAILURES as error:
            raise RecordUnavailableError from error

    async def _bound(self) -> JetStreamContext.PullSubscription:
        if self._subscription is None:
            self._subscription = await self._bus.jetstream.pull_subscribe(
                DEVICE_STATUS_ALL, durable=self._durable, stream=DEVICES.name, config=self._config()
            )
        return self._subscription

    def _config(self) -> ConsumerConfig:
        is_present = self._begins_with is BeginsWith.PRESENT
        return ConsumerConfig(
            deliver_policy=DeliverPolicy.LAST_PER_SUBJECT if is_present else DeliverPolicy.BY_START_TIME,
            opt_start_time=None if is_present else self._since.astimezone(UTC),
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=_ACK_WAIT_SECONDS,
            max_ack_pending=1,
            inactive_threshold=_FORGOTTEN_AFTER_SECONDS,
        )
