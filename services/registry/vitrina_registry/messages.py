"""`exporters.status.*` -> what was last observed of each exporter."""

from collections.abc import Awaitable, Callable

from pydantic import ValidationError
from vitrina_contracts.events import CloudEvent, ExporterStatusChanged
from vitrina_kit.deliveries import Delivery, PoisonMessageError

from vitrina_registry.use_cases.observed import record_observed
from vitrina_registry.use_cases.ports import World

DURABLE = "registry-status"


def status_handler(world: World) -> Callable[[Delivery], Awaitable[None]]:
    async def handle(delivery: Delivery) -> None:
        try:
            event = CloudEvent[ExporterStatusChanged].model_validate_json(delivery.data)
        except ValidationError as error:
            raise PoisonMessageError(f"{error.error_count()} fields do not fit an exporter's status") from None
        await record_observed(world, event.data)

    return handle
