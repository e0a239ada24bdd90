"""One device's stored messages, read anew each time: few are kept of each device, and few people ask."""

import asyncio
from typing import Final

from nats.js.api import ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError
from vitrina_contracts.device import DeviceKey
from vitrina_contracts.subjects import DEVICES, device_status
from vitrina_kit.bus import BUS_FAILURES, Bus

from vitrina_gateway.adapters.status_publisher import parse_event
from vitrina_gateway.domain.overview import Change
from vitrina_gateway.use_cases.ports import RecordUnavailableError

_PATIENCE_SECONDS: Final = 3.0


class ChainReader:
    """Implements the port `Chains`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def of(self, key: DeviceKey) -> list[Change]:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await self._read(device_status(key))
        except BUS_FAILURES as error:
            raise RecordUnavailableError(type(error).__name__) from error

    async def _read(self, subject: str) -> list[Change]:
        jetstream = self._bus.jetstream
        try:
            last = await jetstream.get_last_msg(DEVICES.name, subject)
        except NotFoundError:
            return []
        subscription = await jetstream.subscribe(
            subject,
            stream=DEVICES.name,
            ordered_consumer=True,
            config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL),
        )
        found: list[Change] = []
        try:
            sequence = 0
            while sequence < (last.seq or 0):
                message = await subscription.next_msg(timeout=_PATIENCE_SECONDS)
                sequence = message.metadata.sequence.stream
                if (change := parse_event(message.data)) is not None:
                    found.append(change)
        finally:
            await subscription.unsubscribe()
        return found
