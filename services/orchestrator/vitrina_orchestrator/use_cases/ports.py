"""The little that the use cases need of the world. The runtimes obey one suite, `testing/runtime_contract.py`."""

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime
from typing import Protocol

from vitrina_contracts.exporter import DesiredExporter, DesiredSummary, ExporterSelfStatus, ObservedExporter
from vitrina_contracts.source_check import CheckRequest, SourceCheck

from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.observed import Instance

Clock = Callable[[], datetime]


class Runtime(Protocol):
    """Where instances live, by their names (`domain/naming.py`): one a shard of an exporter.

    Never runs two instances of one name at the same time, whoever else works on it.
    Every method may raise `InstanceBusyError` (somebody else works on this instance: come again soon) and
    `OrchestratorError` with words for people. All can be repeated.
    """

    @property
    def name(self) -> str:
        """`process`, `docker` or `swarm`."""

    async def list(self) -> Sequence[Instance]:
        """All instances and leftovers of ours, always in full."""

    async def find(self, name: str) -> Instance | None: ...

    async def create(self, spec: InstanceSpec) -> None:
        """Makes and starts the instance; its configuration has been put before."""

    async def start(self, name: str) -> None:
        """Starts the existing instance again; counts as a restart unless it was stopped on request or only paused."""

    async def replace(self, spec: InstanceSpec, instead_of: str | None) -> None:
        """Puts a new instance in the place of the one with the id `instead_of` (null: of one that does not run).

        Raises:
            InstanceBusyError: another one is there by now; two orchestrators had the same thought.
            StartRefusedError: the new one does not start; a runtime that can keeps the old one.
        """

    async def stop(self, name: str) -> None:
        """SIGTERM, a grace of 5 s, SIGKILL; returns when it has ended."""

    async def remove(self, name: str) -> None:
        """Stops it and deletes everything of it. Nothing to remove is no error."""

    async def put_config(self, spec: InstanceSpec, revision: int, content: bytes) -> None:
        """Makes `content` the present configuration, at once and as a whole, for a present or future instance."""

    async def fall_back(self, spec: InstanceSpec, revision: int) -> None:
        """Makes the former configuration of this revision the present one again, and deletes all others.

        Nothing when it is the present one already.

        Raises:
            StartRefusedError: there is no such configuration (any more).
        """

    async def drop_old_configs(self, name: str, keep: int) -> None:
        """Deletes the files of all revisions but `keep`; nothing when that is not the present one (any more)."""

    def events(self) -> AsyncGenerator[str]:
        """Names of instances that changed by themselves; endless. Events wake, they are no record."""

    def logs(self, name: str, tail: int, *, follow: bool) -> AsyncGenerator[str]:
        """The last `tail` lines without line ends, then with `follow` the new ones, endless.

        Raises:
            NoInstanceError: there is nothing of this name.
        """


class Registry(Protocol):
    """Both raise `RegistryUnreadError`."""

    async def summaries(self) -> Sequence[DesiredSummary]: ...

    async def desired(self, exporter: str) -> DesiredExporter | None:
        """None when the registry does not know it."""


class Exporters(Protocol):
    async def ask(self, address: str, spec: InstanceSpec, revision: int | None = None) -> ExporterSelfStatus | None:
        """An exporter's own status; None when it does not answer, or not as it should.

        `revision`: of the configuration that lies ready for it, which a third party's program does not tell by itself.
        """


class StatusSink(Protocol):
    async def publish(self, exporter: str, observed: ObservedExporter) -> None:
        """Raises `OrchestratorError` when it was not stored: publish the newest status later."""


class Meter(Protocol):
    def restarted(self, exporter: str) -> None:
        """An exporter that had died was started again."""


class Addresses(Protocol):
    async def find(self, host: str) -> str | None:
        """An address of the host that may be probed; None when there is none."""


class Checks(Protocol):
    async def check(self, request: CheckRequest) -> SourceCheck:
        """Tries a source once. Raises `ChecksBusyError` or `CheckUnavailableError`."""
