"""What becomes of a message that a service is given: done with, dropped, or given again after a while."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from faststream.nats.annotations import NatsMessage
from prometheus_client import Counter

log = structlog.get_logger(__name__)

DELIVERIES: Final = Counter("vitrina_bus_deliveries", "Messages handled, by outcome.", ["durable", "outcome"])

_LONGEST_DELAY_SECONDS: Final = 60


class PoisonMessageError(Exception):
    """The handler cannot ever make sense of this message; it is counted and dropped."""


@dataclass(frozen=True)
class Delivery:
    subject: str
    data: bytes
    sequence: int


Handler = Callable[[Delivery], Awaitable[None]]


def handled_with(handler: Handler, durable: str) -> Callable[[NatsMessage], Awaitable[None]]:
    async def handle(message: NatsMessage) -> None:
        raw = message.raw_message
        delivery = Delivery(raw.subject, raw.data, raw.metadata.sequence.stream)
        try:
            await handler(delivery)
        except PoisonMessageError as error:
            DELIVERIES.labels(durable, "poison").inc()
            log.error(  # noqa: TRY400 - the cause is known; a traceback would only repeat it
                "poison_message", durable=durable, subject=delivery.subject, sequence=delivery.sequence, why=str(error)
            )
            await message.reject()
        except Exception:
            DELIVERIES.labels(durable, "failed").inc()
            log.exception("message_failed", durable=durable, subject=delivery.subject, sequence=delivery.sequence)
            await message.nack(delay=_delay(raw.metadata.num_delivered))
        else:
            DELIVERIES.labels(durable, "handled").inc()
            await message.ack()

    return handle


def _delay(deliveries: int) -> float:
    """Seconds before a failed message comes again: doubled each time, with jitter, a minute at most."""
    return float(min(2 ** min(deliveries, 10), _LONGEST_DELAY_SECONDS)) + random.random()  # noqa: S311 - jitter


async def undecoded(message: Any) -> bytes:
    """Handlers decode by the contracts; FastStream's guesses (`b"0"` is an int) stay out of it."""
    body: bytes = message.body
    return body
