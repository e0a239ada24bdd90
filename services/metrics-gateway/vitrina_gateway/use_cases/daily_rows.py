"""Daily rows for the registry: it names the days that it lacks, they are computed from Prometheus and sent.

A day again gives the same numbers, so two gateways, or one that died on the way, do no harm.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

import msgspec
from vitrina_contracts.availability import MOST_DEVICES, AvailabilityPart, AvailabilityTask
from vitrina_kit.opening_hours import Hours, hours_of, is_open

from vitrina_gateway.domain.daily import LONG_SLOT, SHORT_SLOT, Day
from vitrina_gateway.domain.device_queries import OF, Measured
from vitrina_gateway.domain.history import Counts
from vitrina_gateway.use_cases.device_facts import FactBook
from vitrina_gateway.use_cases.ports import MonitoringError, RawPrometheus


class DailyRegistry(Protocol):
    """Both raise `RegistryError`."""

    async def availability_tasks(self) -> list[AvailabilityTask]:
        """Closed days that are not stored, the newest first."""
        ...

    async def store_availability(self, part: AvailabilityPart) -> None: ...


class _Sample(msgspec.Struct):
    metric: dict[str, str]
    value: tuple[float, str]


class _Data(msgspec.Struct):
    result: list[_Sample]


class _Answer(msgspec.Struct):
    data: _Data | None = None
    warnings: list[str] = []


class DailyRows:
    """`scrape_seconds` is the pause between two samples."""

    def __init__(
        self, prometheus: RawPrometheus, registry: DailyRegistry, facts: FactBook, scrape_seconds: float
    ) -> None:
        self._prometheus = prometheus
        self._registry = registry
        self._facts = facts
        self._scrape_seconds = scrape_seconds

    async def work(self) -> None:
        """Everything that the registry lacks now. Raises `RegistryError` or `MonitoringError`."""
        if not self._facts.known:
            return  # opening hours are not known yet
        while tasks := await self._registry.availability_tasks():
            for task in tasks:
                await self._compute(task)

    async def _compute(self, task: AvailabilityTask) -> None:
        hours = self._hours(task)
        slot = SHORT_SLOT if hours(None) or self._own_hours(task) else LONG_SLOT
        day = Day(task.day, slot, self._scrape_seconds, _is_closed)
        for end in day.ends():
            counts = await self._counts(task, end, day.slot)
            await asyncio.to_thread(day.add, end, counts, hours)
        rows = day.rows()
        for first in range(0, max(len(rows), 1), MOST_DEVICES):
            part = AvailabilityPart(
                platform=task.platform,
                source=task.source,
                day=task.day,
                devices=rows[first : first + MOST_DEVICES],
                last=first + MOST_DEVICES >= len(rows),
            )
            await self._registry.store_availability(part)

    async def _counts(self, task: AvailabilityTask, end: int, slot: int) -> Mapping[str, Counts]:
        query = Measured.by_standard(task.platform, task.source).sample_counts(slot, self._scrape_seconds)
        form = [("query", query), ("time", str(end))]
        answer = await self._prometheus.ask("query", form)
        if not answer.is_good:
            raise MonitoringError(f"refused or incomplete: HTTP {answer.status}")
        return await asyncio.to_thread(_read, answer.body)

    def _hours(self, task: AvailabilityTask) -> "_HoursOf":
        return _HoursOf(self._facts, task)

    def _own_hours(self, task: AvailabilityTask) -> bool:
        places = self._facts.of((task.platform, task.source)).values()
        return any("opening_hours" in place.labels for place in places)


def _is_closed(hours: tuple[str, str], at: datetime) -> bool:
    return is_open(Hours(*hours), at) is False


class _HoursOf:
    """Opening hours of the devices of a source; of None, the source's own."""

    def __init__(self, facts: FactBook, task: AvailabilityTask) -> None:
        self._places = facts.of((task.platform, task.source))
        self._labels = task.labels
        self._default = hours_of(None, None, task.labels)

    def __call__(self, device_id: str | None) -> Hours | None:
        place = self._places.get(device_id) if device_id is not None else None
        if place is None:
            return self._default
        return hours_of(place.labels.get("opening_hours"), place.time_zone, self._labels)


_decoder: Final = msgspec.json.Decoder(_Answer)


def _read(body: bytes) -> Mapping[str, Counts]:
    """Raises `MonitoringError`: an incomplete answer must not count."""
    try:
        answer = _decoder.decode(body)
    except msgspec.DecodeError as error:
        raise MonitoringError(f"no answer of Prometheus: {error}") from None
    if answer.data is None or answer.warnings:
        raise MonitoringError("an incomplete answer")
    found: dict[str, dict[str, float]] = {}
    for sample in answer.data.result:
        found.setdefault(sample.metric.get("device_id", ""), {})[sample.metric[OF]] = float(sample.value[1])
    return {device_id: Counts(**values) for device_id, values in found.items() if device_id}
