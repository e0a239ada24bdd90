"""NATS JetStream for a service: publish with confirmation, durable consumers, and own watchdogs.

NATS is transport, not truth, and its absence must never stall a service. So the connection is made in the background
with endless attempts (with a finite number FastStream's pull loop blocks the event loop for ever once they are used
up), deleted streams and consumers are made again by a watchdog (nobody else does it), and a failing handler is given
its message again after our own delay (a bare nack would come back thousands of times a second).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Self

import structlog
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.security import SASLPlaintext
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy as ConsumerAckPolicy
from nats.js.api import ConsumerConfig, DeliverPolicy
from nats.js.errors import BadRequestError, NotFoundError
from prometheus_client import Gauge
from vitrina_contracts.subjects import StreamSpec

from vitrina_kit.deliveries import Handler, handled_with, undecoded
from vitrina_kit.settings import BusSettings, read_secret
from vitrina_kit.streams import stream_config

log = structlog.get_logger(__name__)

CONNECTED: Final = Gauge("vitrina_bus_connected", "1 while the connection to NATS is up.")

_PUBLISH_TIMEOUT_SECONDS: Final = 5.0
_WATCH_SECONDS: Final = 10.0
_ACK_WAIT_SECONDS: Final = 30
_WRONG_LAST_SEQUENCE: Final = 10071


class BusUnavailableError(Exception):
    """The message may or may not have been stored: publish it again with the same id."""


BUS_FAILURES: Final = (NatsError, BusUnavailableError, TimeoutError, OSError)
"""What asking NATS by `Bus.jetstream` may end with while it is away, or refuses."""


class WrongLastSequenceError(Exception):
    """Somebody (perhaps an own earlier try) published on this subject meanwhile: read its last message."""


@dataclass(frozen=True)
class _Subscription:
    subject: str
    durable: str
    stream: str
    subscriber: Any  # FastStream does not export a public type for it


class Bus:
    """Subscribe first, then `async with bus:`; entering never waits for NATS."""

    def __init__(
        self,
        settings: BusSettings,
        service: str,
        streams: Sequence[StreamSpec],
        *,
        watch_seconds: float = _WATCH_SECONDS,
    ) -> None:
        self._streams = streams
        self._replicas = settings.nats_replicas
        self._watch_seconds = watch_seconds
        self._subscriptions: list[_Subscription] = []
        self._listeners: list[tuple[str, Callable[[], None]]] = []
        self._on_connect: list[Callable[[], Awaitable[None]]] = []
        self._client: Client | None = None
        self._tasks: list[asyncio.Task[None]] = []
        password = read_secret(settings.nats_password_file) if settings.nats_password_file else None
        self._inbox = f"_INBOX_{settings.nats_user}" if settings.nats_user else "_INBOX"
        self._broker = NatsBroker(
            settings.nats_servers,
            security=SASLPlaintext(settings.nats_user, password) if settings.nats_user and password else None,
            name=service,
            inbox_prefix=self._inbox,
            allow_reconnect=True,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.25,  # type: ignore[arg-type] # seconds, handed on to nats-py, which takes parts of one
            connect_timeout=2,
            ping_interval=5,
            max_outstanding_pings=2,
            error_cb=_on_error,
            disconnected_cb=self._disconnected,
            reconnected_cb=self._reconnected,
            logger=None,
        )

    @property
    def connected(self) -> bool:
        return self._client is not None and self._client.is_connected

    @property
    def jetstream(self) -> JetStreamContext:
        """The client library's own interface, for what this class does not wrap.

        Raises:
            BusUnavailableError: there has been no connection yet.
        """
        if self._client is None:
            msg = "not connected to NATS yet"
            raise BusUnavailableError(msg)
        return self._client.jetstream(timeout=_PUBLISH_TIMEOUT_SECONDS)

    def on_connect(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Called after each connection, when the streams exist; its failure is logged."""
        self._on_connect.append(callback)

    def subscribe(self, subject: str, durable: str, stream: StreamSpec, handler: Handler) -> None:
        """A durable pull consumer. Handlers should only enqueue: one slow message holds the next fetch."""
        subscriber = self._broker.subscriber(
            subject,
            durable=durable,
            stream=JStream(stream.name, declare=False),
            pull_sub=PullSub(batch_size=100, timeout=5),
            ack_policy=AckPolicy.MANUAL,
            inbox_prefix=f"{self._inbox}.".encode(),  # the connection's own is not asked by pull consumers
            decoder=undecoded,
            config=ConsumerConfig(
                durable_name=durable,
                filter_subject=subject,
                ack_policy=ConsumerAckPolicy.EXPLICIT,
                deliver_policy=DeliverPolicy.LAST_PER_SUBJECT,
                ack_wait=_ACK_WAIT_SECONDS,
                max_ack_pending=1000,
            ),
        )
        subscriber(handled_with(handler, durable))
        self._subscriptions.append(_Subscription(subject, durable, stream.name, subscriber))

    def listen(self, subject: str, callback: Callable[[], None]) -> None:
        """Calls back with each message that passes by, and after each connection: some may have passed meanwhile.

        Without JetStream: for whoever only has to look again, and can bear to miss that for a while.
        """
        self._listeners.append((subject, callback))

    async def publish(
        self,
        subject: str,
        payload: bytes,
        *,
        message_id: str,
        expected_last_subject_sequence: int | None = None,
    ) -> int:
        """Stores a message and returns its stream sequence.

        Raises:
            BusUnavailableError: no confirmation came; the outcome is unknown.
            WrongLastSequenceError: the subject's last sequence is not the expected one.
        """
        headers = {"Nats-Msg-Id": message_id, "Content-Type": "application/cloudevents+json"}
        if expected_last_subject_sequence is not None:
            headers["Nats-Expected-Last-Subject-Sequence"] = str(expected_last_subject_sequence)
        if not self.connected:
            msg = "NATS is not connected"
            raise BusUnavailableError(msg)
        try:
            confirmation = await self.jetstream.publish(subject, payload, headers=headers)
        except BadRequestError as error:
            if error.err_code == _WRONG_LAST_SEQUENCE:
                raise WrongLastSequenceError(subject) from None
            raise BusUnavailableError(str(error)) from error
        except (NatsError, TimeoutError, OSError) as error:
            raise BusUnavailableError(f"{type(error).__name__} on {subject}") from error
        return confirmation.seq

    async def ensure_streams(self) -> None:
        """Makes the streams of this service as the contracts say; existing ones are left as they are."""
        for spec in self._streams:
            try:
                await self.jetstream.stream_info(spec.name)
            except NotFoundError:
                await self.jetstream.add_stream(stream_config(spec, self._replicas))
                log.info("stream_made", stream=spec.name)

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._connect()), asyncio.create_task(self._watch())]
        return self

    async def __aexit__(self, *_exception: object) -> None:
        # Python 3.11's `wait_for` loses a cancellation that arrives together with its inner result, and nats-py then
        # goes on connecting for ever: the tasks are cancelled again until they have ended.
        while pending := [task for task in self._tasks if not task.done()]:
            for task in pending:
                task.cancel()
            await asyncio.wait(pending, timeout=0.1)
        await self._broker.stop()

    async def check(self) -> str | None:
        """For `Health`."""
        return None if self.connected else "not connected to NATS; it is tried again"

    async def _connect(self) -> None:
        """Connects, however long it takes, and starts the consumers."""
        while self._client is None:
            try:
                self._client = await self._broker.connect()
            except (NatsError, OSError, TimeoutError) as error:
                log.warning("bus_not_connected", error=str(error) or type(error).__name__)
                await asyncio.sleep(1)
        CONNECTED.set(1)
        log.info("bus_connected")
        for subject, callback in self._listeners:
            await self._client.subscribe(subject, cb=_heard(callback))  # the client renews it when it reconnects
        while True:
            try:
                await self.ensure_streams()
                await self._broker.start()
            except BUS_FAILURES as error:
                log.warning("bus_not_started", error=str(error) or type(error).__name__)
                await asyncio.sleep(1)
            else:
                break
        await self._call_back()

    async def _call_back(self) -> None:
        for _, heard in self._listeners:
            heard()
        for callback in self._on_connect:
            try:
                await callback()
            except Exception:
                log.exception("on_connect_failed")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._watch_seconds)
            if not self.connected or not self._broker.running:
                continue
            try:
                await self._repair()
            except BUS_FAILURES as error:
                log.warning("bus_watch_failed", error=type(error).__name__)

    async def _repair(self) -> None:
        """Makes deleted streams and consumers again."""
        missing_streams = [spec for spec in self._streams if not await self._exists(spec.name)]
        if missing_streams:
            await self.ensure_streams()
        for subscription in self._subscriptions:
            if not await self._exists(subscription.stream, subscription.durable):
                log.warning("consumer_missing", durable=subscription.durable)
                await subscription.subscriber.stop()
                await subscription.subscriber.start()
        if missing_streams:
            await self._call_back()

    async def _exists(self, stream: str, consumer: str | None = None) -> bool:
        try:
            if consumer is None:
                await self.jetstream.stream_info(stream)
            else:
                await self.jetstream.consumer_info(stream, consumer)
        except NotFoundError:
            return False
        return True

    async def _disconnected(self) -> None:
        CONNECTED.set(0)
        log.warning("bus_disconnected")

    async def _reconnected(self) -> None:
        CONNECTED.set(1)
        log.info("bus_reconnected")
        self._tasks.append(asyncio.create_task(self._after_reconnect()))

    async def _after_reconnect(self) -> None:
        self._tasks = [task for task in self._tasks if not task.done()]
        try:
            await self._repair()
        except BUS_FAILURES as error:
            log.warning("bus_repair_failed", error=type(error).__name__)
        await self._call_back()


def _heard(callback: Callable[[], None]) -> Callable[[Msg], Awaitable[None]]:
    async def hear(_message: Msg) -> None:
        callback()

    return hear


async def _on_error(error: Exception) -> None:
    log.warning("bus_error", error=f"{type(error).__name__}: {error}")


@asynccontextmanager
async def connected_bus(bus: Bus, deadline_seconds: float = 10) -> AsyncIterator[Bus]:
    """For tests and tools: enters the bus and waits until it is connected and its consumers run."""
    ready = asyncio.Event()

    async def note() -> None:
        ready.set()

    bus.on_connect(note)
    async with bus:
        async with asyncio.timeout(deadline_seconds):
            await ready.wait()
        yield bus
