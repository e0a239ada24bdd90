"""The bus against a real nats-server that is killed, wiped and tampered with."""

import asyncio
from collections.abc import Callable

import pytest
from vitrina_contracts.subjects import EXPORTER_CHANGED_ALL, EXPORTERS
from vitrina_kit.bus import Bus, BusUnavailableError, WrongLastSequenceError, connected_bus
from vitrina_kit.deliveries import Delivery, PoisonMessageError
from vitrina_kit.testing.nats import NatsServer, nats_server  # noqa: F401 - a fixture
from vitrina_kit.testing.ports import free_port

SUBJECT = "exporters.changed.acme"
DURABLE = "tests"


class Inbox:
    """Keeps what it is given; raises what it is told to, once."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.raises: list[Exception] = []
        self._changed = asyncio.Condition()

    async def take(self, delivery: Delivery) -> None:
        async with self._changed:
            self.bodies.append(delivery.data)
            self._changed.notify_all()
        if self.raises:
            raise self.raises.pop(0)

    async def until(self, holds: Callable[[list[bytes]], bool], seconds: float = 15) -> None:
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: holds(self.bodies))


def bus_with(server: NatsServer, inbox: Inbox) -> Bus:
    bus = Bus(server.settings, "tests", [EXPORTERS], watch_seconds=0.3)
    bus.subscribe(EXPORTER_CHANGED_ALL, DURABLE, EXPORTERS, inbox.take)
    return bus


async def publish(bus: Bus, body: bytes) -> int:
    """Until it is stored, as a relay would."""
    async with asyncio.timeout(15):
        while True:
            try:
                return await bus.publish(SUBJECT, body, message_id=body.decode())
            except BusUnavailableError:
                await asyncio.sleep(0.1)


async def test_a_server_of_several_that_is_away_is_passed_over(nats_server: NatsServer) -> None:  # noqa: F811
    nowhere = f"nats://127.0.0.1:{free_port()}"
    several = nats_server.settings.model_copy(update={"nats_url": f"{nowhere}, {nats_server.url}, {nowhere}"})
    async with connected_bus(Bus(several, "tests", [EXPORTERS])) as bus:
        assert await bus.publish(SUBJECT, b"one", message_id="one") == 1


async def test_what_is_published_is_delivered_once(nats_server: NatsServer) -> None:  # noqa: F811
    inbox = Inbox()
    async with connected_bus(bus_with(nats_server, inbox)) as bus:
        first = await bus.publish(SUBJECT, b"one", message_id="one")
        again = await bus.publish(SUBJECT, b"one", message_id="one")
        await bus.publish(SUBJECT, b"two", message_id="two")
        await inbox.until(lambda bodies: b"two" in bodies)
        assert first == again
        assert inbox.bodies == [b"one", b"two"]


async def test_a_message_whose_handler_failed_comes_again(nats_server: NatsServer) -> None:  # noqa: F811
    inbox = Inbox()
    inbox.raises = [RuntimeError("not yet")]
    async with connected_bus(bus_with(nats_server, inbox)) as bus:
        await bus.publish(SUBJECT, b"one", message_id="one")
        await inbox.until(lambda bodies: bodies == [b"one", b"one"])


async def test_a_poison_message_is_dropped_and_the_next_one_handled(nats_server: NatsServer) -> None:  # noqa: F811
    inbox = Inbox()
    inbox.raises = [PoisonMessageError("no CloudEvent")]
    async with connected_bus(bus_with(nats_server, inbox)) as bus:
        await bus.publish(SUBJECT, b"poison", message_id="poison")
        await bus.publish(SUBJECT, b"good", message_id="good")
        await inbox.until(lambda bodies: b"good" in bodies)
        info = await bus.jetstream.consumer_info(EXPORTERS.name, DURABLE)
        assert inbox.bodies == [b"poison", b"good"]
        assert info.num_redelivered == 0


async def test_the_last_sequence_of_a_subject_is_checked(nats_server: NatsServer) -> None:  # noqa: F811
    async with connected_bus(bus_with(nats_server, Inbox())) as bus:
        sequence = await bus.publish(SUBJECT, b"one", message_id="one", expected_last_subject_sequence=0)
        with pytest.raises(WrongLastSequenceError):
            await bus.publish(SUBJECT, b"two", message_id="two", expected_last_subject_sequence=0)
        assert await bus.publish(SUBJECT, b"two", message_id="two", expected_last_subject_sequence=sequence) > sequence


async def test_a_killed_server_is_found_again(nats_server: NatsServer) -> None:  # noqa: F811
    inbox = Inbox()
    async with connected_bus(bus_with(nats_server, inbox)) as bus:
        await publish(bus, b"before")
        await inbox.until(lambda bodies: b"before" in bodies)
        nats_server.kill()
        nats_server.start()
        await publish(bus, b"after")
        await inbox.until(lambda bodies: b"after" in bodies)


async def test_a_deleted_consumer_and_a_deleted_stream_are_made_again(nats_server: NatsServer) -> None:  # noqa: F811
    inbox = Inbox()
    async with connected_bus(bus_with(nats_server, inbox)) as bus:
        await bus.jetstream.delete_consumer(EXPORTERS.name, DURABLE)
        await publish(bus, b"consumer")
        await inbox.until(lambda bodies: b"consumer" in bodies)
        await bus.jetstream.delete_stream(EXPORTERS.name)
        await publish(bus, b"stream")
        await inbox.until(lambda bodies: b"stream" in bodies)


async def test_a_wiped_store_is_made_again(nats_server: NatsServer) -> None:  # noqa: F811
    inbox = Inbox()
    async with connected_bus(bus_with(nats_server, inbox)) as bus:
        await publish(bus, b"before")
        nats_server.wipe()
        nats_server.start()
        await publish(bus, b"after")
        await inbox.until(lambda bodies: b"after" in bodies)


async def test_entering_does_not_wait_for_a_server_that_comes_later(nats_server: NatsServer) -> None:  # noqa: F811
    nats_server.kill()
    inbox = Inbox()
    async with bus_with(nats_server, inbox) as bus:
        with pytest.raises(BusUnavailableError):
            await bus.publish(SUBJECT, b"early", message_id="early")
        assert await bus.check() is not None
        nats_server.start()
        await publish(bus, b"late")
        await inbox.until(lambda bodies: bodies == [b"late"])
        assert await bus.check() is None
