"""What an exporter or a source was at each of its revisions, and what differs between two of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

Snapshot = Mapping[str, Any]
"""Configuration (secrets masked), labels and so on; what a revert brings back."""

MOST_LISTED: Final = 1000
_NOT_PART: Final = frozenset({"revision", "deleted"})


@dataclass(frozen=True)
class Revision:
    exporter: str
    source: str | None
    """None: a revision of the exporter itself."""
    revision: int
    at: datetime
    actor: str
    change: str
    snapshot: Snapshot | None
    """None: it was deleted."""


@dataclass(frozen=True)
class Difference:
    """One path that differs. Of a list, what came and what went says more than both sides."""

    path: str
    before: Any = None
    after: Any = None
    added: tuple[Any, ...] = ()
    removed: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ComparedRevision:
    revision: Revision
    diff: tuple[Difference, ...]


def snapshot_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in _NOT_PART}


def differences(before: Snapshot | None, after: Snapshot | None) -> list[Difference]:
    """By path; None stands for something that is not there."""
    return list(_differences(before or {}, after or {}, ""))


def _differences(before: Snapshot, after: Snapshot, prefix: str) -> Iterator[Difference]:
    for name in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(name), after.get(name)
        path = f"{prefix}{name}"
        if old == new:
            continue
        if _is_group(old) and _is_group(new):
            yield from _differences(old or {}, new or {}, f"{path}.")
        elif isinstance(old or new, list) and isinstance(new or [], list) and isinstance(old or [], list):
            yield _list_difference(path, old or [], new or [])
        else:
            yield Difference(path, old, new)


def _is_group(value: Any) -> bool:
    """A mapping whose members are compared one by one; a masked secret is compared as a whole."""
    return value is None or (isinstance(value, Mapping) and "set" not in value)


def _list_difference(path: str, old: list[Any], new: list[Any]) -> Difference:
    known_old, known_new = {repr(item) for item in old}, {repr(item) for item in new}
    return Difference(
        path,
        added=tuple(item for item in new if repr(item) not in known_old),
        removed=tuple(item for item in old if repr(item) not in known_new),
    )
