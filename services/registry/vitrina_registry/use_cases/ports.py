"""The little that the use cases need of the world."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol, Self

from vitrina_contracts.availability import AvailabilityPart
from vitrina_contracts.endpoints import Network
from vitrina_contracts.events import ExporterChanged
from vitrina_contracts.exporter import ObservedExporter
from vitrina_contracts.operations import OperationState
from vitrina_contracts.source_check import CheckRequest, SourceCheck
from vitrina_kit.audit_chain import Verification
from vitrina_kit.workbook import Workbooks

from vitrina_registry.domain.audit import AuditEntry, RecordedEntry
from vitrina_registry.domain.availability import Question, Sums
from vitrina_registry.domain.catalogue import Catalogue
from vitrina_registry.domain.errors import FieldFault
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.facts import DeviceKey, StoredFacts
from vitrina_registry.domain.intent import Intent, KeptAnswer, Once
from vitrina_registry.domain.operation import CleanupRules, Operation
from vitrina_registry.domain.pace import Allowance
from vitrina_registry.domain.revision import Revision
from vitrina_registry.domain.source import Source
from vitrina_registry.domain.webhook import Webhook
from vitrina_registry.domain.work import StoredWork
from vitrina_registry.use_cases.alerting_ports import NotificationSettings, Windows
from vitrina_registry.use_cases.report_ports import Mailer, Reports


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


@dataclass(frozen=True)
class AuditFilter:
    """None: whatever it is."""

    exporter: str | None = None
    source: str | None = None
    actor: str | None = None


class History(Protocol):
    """What was changed, and what things were before."""

    async def audit(self, chosen: AuditFilter, before: int | None, limit: int) -> list[RecordedEntry]:
        """Newest first; `before` is the id that the page before ended with."""
        ...

    async def forget_audit(self, before: datetime) -> None:
        """Others that record wait from here on: last in a transaction."""
        ...

    async def verify_audit(self) -> Verification:
        """Walks the chain of hashes; first in its unit."""
        ...

    async def audit_lines(self, after: int, limit: int) -> tuple[Sequence[str], int]:
        """Entries with numbers above `after` as lines of JSON, the oldest first, and the last number."""
        ...

    async def revisions(self, exporter: str, source: str | None, before: int | None, limit: int) -> list[Revision]:
        """Of a source, or of the exporter itself; newest first, below revision `before`."""
        ...

    async def revision(self, exporter: str, source: str | None, revision: int) -> Revision | None: ...


@dataclass(frozen=True)
class FactsFilter:
    """None: whatever it is."""

    platform: str | None = None
    source: str | None = None
    site: str | None = None


class Facts(Protocol):
    """Versions grow in the order of commits: writers hold the lock until theirs."""

    async def lock(self) -> None: ...

    async def version(self) -> int:
        """The newest; 0 when nothing was ever written."""
        ...

    async def all(
        self, chosen: FactsFilter, after: DeviceKey | None, limit: int | None, scope: Sequence[str] | None
    ) -> list[StoredFacts]:
        """By key, without those that were taken away; `scope`: names of sources, None for all."""
        ...

    async def find(self, keys: Sequence[DeviceKey]) -> dict[DeviceKey, StoredFacts]:
        """Also those that were taken away."""
        ...

    async def since(self, version: int) -> list[StoredFacts]:
        """Written after this version, those that were taken away included."""
        ...

    async def save(self, items: Sequence[StoredFacts]) -> None: ...


class WorkStates(Protocol):
    """Versions as those of `Facts`."""

    async def lock(self) -> None: ...

    async def version(self) -> int: ...

    async def find(self, keys: Sequence[DeviceKey]) -> dict[DeviceKey, StoredWork]: ...

    async def since(self, version: int) -> list[StoredWork]: ...

    async def save(self, items: Sequence[StoredWork]) -> None: ...


class Operations(Protocol):
    """Removals of series."""

    async def add(self, operation: Operation) -> None: ...

    async def lock(self, number: int) -> Operation | None:
        """Nobody else changes it until this transaction ends."""
        ...

    async def save(self, operation: Operation) -> None: ...

    async def page(
        self, states: Sequence[OperationState], source: str | None, before: int | None, limit: int
    ) -> list[Operation]:
        """Newest first, below the id `before`; no states: whatever they are."""
        ...

    async def holding(self, source: str) -> list[Operation]:
        """Those that keep the name of this source from being used again."""
        ...

    async def due(self, now: datetime) -> list[Operation]:
        """What is to be worked on now, oldest first; also what is done and still takes disk space."""
        ...

    async def concerning(self, sources: Sequence[str]) -> list[Operation]:
        """All of these sources that were not done."""
        ...

    async def newest_retention(self, platform: str) -> Operation | None:
        """The last that was begun."""
        ...

    async def hidden(self, freed_after: datetime) -> set[str]:
        """Sources that are gone, whose series were not kept on purpose and not all given back before that time."""
        ...


class Availability(Protocol):
    """Daily rows."""

    async def stored_days(self, since: date) -> set[tuple[str, str, date]]:
        """Platform, source and day of what is complete."""
        ...

    async def store(self, part: AvailabilityPart, now: datetime) -> None: ...

    async def sums(
        self, question: Question, scope: Sequence[str] | None, after: Sequence[str] | None, limit: int | None
    ) -> list[Sums]:
        """By platform, source, site, device; `after` is that key of the last on the page before."""
        ...


class Webhooks(Protocol):
    async def lock(self) -> None:
        """Nobody else changes webhooks until this transaction ends."""
        ...

    async def all(self) -> list[Webhook]:
        """By name."""
        ...

    async def find(self, name: str) -> Webhook | None: ...

    async def save(self, webhook: Webhook) -> None:
        """A new one, too."""
        ...

    async def delete(self, name: str) -> None: ...


class UnitOfWork(Protocol):
    """One transaction; leaving the block without `commit` leaves nothing behind.

    Raises UnavailableError from within the block when the database cannot be reached or does not answer in time.
    """

    @property
    def exporters(self) -> Exporters: ...

    @property
    def sources(self) -> Sources: ...

    @property
    def history(self) -> History: ...

    @property
    def facts(self) -> Facts: ...

    @property
    def work(self) -> WorkStates: ...

    @property
    def operations(self) -> Operations: ...

    @property
    def availability(self) -> Availability: ...

    @property
    def webhooks(self) -> Webhooks: ...

    @property
    def notifications(self) -> NotificationSettings: ...

    @property
    def windows(self) -> Windows: ...

    @property
    def reports(self) -> Reports: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None: ...

    def emit(self, event: ExporterChanged) -> None:
        """The event is stored with the change and leaves for NATS after the commit."""
        ...

    def record(self, entry: AuditEntry) -> None: ...

    def remember(self, revision: Revision) -> None: ...

    async def commit(self) -> None:
        """Makes the change stay, unless it is a dry run: then all is checked as if it would.

        Raises ConflictError when another request with the same idempotency key was quicker.
        """
        ...


class OpenUnit(Protocol):
    def __call__(self, intent: Intent = ...) -> UnitOfWork: ...


class Answers(Protocol):
    """Answers to requests that came with an idempotency key, kept for a day."""

    async def find(self, once: Once) -> KeptAnswer | None:
        """The answer that was given before.

        Raises:
            InvalidError: the key was used for another request.
            ConflictError: the request was accepted, but its answer is not there (yet).
        """
        ...

    async def keep(self, once: Once, answer: KeptAnswer) -> None: ...


class Vault(Protocol):
    def seal(self, source: str, field: str, value: Any) -> str: ...

    def open(self, source: str, field: str, ciphertext: str) -> Any:
        """Raises UnreadableSecretError."""
        ...

    def rotate(self, ciphertext: str) -> str:
        """Under the current key; raises UnreadableSecretError."""
        ...

    def fingerprint(self, content: bytes) -> str:
        """Tells contents apart without a way back to them: they may hold credentials."""
        ...


ConfigCheck = Callable[[str, Mapping[str, Any]], list[FieldFault]]
"""`(type, complete configuration)` -> what does not fit the type's schema; never quotes a secret."""

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Host -> addresses, empty when the name does not resolve in time. A literal address is its own answer."""

ReadLogs = Callable[[str, int], Awaitable[list[str]]]
"""`(exporter, lines)` -> newest lines of its log; raises UnavailableError."""

FollowLogs = Callable[[str, int, int], AbstractAsyncContextManager[AsyncIterator[str]]]
"""`(exporter, shard, lines)` -> newest lines and then each new one, until the instance ends.

Entering and iterating raise UnavailableError; entering NotFoundError when there is no log yet.
"""


CheckSource = Callable[[CheckRequest], Awaitable[SourceCheck]]
"""Has the type's own client try a configuration; raises UnavailableError when that cannot be had."""


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

    unit_of_work: OpenUnit
    catalogue: Catalogue
    check_config: ConfigCheck
    vault: Vault
    answers: Answers
    resolve: Resolve
    private_endpoints: tuple[Network, ...]
    read_logs: ReadLogs
    follow_logs: FollowLogs
    follows: Allowance
    """Logs that are being followed."""
    check_source: CheckSource
    tests: Allowance
    messages: Allowance
    """Test messages to receivers of alerts."""
    pace: Pace
    cleanup: CleanupRules
    workbooks: Workbooks
    mailer: Mailer | None
    """None: no mail server is set."""
    now: Callable[[], datetime]
    seconds: Callable[[], float]
    """Of a clock that never goes back."""

    def meant(self, intent: Intent) -> "World":
        """The same world for one request that is meant like this."""
        return replace(self, unit_of_work=lambda _intent=intent: self.unit_of_work(_intent))
