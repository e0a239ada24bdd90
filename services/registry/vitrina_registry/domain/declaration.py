"""Everything that runs as one document: what stands in git, goes in with apply and comes out with export."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from vitrina_registry.domain.errors import FieldFault, RefusedError
from vitrina_registry.domain.revision import Difference


@dataclass(frozen=True)
class DeclaredSource:
    name: str
    config: Mapping[str, Any] = field(repr=False)
    """A secret that it does not hold stays as it is."""
    labels: Mapping[str, str]
    enabled: bool
    secrets: Sequence[str] = ()
    """Names of those that are set; told by an export, no matter to apply."""


@dataclass(frozen=True)
class DeclaredExporter:
    name: str
    type: str
    enabled: bool
    labels: Mapping[str, str]
    shards: int
    sources: Sequence[DeclaredSource]


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True)
class PlannedChange:
    action: Action
    exporter: str
    source: str | None
    diff: Sequence[Difference]


@contextmanager
def within(place: str) -> Iterator[None]:
    """Refusals from within the block name the place in the document before the field."""
    try:
        yield
    except RefusedError as error:
        error.faults = tuple(FieldFault(f"{place}.{fault.field}", fault.message) for fault in error.faults)
        raise
