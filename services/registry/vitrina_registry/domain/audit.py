"""Who changed what: one entry a change, committed with it, secrets masked, long lists shown by what differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.source import Source

SYSTEM = "system"
"""The actor of what nobody asked for, like the exporters of the first start."""

LONGEST_LIST: Final = 100
"""A list of ten thousand devices, twice in every entry, would hide what changed; the revisions hold it whole."""

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class AuditEntry:
    at: datetime
    actor: str
    action: str
    exporter: str
    source: str | None
    before: Facts | None
    after: Facts | None


@dataclass(frozen=True)
class RecordedEntry:
    """An entry with its place in the order of all."""

    id: int
    entry: AuditEntry


def exporter_facts(exporter: Exporter) -> dict[str, Any]:
    return {
        "type": exporter.type,
        "enabled": exporter.enabled,
        "labels": dict(exporter.labels),
        "revision": exporter.revision,
        "restart_generation": exporter.restart_generation,
        "shards": exporter.shards,
        "deleted": exporter.deleted,
    }


def source_facts(source: Source) -> dict[str, Any]:
    return {
        "config": source.masked_config(),
        "labels": dict(source.labels),
        "enabled": source.enabled,
        "revision": source.revision,
    }


def abridged(facts: Facts | None, other: Facts | None) -> dict[str, Any] | None:
    """The facts, each long list in them as its length and what the other side does not have."""
    if facts is None:
        return None
    others: Facts = other or {}
    return {name: _abridged(value, others.get(name)) for name, value in facts.items()}


def _abridged(value: Any, other: Any) -> Any:
    if isinstance(value, Mapping):
        return abridged(value, other if isinstance(other, Mapping) else None)
    if not isinstance(value, list) or len(value) <= LONGEST_LIST:
        return value
    known = {repr(item) for item in other} if isinstance(other, list) else set()
    own = [item for item in value if repr(item) not in known]
    return {"length": len(value), "only_here": own[:LONGEST_LIST]}
