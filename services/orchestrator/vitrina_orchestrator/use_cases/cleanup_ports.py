"""What the removal of series needs of the world."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from vitrina_contracts.exporter import KnownSource
from vitrina_contracts.operations import CleanupReport, CleanupTask, FoundOrphan


class CleanupRegistry(Protocol):
    """All raise `RegistryUnreadError`."""

    async def cleanup_tasks(self) -> Sequence[CleanupTask]:
        """What is due now."""

    async def report_cleanup(self, number: int, report: CleanupReport) -> bool:
        """False when the operation was cancelled meanwhile: nothing of it may be removed."""

    async def known_sources(self) -> Sequence[KnownSource]: ...

    async def tell_orphans(self, found: Sequence[FoundOrphan]) -> None: ...


class StoredSeries(Protocol):
    """What Prometheus has stored. All raise `MonitoringError`; `selector` is PromQL."""

    async def count(self, selector: str, at: datetime) -> int:
        """How many there were at that time."""

    async def left(self, selector: str, until: datetime | None) -> int:
        """How many have any sample (before `until`)."""

    async def platforms(self, selector: str) -> dict[str, int]:
        """How many have any sample, by platform."""

    async def sources(self, selector: str) -> list[str]:
        """Names of sources, also of some that have no sample any more."""

    async def delete(self, selector: str, until: datetime | None) -> None:
        """Their samples (before `until`), which no query shows from then on."""

    async def clean_tombstones(self) -> None:
        """Gives the disk space of what was deleted back; rewrites blocks."""
