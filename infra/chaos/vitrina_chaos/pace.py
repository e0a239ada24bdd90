"""How long an accepted change takes until the exporter is told to run with it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import nats
from nats.aio.msg import Msg
from vitrina_contracts.events import CloudEvent, ExporterStatusChanged
from vitrina_contracts.exporter import ObservedExporter, Phase
from vitrina_contracts.subjects import EXPORTER_STATUS_ALL

_LATE_SECONDS = 3


@dataclass
class Pace:
    """Changes that were overtaken by a stop or a removal do not count."""

    seconds: list[float] = field(default_factory=list)
    """Of each change that was reached, from the answer of the registry."""
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
            self.seconds.append(time.monotonic() - waiting.pop(revision))

    def figures(self) -> str:
        if not self.seconds:
            return "no change was reached"
        ordered = sorted(self.seconds)
        p50, p99 = (ordered[min(int(len(ordered) * part), len(ordered) - 1)] for part in (0.50, 0.99))
        return f"change to running p50 {p50:.2f} s, p99 {p99:.2f} s of {len(ordered)}"

    @asynccontextmanager
    async def heard(self, nats_url: str) -> AsyncIterator[None]:
        """Listens to statuses while the block runs, also when NATS dies in between."""

        async def hear(message: Msg) -> None:
            event = CloudEvent[ExporterStatusChanged].model_validate_json(message.data)
            self.told(event.data.exporter, event.data.observed)

        async def quiet(_error: Exception) -> None:
            return

        client = await nats.connect(nats_url, max_reconnect_attempts=-1, reconnect_time_wait=0.1, error_cb=quiet)
        await client.subscribe(EXPORTER_STATUS_ALL, cb=hear)
        try:
            yield
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LATE_SECONDS):
                    await client.close()
