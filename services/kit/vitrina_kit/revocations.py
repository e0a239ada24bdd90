"""Access tokens that are refused although they have not expired: sessions that ended, users whose rights changed.

auth stores a revocation with the change that causes it and publishes its `sid` on NATS. Every service reads all that
could still matter when it starts and each new one as it comes, so a revocation counts within seconds. Without NATS a
token lives until it expires, ten minutes at most, and readiness says so.
"""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy
from prometheus_client import Gauge
from pydantic import ValidationError
from vitrina_contracts.events import AccessRevoked, CloudEvent
from vitrina_contracts.subjects import AUTH, AUTH_REVOKED_ALL
from vitrina_contracts.tokens import LIFETIME_SECONDS, Claims

from vitrina_kit.bus import BUS_FAILURES, Bus

log = structlog.get_logger(__name__)

FOLLOWED: Final = Gauge("vitrina_revocations_followed", "1 while revocations of access tokens are heard of at once.")

_KEEP_SECONDS: Final = 2.0 * LIFETIME_SECONDS
_HEARTBEAT_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 1.0


class Revocations:
    """What has been revoked lately, and who wants to know at once."""

    def __init__(self) -> None:
        self._revoked: OrderedDict[str, float] = OrderedDict()
        self._watchers: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)
        self._followed = False

    def __contains__(self, sid: str | None) -> bool:
        return sid in self._revoked

    def add(self, sid: str) -> None:
        """Forgets those whose last token has expired, so that the number is bounded by what ends in twenty minutes."""
        now = time.monotonic()
        self._revoked[sid] = now
        while now - next(iter(self._revoked.values())) > _KEEP_SECONDS:
            self._revoked.popitem(last=False)
        for callback in tuple(self._watchers.get(sid, ())):
            callback()

    @contextmanager
    def watch(self, claims: Claims, callback: Callable[[], None]) -> Iterator[None]:
        """Calls back, at once if it has happened already, when the caller's token is revoked; for open streams."""
        sid = claims.sid
        if sid is None:
            yield
            return
        self._watchers[sid].add(callback)
        try:
            if sid in self:
                callback()
            yield
        finally:
            self._watchers[sid].discard(callback)
            if not self._watchers[sid]:
                del self._watchers[sid]

    async def check(self) -> str | None:
        """For `Health`: not required, as tokens end by themselves."""
        if self._followed:
            return None
        return f"revocations are not heard of: a revoked access token lives up to {LIFETIME_SECONDS // 60} minutes"

    async def follow(self, bus: Bus) -> None:
        """Runs for ever; begins anew, with all that is stored, after each failure."""
        while True:
            try:
                await self._follow(bus.jetstream)
            except BUS_FAILURES as error:
                log.debug("revocations_not_followed", error=type(error).__name__)
            finally:
                self._set_followed(on=False)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _follow(self, jetstream: JetStreamContext) -> None:
        """Ends by an exception when the stream is gone or silent beyond its heartbeat."""
        made = (await jetstream.stream_info(AUTH.name)).created
        subscription = await jetstream.subscribe(
            AUTH_REVOKED_ALL,
            stream=AUTH.name,
            ordered_consumer=True,
            config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL, idle_heartbeat=_HEARTBEAT_SECONDS),
        )
        try:
            self._set_followed(on=True)
            while (await jetstream.stream_info(AUTH.name)).created == made:
                await self._read(subscription)
        finally:
            await _unsubscribe(subscription)

    async def _read(self, subscription: JetStreamContext.PushSubscription) -> None:
        """Takes what comes until there was nothing for a while."""
        while True:
            try:
                message = await subscription.next_msg(timeout=_HEARTBEAT_SECONDS)
            except NatsTimeoutError:
                return
            try:
                self.add(CloudEvent[AccessRevoked].model_validate_json(message.data).data.sid)
            except ValidationError:
                log.warning("unreadable_revocation", subject=message.subject)

    def _set_followed(self, *, on: bool) -> None:
        if on != self._followed:
            log.info("revocations_followed", followed=on)
        self._followed = on
        FOLLOWED.set(on)


async def _unsubscribe(subscription: JetStreamContext.PushSubscription) -> None:
    try:
        await subscription.unsubscribe()
    except BUS_FAILURES as error:
        log.debug("unsubscribe_failed", error=type(error).__name__)
