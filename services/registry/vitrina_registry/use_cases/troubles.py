"""What people must be told of that only the registry knows."""

from dataclasses import dataclass
from typing import Final

from vitrina_contracts.operations import OperationState

from vitrina_registry.domain.notifications import DeliveryState, delivery_state
from vitrina_registry.domain.operation import Operation
from vitrina_registry.use_cases.ports import World

_MOST: Final = 1000


@dataclass(frozen=True)
class Troubles:
    failing_removals: list[Operation]
    delivery: DeliveryState | None
    """Of receivers and routes; None: nobody ever set any."""


async def troubles(world: World) -> Troubles:
    async with world.unit_of_work() as uow:
        removals = await uow.operations.page([OperationState.FAILED], None, None, _MOST)
        notifications = await uow.notifications.find()
        report = await uow.notifications.report()
    is_set = notifications.revision > 0
    return Troubles(removals, delivery_state(notifications.revision, report, world.now()) if is_set else None)
