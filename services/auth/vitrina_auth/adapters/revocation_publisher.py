"""Revocations on NATS: one subject each, so that a repeated one replaces itself."""

from vitrina_contracts.events import TYPE_ACCESS_REVOKED, AccessRevoked, CloudEvent
from vitrina_contracts.subjects import auth_revoked
from vitrina_kit.bus import Bus
from vitrina_kit.clock import Clock


class RevocationPublisher:
    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock

    async def publish(self, sid: str) -> None:
        """Raises `BusUnavailableError` when no confirmation came."""
        event = CloudEvent[AccessRevoked](
            id=f"revoked-{sid}",
            source="/vitrina/auth",
            type=TYPE_ACCESS_REVOKED,
            time=self._clock(),
            data=AccessRevoked(sid=sid),
        )
        await self._bus.publish(auth_revoked(sid), event.model_dump_json().encode(), message_id=event.id)
