"""Alerts as events on the stream ALERTS."""

from typing import Final

from vitrina_contracts.events import TYPE_ALERT_CHANGED, AlertChanged, CloudEvent
from vitrina_contracts.subjects import alert_changed
from vitrina_kit.bus import Bus, BusUnavailableError

from vitrina_gateway.use_cases.ports import RecordUnavailableError

_SOURCE: Final = "/vitrina/metrics-gateway"


class AlertPublisher:
    """Implements the port `AlertRecord`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def store(self, alert: AlertChanged, identity: str) -> None:
        event = CloudEvent[AlertChanged](
            id=identity,
            source=_SOURCE,
            type=TYPE_ALERT_CHANGED,
            subject=alert.fingerprint,
            time=alert.ends_at or alert.starts_at,
            data=alert,
        )
        subject = alert_changed(alert.severity, alert.name)
        try:
            await self._bus.publish(subject, event.model_dump_json().encode(), message_id=identity)
        except BusUnavailableError as error:
            raise RecordUnavailableError from error
