"""Statuses of exporters onto the bus."""

from uuid import uuid4

from vitrina_contracts.events import TYPE_EXPORTER_STATUS, CloudEvent, ExporterStatusChanged
from vitrina_contracts.exporter import ObservedExporter
from vitrina_contracts.subjects import exporter_status
from vitrina_kit.bus import Bus, BusUnavailableError

from vitrina_orchestrator.domain.errors import OrchestratorError


class StatusPublisher:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def publish(self, exporter: str, observed: ObservedExporter) -> None:
        event = CloudEvent[ExporterStatusChanged](
            id=uuid4().hex,
            source="/vitrina/orchestrator",
            type=TYPE_EXPORTER_STATUS,
            subject=exporter,
            time=observed.observed_at,
            data=ExporterStatusChanged(exporter=exporter, observed=observed),
        )
        try:
            await self._bus.publish(exporter_status(exporter), event.model_dump_json().encode(), message_id=event.id)
        except BusUnavailableError as error:
            raise OrchestratorError(f"the status of {exporter} is not published: {error}") from error
