"""Which series an operation removes. Each selector is pinned to what was deleted by equalities alone. Pure."""

import json
from typing import Final

from vitrina_contracts.operations import CleanupTask, OperationKind

MEASURED: Final = '{job=~"exporters|probes",source!=""}'
"""Everything that is measured of sources."""


def selector_of(task: CleanupTask) -> str:
    """Selects the series of this operation and no others."""
    match task.kind:
        case OperationKind.SOURCE | OperationKind.ORPHAN:
            return _pinned(platform=task.platform, source=task.source)
        case OperationKind.EXPORTER:
            return _pinned(exporter=task.exporter, source="")  # sources have operations of their own
        case OperationKind.RETENTION:
            return _pinned(platform=task.platform)


def of_source(name: str) -> str:
    """Selects everything that is measured of sources of this name."""
    return f'{{job=~"exporters|probes",source={json.dumps(name)}}}'


def _pinned(**labels: str | None) -> str:
    """JSON's escapes are those of PromQL, too. A missing value would select too much, and is an error."""
    missing = [name for name, value in labels.items() if value is None]
    if missing:
        msg = f"an operation without {missing[0]}"
        raise ValueError(msg)
    return "{" + ",".join(f"{name}={json.dumps(value)}" for name, value in labels.items()) + "}"
