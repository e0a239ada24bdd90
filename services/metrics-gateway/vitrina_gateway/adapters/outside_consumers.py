"""The consumers of `DEVICES` through which systems outside read: durable, pulled, each named like its user of NATS.

Who reads may not make its own: where a consumer delivers to stands in a body, which no permission of NATS is held
against.
"""

from collections.abc import Iterable

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError
from vitrina_contracts.subjects import DEVICE_STATUS_ALL, DEVICES
from vitrina_kit.bus import BUS_FAILURES, Bus

from vitrina_gateway.use_cases.ports import RecordUnavailableError


class OutsideConsumers:
    def __init__(self, bus: Bus, names: Iterable[str]) -> None:
        self._bus = bus
        self._names = names

    async def ensure(self) -> None:
        """Makes those that are missing; one that is there goes on where its reader stopped.

        Raises:
            RecordUnavailableError: NATS or the stream is not there.
        """
        try:
            for name in self._names:
                await self._ensure(name)
        except BUS_FAILURES as error:
            raise RecordUnavailableError from error

    async def _ensure(self, name: str) -> None:
        jetstream = self._bus.jetstream
        try:
            await jetstream.consumer_info(DEVICES.name, name)
        except NotFoundError:
            await jetstream.add_consumer(
                DEVICES.name,
                ConsumerConfig(
                    durable_name=name,
                    filter_subject=DEVICE_STATUS_ALL,
                    deliver_policy=DeliverPolicy.LAST_PER_SUBJECT,
                    ack_policy=AckPolicy.EXPLICIT,
                ),
            )
