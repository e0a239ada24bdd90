"""How long an accepted change takes until the exporter is told to run with it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import nats
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from vitrina_contracts.events import CloudEvent, ExporterStatusChanged
from vitrina_contracts.exporter import ObservedExporter, Phase
from vitrina_contracts.subjects import EXPORTER_STATUS_ALL, EXPORTERS, exporter_status

_LATE_SECONDS = 3
_SLOWEST = 5
_BEFORE_SECONDS = 2.0
"""A part that was killed so long before a change may still be away."""


@dataclass(frozen=True)
class Reached:
    """A change that an exporter runs with; times are monotonic seconds, from the answer of the registry."""

    exporter: str
    revision: int
    accepted_at: float
    reached_at: float

    @property
    def seconds(self) -> float:
        return self.reached_at - self.accepted_at


@dataclass
class Pace:
    """Changes that were overtaken by a stop or a removal do not count."""

    reached: list["Reached"] = field(default_factory=list)
    kills: list[tuple[float, str]] = field(default_factory=list)
    """When each part was killed."""
    returns: list[tuple[float, str]] = field(default_factory=list)
    """When each registry that was killed answered again."""
    _waiting: dict[str, dict[int, float]] = field(default_factory=dict)
    _stopped: set[str] = field(default_factory=set)

    def accepted(self, exporter: str, revision: int) -> None:
        if exporter not in self._stopped:
            self._waiting.setdefault(exporter, {}).setdefault(revision, time.monotonic())

    def stopped(self, exporter: str) -> None:
        self._stopped.add(exporter)
        self._waiting.pop(exporter, None)

    def started(self, exporter: str) -> None:
        self._stopped.discard(exporter)

    def told(self, exporter: str, observed: ObservedExporter) -> None:
        if observed.phase is not Phase.RUNNING or observed.applied_revision is None:
            return
        waiting = self._waiting.get(exporter, {})
        for revision in [each for each in waiting if each <= observed.applied_revision]:
            self.reached.append(Reached(exporter, revision, waiting.pop(revision), time.monotonic()))

    def killed(self, victim: str) -> None:
        self.kills.append((time.monotonic(), victim))

    def returned(self, victim: str) -> None:
        self.returns.append((time.monotonic(), victim))

    def figures(self) -> str:
        if not self.reached:
            return "no change was reached"
        ordered = sorted(self.reached, key=lambda change: change.seconds)
        slowest = "; ".join(self._told(change) for change in reversed(ordered[-_SLOWEST:]))
        undisturbed = [change for change in ordered if not self._meanwhile(change)]
        return f"change to running {_quantiles(ordered)}, with no kill {_quantiles(undisturbed)}; slowest: {slowest}"

    def _told(self, change: "Reached") -> str:
        """With what was killed meanwhile, and when, and when a registry answered again."""
        returns = [(at, f"{name} back") for at, name in self.returns if change.accepted_at <= at <= change.reached_at]
        seen = [
            f"{what} at {at - change.accepted_at:+.1f}" for at, what in sorted([*self._meanwhile(change), *returns])
        ]
        return f"{change.exporter} r{change.revision} {change.seconds:.1f} s ({', '.join(seen) or 'no kill'})"

    def _meanwhile(self, change: "Reached") -> list[tuple[float, str]]:
        since = change.accepted_at - _BEFORE_SECONDS
        return [(at, victim) for at, victim in self.kills if since <= at <= change.reached_at]

    @asynccontextmanager
    async def heard(self, nats_url: str) -> AsyncIterator[None]:
        """Listens to statuses while the block runs; after an outage of NATS what passed meanwhile is read."""

        async def hear(message: Msg) -> None:
            self._take(message.data)

        async def quiet(_error: Exception) -> None:
            return

        async def catch_up() -> None:
            for exporter in list(self._waiting):
                with contextlib.suppress(NatsError, TimeoutError):
                    last = await client.jetstream(timeout=_LATE_SECONDS).get_last_msg(
                        EXPORTERS.name, exporter_status(exporter)
                    )
                    self._take(last.data or b"")

        client = await nats.connect(
            nats_url, max_reconnect_attempts=-1, reconnect_time_wait=0.1, error_cb=quiet, reconnected_cb=catch_up
        )
        await client.subscribe(EXPORTER_STATUS_ALL, cb=hear)
        try:
            yield
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LATE_SECONDS):
                    await client.close()

    def _take(self, data: bytes) -> None:
        event = CloudEvent[ExporterStatusChanged].model_validate_json(data)
        self.told(event.data.exporter, event.data.observed)


def _quantiles(ordered: list[Reached]) -> str:
    if not ordered:
        return "none"
    p50, p99 = (ordered[min(int(len(ordered) * part), len(ordered) - 1)].seconds for part in (0.50, 0.99))
    return f"p50 {p50:.2f} s, p99 {p99:.2f} s of {len(ordered)}"
