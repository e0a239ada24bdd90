"""`exporters.changed.*`: somebody changed an exporter's desired state. The message only wakes; the pass reads."""

from collections.abc import Callable
from typing import Final

from pydantic import ValidationError
from vitrina_contracts.events import CloudEvent, ExporterChanged
from vitrina_contracts.subjects import EXPORTER_CHANGED_ALL, EXPORTERS
from vitrina_kit.bus import Bus
from vitrina_kit.deliveries import Delivery, PoisonMessageError

DURABLE: Final = "orchestrator"


def subscribe(bus: Bus, wake: Callable[[str], None]) -> None:
    async def on_changed(delivery: Delivery) -> None:
        try:
            event = CloudEvent[ExporterChanged].model_validate_json(delivery.data)
        except ValidationError as error:
            raise PoisonMessageError(f"not an ExporterChanged: {error.error_count()} errors") from None
        wake(event.data.exporter)

    bus.subscribe(EXPORTER_CHANGED_ALL, DURABLE, EXPORTERS, on_changed)
