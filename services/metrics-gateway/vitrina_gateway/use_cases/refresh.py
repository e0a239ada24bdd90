"""A tick: read what is new in Prometheus, judge it, put the new snapshot in place, tell who listens.

Evaluations happen at aligned instants, so that two gateways judge the same data. Devices are read only of targets that
were scraped since the last tick; of the others nothing can have changed.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec
import structlog
from prometheus_client import Counter, Gauge
from vitrina_contracts.device import DeviceKey, Status
from vitrina_contracts.exporter import KnownSource

from vitrina_gateway.domain.device import DeviceState
from vitrina_gateway.domain.index import Index, build
from vitrina_gateway.domain.judging import Rules, SourceHealth
from vitrina_gateway.domain.local_facts import joined
from vitrina_gateway.domain.overview import recent_of
from vitrina_gateway.domain.row import RowChange
from vitrina_gateway.domain.selection import Selections
from vitrina_gateway.domain.snapshot import Evaluation, Group, SourceKey, evaluate
from vitrina_gateway.domain.transition import absorb
from vitrina_gateway.use_cases.closing import ClosedPlaces
from vitrina_gateway.use_cases.device_facts import FactBook
from vitrina_gateway.use_cases.device_work import WorkBook
from vitrina_gateway.use_cases.feed import Feed, Update
from vitrina_gateway.use_cases.fleet import Fleet, Snapshot
from vitrina_gateway.use_cases.ports import Checkpoint, Monitoring, MonitoringError
from vitrina_gateway.use_cases.readings import Readings
from vitrina_gateway.use_cases.transitions import Present, Transitions

log = structlog.get_logger(__name__)

CHECKPOINT_VERSION: Final = 1

DEVICES: Final = Gauge("vitrina_gateway_devices", "Devices in the list, by status.", ["status"])
AS_OF: Final = Gauge("vitrina_gateway_data_timestamp_seconds", "The last instant at which Prometheus answered.")
PROMETHEUS_UP: Final = Gauge("vitrina_gateway_prometheus_up", "1 while Prometheus answers completely.")
FAILED_READS: Final = Counter("vitrina_gateway_failed_reads", "Ticks without a complete answer of Prometheus.")


@dataclass(frozen=True)
class _Told:
    changed: set[SourceKey]
    is_next_minute: bool


@dataclass(frozen=True)
class _Judged:
    evaluation: Evaluation
    index: Index
    rows: list[RowChange]


class Refresh:
    """Owns the devices; ticks must not overlap."""

    def __init__(
        self, monitoring: Monitoring, fleet: Fleet, feed: Feed, transitions: Transitions, rules: Rules
    ) -> None:
        self._fleet = fleet
        self._feed = feed
        self._transitions = transitions
        self._rules = rules
        self._known: dict[SourceKey, KnownSource] | None = None
        self._empty_answer_before = False
        self._groups: Mapping[SourceKey, Group] = {}
        self._readings = Readings(monitoring)
        self._gone: dict[DeviceKey, DeviceState] = {}
        self.facts = FactBook()
        self.work = WorkBook()
        self._closing_minute = 0.0
        self._answered = True
        self.status_changes = 0
        """Grows with each change that is worth a checkpoint."""

    def restore(self, checkpoint: Checkpoint) -> None:
        """Puts the last good list in place, with its age."""
        sources = [KnownSource.model_validate(source, extra="ignore") for source in checkpoint.sources]
        self._known = {(source.platform, source.source): source for source in sources}
        self._groups = _grouped(checkpoint.devices)
        self._gone = {state.key: state for state in checkpoint.gone}
        self._fleet.recent.add(checkpoint.recent)
        index, _ = build(None, checkpoint.devices)
        health = [SourceHealth(source, None, None, None) for source in sources]
        self._fleet.snapshot = Snapshot(
            1, checkpoint.as_of, checkpoint.evaluated_at, answered=False, selections=Selections(index), sources=health
        )

    def checkpoint(self) -> Checkpoint | None:
        snapshot = self._fleet.snapshot
        if snapshot is None or self._known is None:
            return None
        return Checkpoint(
            CHECKPOINT_VERSION,
            snapshot.as_of,
            snapshot.evaluated_at,
            [source.model_dump() for source in self._known.values()],
            [row.state for row in snapshot.index.rows],
            list(self._gone.values()),
            [change for changes in self._fleet.recent.by_source.values() for change in changes],
        )

    def sources_known(self, sources: Iterable[KnownSource]) -> None:
        """Takes the registry's answer; an empty one that would remove everything must come twice in a row."""
        known = {(source.platform, source.source): source for source in sources}
        suspicious = not known and bool(self._known) and not self._empty_answer_before
        self._empty_answer_before = not known
        if not suspicious:
            self._known = known

    @property
    def evaluated_at(self) -> float | None:
        """The last instant that was judged, perhaps before a restart; Unix seconds."""
        return self._fleet.snapshot.evaluated_at if self._fleet.snapshot else None

    async def tick(self, at: float) -> bool:
        """Evaluates the instant `at`, later than any before. Whether Prometheus answered completely."""
        if self._known is None:
            return False  # whose devices may be listed is not known yet
        last = self._fleet.snapshot
        answered = await self._read(at)
        groups = self._absorb_record(last.evaluated_at if last else 0.0)
        told = self._told(at)
        judged = await asyncio.to_thread(self._judge, groups, self._known, told, at, answered=answered)
        if judged is None:
            self._groups = groups
        else:
            self._put_in_place(judged, at, answered=answered)
        return answered

    def _told(self, at: float) -> "_Told | None":
        """Of which sources people know more than before; None while the registry has not said what they know."""
        if not (self.facts.known and self.work.known):
            return None
        changed = self.facts.take_changed() | self.work.take_changed(at)
        is_next_minute = at // 60 != self._closing_minute
        self._closing_minute = at // 60
        return _Told(changed, is_next_minute)

    def _judge(
        self,
        groups: Mapping[SourceKey, Group],
        known: Mapping[SourceKey, KnownSource],
        told: "_Told | None",
        at: float,
        *,
        answered: bool,
    ) -> "_Judged | None":
        """The new list; None when it would be empty because nobody answered, which would be a guess.

        In a thread, so that questions are answered meanwhile. It changes nothing that they see.
        """
        last = self._fleet.snapshot
        evaluation = evaluate(groups, known, self._readings.by_exporter, at, self._rules, answered=answered)
        if last is None and not answered and not any(group.devices for group in evaluation.groups.values()):
            return None
        if told is not None:
            self._join_facts(evaluation.groups, known, told, at)
        index, rows = self._index(last.index if last else None, evaluation.groups)
        return _Judged(evaluation, index, rows)

    def _join_facts(
        self, groups: dict[SourceKey, Group], known: Mapping[SourceKey, KnownSource], told: "_Told", at: float
    ) -> None:
        """Into groups that were judged anew or of which people know more; each minute into all, for places close."""
        closed = ClosedPlaces(at)
        for key, group in groups.items():
            if told.is_next_minute or key in told.changed or group is not self._groups.get(key):
                closing = partial(closed.of, source_labels=known[key].labels)
                devices = joined(group.devices, self.work.added_to(self.facts.of(key), key), closing)
                groups[key] = msgspec.structs.replace(group, devices=devices)

    def _put_in_place(self, judged: "_Judged", at: float, *, answered: bool) -> None:
        last = self._fleet.snapshot
        evaluation, index, rows = judged.evaluation, judged.index, judged.rows
        as_of = at if answered or last is None else last.as_of
        selections = last.selections if last and last.index is index else Selections(index)
        snapshot = Snapshot(last.number + 1 if last else 1, as_of, at, answered, selections, evaluation.sources)
        self._groups = evaluation.groups
        self._fleet.snapshot = snapshot
        self._fleet.recent.add(recent_of(evaluation.changes, at))
        self._note_gone(evaluation, index)
        self.status_changes += len(evaluation.changes)
        self._transitions.evaluated(Present(index, tuple(self._gone.values()), at), changed=bool(evaluation.changes))
        left = frozenset(change.before.source for change in evaluation.changes if change.before and not change.after)
        self._feed.publish(Update(snapshot, [change.row for change in rows if change.noticeable], left))
        _measure(snapshot)

    def _index(self, last: Index | None, groups: Mapping[SourceKey, Group]) -> tuple[Index, list[RowChange]]:
        unchanged = last is not None and groups.keys() == self._groups.keys()
        if last is not None and unchanged and all(groups[key].devices is self._groups[key].devices for key in groups):
            return last, []
        return build(last, (state for group in groups.values() for state in group.devices.values()))

    def _note_gone(self, evaluation: Evaluation, index: Index) -> None:
        """Remembers devices that left until the end of their chain is stored."""
        for change in evaluation.changes:
            if change.before is not None and change.after is None:
                self._gone[change.before.key] = change.before
        for key in self._transitions.ended(self._gone.values(), index):
            del self._gone[key]

    async def _read(self, at: float) -> bool:
        """Whether Prometheus answered completely; only then anything of its answer counts."""
        try:
            await self._readings.renew((self._known or {}).values(), at)
        except MonitoringError as error:
            FAILED_READS.inc()
            if self._answered:
                log.warning("prometheus_does_not_answer", reason=str(error))
            self._answered = False
        else:
            if not self._answered:
                log.info("prometheus_answers_again")
            self._answered = True
        return self._answered

    def _absorb_record(self, at: float) -> Mapping[SourceKey, Group]:
        """The groups with what stored messages know better: at the start, and when another gateway was quicker."""
        news = self._transitions.take_news()
        if not news:
            return self._groups
        devices = {key: dict(group.devices) for key, group in self._groups.items()}
        for key, stored in news.items():
            if key in self._gone and stored.link.evaluated_at <= at:
                continue
            group = devices.setdefault((key[0], key[1]), {})
            state = absorb(group.get(key[2]), stored.device, stored.link, at)
            if state is not None:
                group[key[2]] = state
        return {key: Group(group) for key, group in devices.items()}


def _grouped(devices: Iterable[DeviceState]) -> dict[SourceKey, Group]:
    groups: dict[SourceKey, dict[str, DeviceState]] = {}
    for state in devices:
        groups.setdefault((state.platform, state.source), {})[state.device_id] = state
    return {key: Group(group) for key, group in groups.items()}


def _measure(snapshot: Snapshot) -> None:
    for status in Status:
        DEVICES.labels(status.value).set(snapshot.index.by_status.get(status.value, 0).bit_count())
    AS_OF.set(snapshot.as_of)
    PROMETHEUS_UP.set(snapshot.answered)
