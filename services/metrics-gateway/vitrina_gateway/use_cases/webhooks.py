"""Sends stored changes of devices to webhooks, each its own events in the order in which they were stored.

NATS keeps the place of each webhook: one event at a time is out, whoever of several gateways has it, and none follows
before its receiver took it. So the order holds over retries, restarts and a second gateway, and a receiver that is dead
costs one try in five minutes; what it misses waits in the stream.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog
from prometheus_client import Counter, Gauge
from vitrina_contracts.webhook import Webhook

from vitrina_gateway.domain.webhook import Answer, Told, Verdict, headers, pause, read_event, verdict
from vitrina_gateway.use_cases.ports import RecordUnavailableError

log = structlog.get_logger(__name__)

EVENTS: Final = Counter("vitrina_gateway_webhook_events", "Events of a webhook, by outcome.", ["webhook", "outcome"])
WAITING: Final = Gauge("vitrina_gateway_webhook_waiting", "Events that a webhook was not sent yet.", ["webhook"])
FAILING: Final = Gauge("vitrina_gateway_webhook_failing", "1 while a webhook's receiver takes no event.", ["webhook"])

_RETRY_SECONDS: Final = 2.0
_COUNT_SECONDS: Final = 5.0


class Held(Protocol):
    """An event that is out; the next one comes when it is done. Each method raises `RecordUnavailableError`."""

    @property
    def payload(self) -> bytes: ...

    @property
    def attempt(self) -> int:
        """1 for the first."""
        ...

    async def done(self) -> None: ...

    async def again(self, after: float) -> None:
        """In so many seconds."""
        ...


class Line(Protocol):
    """The events of one webhook, one at a time. Each method raises `RecordUnavailableError`."""

    async def next(self) -> Held | None:
        """None when there was none for some seconds."""
        ...

    async def waiting(self) -> int: ...

    async def leave(self) -> None:
        """Its place is kept."""
        ...

    async def remove(self) -> None: ...


class Receiver(Protocol):
    async def send(self, headers: dict[str, str], body: bytes) -> Answer: ...

    async def close(self) -> None: ...


@dataclass
class Progress:
    """Of a webhook, as far as this gateway has seen since it began. Times in Unix seconds."""

    waiting: int | None = None
    """Null while NATS does not say."""
    delivered: int = 0
    skipped: int = 0
    last_delivered_at: float | None = None
    failing_since: float | None = None
    reason: str | None = None
    next_try_at: float | None = None


@dataclass
class _Running:
    webhook: Webhook
    line: Line
    task: "asyncio.Task[None] | None"


@dataclass
class Webhooks:
    """One delivery for each enabled webhook that the registry knows. `clock` gives Unix seconds."""

    line_of: Callable[[Webhook], Line]
    receiver_of: Callable[[Webhook], Receiver]
    clock: Callable[[], float] = time.time
    progress: dict[str, Progress] = field(default_factory=dict)
    """By id."""
    _running: dict[str, _Running] = field(default_factory=dict)

    def known(self) -> list[tuple[Webhook, Progress]]:
        return [(each.webhook, self.progress[key]) for key, each in self._running.items()]

    async def learn(self, webhooks: Iterable[Webhook]) -> None:
        """Takes the registry's answer: begins, changes and ends deliveries."""
        wanted = {webhook.id: webhook for webhook in webhooks}
        for key in [key for key in self._running if key not in wanted]:
            await self._end(key)
        for key, webhook in wanted.items():
            running = self._running.get(key)
            if running is None or running.webhook != webhook:
                await self._stop(running)
                self._running[key] = self._start(webhook)

    async def aclose(self) -> None:
        for running in self._running.values():
            await self._stop(running)

    def _start(self, webhook: Webhook) -> _Running:
        progress = self.progress.setdefault(webhook.id, Progress())
        line = self.line_of(webhook)
        delivery = Delivery(webhook, line, self.receiver_of(webhook), progress, self.clock)
        name = f"webhook {webhook.name}"
        return _Running(webhook, line, asyncio.create_task(delivery.run(), name=name) if webhook.enabled else None)

    @staticmethod
    async def _stop(running: _Running | None) -> None:
        """An event that is out comes again, to whoever asks next."""
        task = running.task if running else None
        while task is not None and not task.done():
            task.cancel()  # again and again: Python 3.11's `wait_for` may lose a cancellation
            await asyncio.wait([task], timeout=1)

    async def _end(self, key: str) -> None:
        running = self._running.pop(key)
        await self._stop(running)
        del self.progress[key]
        _forget_figures(running.webhook.name)
        try:
            await running.line.remove()
        except RecordUnavailableError:
            log.info("webhook_line_left", webhook=running.webhook.name)  # NATS drops it when nobody asks for a month


@dataclass
class Delivery:
    """Sends the events of one webhook until it is cancelled."""

    webhook: Webhook
    line: Line
    receiver: Receiver
    progress: Progress
    clock: Callable[[], float]
    _counted_at: float = 0.0

    async def run(self) -> None:
        FAILING.labels(self.webhook.name).set(self.progress.failing_since is not None)
        try:
            while True:
                try:
                    await self._count()
                    await self._deliver_next()
                except RecordUnavailableError:
                    self.progress.waiting = None
                    await asyncio.sleep(_RETRY_SECONDS)
        finally:
            await self.receiver.close()
            await self.line.leave()

    async def _count(self) -> None:
        if self.clock() - self._counted_at < _COUNT_SECONDS:
            return
        self.progress.waiting = await self.line.waiting()
        self._counted_at = self.clock()
        WAITING.labels(self.webhook.name).set(self.progress.waiting)

    async def _deliver_next(self) -> None:
        held = await self.line.next()
        if held is None:
            return
        told = read_event(held.payload)
        if told is None or (self.webhook.sources and told.source not in self.webhook.sources):
            await held.done()
        else:
            await self._deliver(held, told)

    async def _deliver(self, held: Held, told: Told) -> None:
        signed = headers(told.id, held.payload, self.webhook.secrets, self.clock())
        answer = await self.receiver.send(signed, held.payload)
        outcome = verdict(answer, held.attempt)
        EVENTS.labels(self.webhook.name, outcome.value).inc()
        if outcome is Verdict.AGAIN:
            await self._put_off(held, answer)
            return
        await held.done()
        self._note(answer, outcome)

    async def _put_off(self, held: Held, answer: Answer) -> None:
        wait = pause(answer, held.attempt)
        if self.progress.failing_since is None:
            self.progress.failing_since = self.clock()
            log.warning("webhook_not_taken", webhook=self.webhook.name, reason=answer.reason)
        self.progress.reason = answer.reason
        self.progress.next_try_at = self.clock() + wait
        FAILING.labels(self.webhook.name).set(1)
        await held.again(wait)

    def _note(self, answer: Answer, outcome: Verdict) -> None:
        progress = self.progress
        if outcome is Verdict.SKIPPED:
            progress.skipped += 1
            log.warning("webhook_event_skipped", webhook=self.webhook.name, reason=answer.reason)
        else:
            progress.delivered += 1
            progress.last_delivered_at = self.clock()
        if progress.failing_since is not None:
            log.info("webhook_takes_again", webhook=self.webhook.name)
        progress.failing_since = progress.reason = progress.next_try_at = None
        FAILING.labels(self.webhook.name).set(0)


def _forget_figures(name: str) -> None:
    for outcome in Verdict:
        EVENTS.remove(name, outcome.value)
    WAITING.remove(name)
    FAILING.remove(name)
