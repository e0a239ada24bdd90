"""Who changed what: one entry a change, committed with it, secrets masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.source import Source

SYSTEM = "system"
"""The actor of what nobody asked for, like the exporters of the first start."""


@dataclass(frozen=True)
class AuditEntry:
    at: datetime
    actor: str
    action: str
    exporter: str
    source: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def exporter_facts(exporter: Exporter) -> dict[str, Any]:
    return {
        "type": exporter.type,
        "enabled": exporter.enabled,
        "labels": dict(exporter.labels),
        "revision": exporter.revision,
        "restart_generation": exporter.restart_generation,
        "deleted": exporter.deleted,
    }


def source_facts(source: Source) -> dict[str, Any]:
    return {
        "config": source.masked_config(),
        "labels": dict(source.labels),
        "enabled": source.enabled,
        "revision": source.revision,
    }
