"""Of two gateways that have the same to store, the slower one does not send what the other has stored."""

import asyncio

from vitrina_contracts.device import DeviceKey, Status
from vitrina_gateway.domain.device import DeviceState, Facts
from vitrina_gateway.domain.index import build
from vitrina_gateway.domain.transition import Link, Transition
from vitrina_gateway.use_cases.ports import StoredLink
from vitrina_gateway.use_cases.transitions import Present, Transitions

DEVICES = 1000


class OthersRecord:
    """While the first message is on its way, another gateway stores all of them."""

    def __init__(self) -> None:
        self.sent = 0
        self.transitions: Transitions

    async def store(self, transition: Transition) -> int:
        self.sent += 1
        await asyncio.sleep(0)
        for number in range(DEVICES):
            state = device(number)
            link = Link(state.status, 1.0, False, False, 1.0, number + 1)
            self.transitions.learn(state.key, StoredLink(link, state))
        return int(transition.device.device_id) + 1

    async def last(self, _key: DeviceKey) -> StoredLink | None:
        return None

    async def forget(self, _key: DeviceKey, _up_to: int) -> None:
        """Nothing is kept."""


def device(number: int) -> DeviceState:
    return DeviceState("p", "s", str(number), Facts("n"), Status.ONLINE, 1.0, False, None, None, 1.0)


async def test_what_another_gateway_has_stored_meanwhile_is_not_sent() -> None:
    record = OthersRecord()
    record.transitions = transitions = Transitions(record)
    transitions.reset({})
    index, _ = build(None, [device(number) for number in range(DEVICES)])
    transitions.evaluated(Present(index, (), 1.0), changed=True)
    assert await transitions.store_due()
    assert record.sent < DEVICES / 2
    sent = record.sent
    assert await transitions.store_due()
    assert record.sent == sent
