"""Pure: what is seen of the shards of an exporter, joined into the status of the exporter."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, TypeVar

from vitrina_contracts.exporter import ObservedExporter, ObservedShard, Phase, SourceState

_WORST_FIRST: Final = (
    Phase.FAILED,
    Phase.CRASH_LOOPING,
    Phase.DEGRADED,
    Phase.PENDING,
    Phase.STARTING,
    Phase.STOPPED,
    Phase.RUNNING,
)
Value = TypeVar("Value", int, float, datetime)


def joined(shards: Mapping[int, ObservedExporter]) -> ObservedExporter:
    """The only shard's status, or the worst of several; a revision is applied when every shard has applied it."""
    if set(shards) == {0}:
        return shards[0]
    worst = min(shards, key=lambda number: (_WORST_FIRST.index(shards[number].phase), number))
    seen = shards.values()
    return shards[worst].model_copy(
        update={
            "reason": _reason(worst, shards[worst]),
            "applied_revision": _least(one.applied_revision for one in seen),
            "restarts": sum(one.restarts for one in seen),
            "started_at": min((one.started_at for one in seen if one.started_at is not None), default=None),
            "sources": _sources(seen),
            "unmatched": [account for one in seen for account in one.unmatched],
            "shards": [_shard(number, shards[number]) for number in sorted(shards)],
        }
    )


def _reason(shard: int, observed: ObservedExporter) -> str | None:
    """Who stopped on request did so as a whole."""
    if observed.reason is None or observed.phase is Phase.STOPPED:
        return observed.reason
    return f"shard {shard}: {observed.reason}"


def _sources(seen: Iterable[ObservedExporter]) -> list[SourceState]:
    by_name: dict[str, list[SourceState]] = {}
    for one in seen:
        for source in one.sources:
            by_name.setdefault(source.name, []).append(source)
    return [_source(states) for _, states in sorted(by_name.items())]


def _source(states: list[SourceState]) -> SourceState:
    """A source is well when each shard that serves a part of it says so; its last success is the oldest."""
    if len(states) == 1:
        return states[0]
    failing = next((state for state in states if state.up is False), None)
    return SourceState(
        name=states[0].name,
        up=False if failing else (True if all(state.up for state in states) else None),
        reason=failing.reason if failing else None,
        detail=failing.detail if failing else None,
        devices=sum(counts) if (counts := [s.devices for s in states if s.devices is not None]) else None,
        last_success_at=_least(state.last_success_at for state in states),
        next_poll_at=min((state.next_poll_at for state in states if state.next_poll_at is not None), default=None),
        cycle_seconds=max((state.cycle_seconds for state in states if state.cycle_seconds is not None), default=None),
    )


def _least(values: Iterable[Value | None]) -> Value | None:
    """Null when one of them is."""
    known: list[Value] = []
    for value in values:
        if value is None:
            return None
        known.append(value)
    return min(known)


def _shard(number: int, observed: ObservedExporter) -> ObservedShard:
    fields = observed.model_dump(include=set(ObservedShard.model_fields) - {"shard"})
    return ObservedShard(shard=number, **fields)
