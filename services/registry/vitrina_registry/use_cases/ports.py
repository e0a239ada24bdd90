"""The little that the use cases need of the world."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

from vitrina_contracts.endpoints import Network
from vitrina_contracts.events import ExporterChanged
from vitrina_contracts.exporter import ObservedExporter

from vitrina_registry.domain.audit import AuditEntry
from vitrina_registry.domain.catalogue import Catalogue
from vitrina_registry.domain.errors import FieldFault
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.source import Source


class Exporters(Protocol):
    async def all(self, *, with_deleted: bool = False) -> list[Exporter]:
        """By name."""
        ...

    async def find(self, name: str) -> Exporter | None:
        """Also a deleted one."""
        ...

    async def lock(self, name: str) -> Exporter | None:
        """Like `find`, and nobody else changes it or its sources until this transaction ends."""
        ...

    async def add(self, exporter: Exporter) -> None:
        """Raises ConflictError when the name is taken."""
        ...

    async def save(self, exporter: Exporter) -> None:
        """Writes a locked exporter's desired state; `observed` only when it was taken away."""
        ...

    async def record_observed(self, name: str, observed: ObservedExporter) -> bool:
        """Stores what was seen unless something newer is known; tells whether it did."""
        ...


class Sources(Protocol):
    async def of(self, exporter: str) -> list[Source]:
        """By name."""
        ...

    async def names(self) -> dict[str, list[str]]:
        """Names of all sources by exporter."""
        ...

    async def find(self, exporter: str, name: str) -> Source | None: ...

    async def add(self, source: Source) -> None:
        """Raises ConflictError when any exporter has a source of this name."""
        ...

    async def save(self, source: Source) -> None: ...

    async def delete(self, exporter: str, name: str) -> None: ...

    async def delete_all(self, exporter: str) -> None: ...


class UnitOfWork(Protocol):
    """One transaction; leaving the block without `commit` leaves nothing behind.

    Raises UnavailableError from within the block when the database cannot be reached or does not answer in time.
    """

    @property
    def exporters(self) -> Exporters: ...

    @property
    def sources(self) -> Sources: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None: ...

    def emit(self, event: ExporterChanged) -> None:
        """The event is stored with the change and leaves for NATS after the commit."""
        ...

    def record(self, entry: AuditEntry) -> None: ...

    async def commit(self) -> None: ...


class Vault(Protocol):
    def seal(self, source: str, field: str, value: Any) -> str: ...

    def open(self, source: str, field: str, ciphertext: str) -> Any:
        """Raises UnreadableSecretError."""
        ...


ConfigCheck = Callable[[str, Mapping[str, Any]], list[FieldFault]]
"""`(type, complete configuration)` -> what does not fit the type's schema; never quotes a secret."""

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Host -> addresses, empty when the name does not resolve in time. A literal address is its own answer."""

ReadLogs = Callable[[str, int], Awaitable[list[str]]]
"""`(exporter, lines)` -> newest lines of its log; raises UnavailableError."""


class Precondition(Protocol):
    def require(self, *current: int) -> None:
        """Refuses unless one of the current revisions is the one that the writer saw."""
        ...


@dataclass(frozen=True)
class Pace:
    """Of the installation; a source may have its own budget."""

    poll_interval: float
    """Seconds."""
    request_budget: float
    """Requests a second."""


@dataclass(frozen=True)
class World:
    """What `app.py` joins and the use cases work with."""

    unit_of_work: Callable[[], UnitOfWork]
    catalogue: Catalogue
    check_config: ConfigCheck
    vault: Vault
    resolve: Resolve
    private_endpoints: tuple[Network, ...]
    read_logs: ReadLogs
    pace: Pace
    now: Callable[[], datetime]
