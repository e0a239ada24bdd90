"""Removal of the series of what was deleted.

The registry keeps where each operation stands; here nothing is remembered that matters. Every step can be repeated, so
a crash at any line, or a second orchestrator, leads to the same end: the registry's list still names what is not done.

    told to run -> counted -> deleted -> nothing left, asked anew -> done -> tombstones cleaned -> freed
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from vitrina_contracts.operations import CleanupReport, CleanupTask, FoundOrphan, OperationKind, OperationState

from vitrina_orchestrator.domain.errors import MonitoringError
from vitrina_orchestrator.domain.series import MEASURED, of_source, selector_of
from vitrina_orchestrator.use_cases.cleanup_ports import CleanupRegistry, StoredSeries

log = structlog.get_logger(__name__)

_SOURCE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


class Cleanup:
    """`seconds`: of a clock that never goes back.

    `rest`: seconds between two cleanings of tombstones, which rewrite whole blocks, and two searches for orphans.
    """

    def __init__(
        self, registry: CleanupRegistry, series: StoredSeries, seconds: Callable[[], float], rest: float
    ) -> None:
        self._registry = registry
        self._series = series
        self._seconds = seconds
        self._rest = rest
        self._cleaned_at = -rest
        self._searched_at = -rest

    async def work(self) -> None:
        """Everything that is due. Raises `RegistryUnreadError`; what fails at Prometheus is reported."""
        tasks = await self._registry.cleanup_tasks()
        done = [task for task in tasks if task.state is OperationState.DONE or await self._remove(task)]
        if done and self._seconds() - self._cleaned_at >= self._rest:
            await self._free(done)

    async def search(self) -> None:
        """Tells the registry of sources that are stored and that nobody declared, once in a while."""
        if self._seconds() - self._searched_at < self._rest:
            return
        stored = await self._series.sources(MEASURED)
        known = {source.source for source in await self._registry.known_sources()}  # asked later, so never too few
        strange = sorted(name for name in set(stored) - known if _SOURCE_NAME.fullmatch(name))
        orphans = [orphan for name in strange for orphan in await self._orphans(name)]
        if orphans:
            await self._registry.tell_orphans(orphans)
        self._searched_at = self._seconds()

    async def _orphans(self, source: str) -> list[FoundOrphan]:
        platforms = await self._series.platforms(of_source(source))
        return [FoundOrphan(platform=name, source=source, series=series) for name, series in platforms.items()]

    async def _remove(self, task: CleanupTask) -> bool:
        """Whether nothing is left of it."""
        selector = selector_of(task)
        report = CleanupReport(state=OperationState.DONE)
        try:
            if task.state is not OperationState.RUNNING and not await self._begin(task, selector):
                return False
            await self._series.delete(selector, task.until)
            left = await self._series.left(selector, task.until)
            if left:
                reason = f"{left} series are still there, or were measured again"
                report = CleanupReport(state=OperationState.FAILED, reason=reason)
        except MonitoringError as error:
            report = CleanupReport(state=OperationState.FAILED, reason=str(error))
        log.info("series_removed", operation=task.id, outcome=report.state, reason=report.reason)
        return await self._registry.report_cleanup(task.id, report) and report.state is OperationState.DONE

    async def _begin(self, task: CleanupTask, selector: str) -> bool:
        """False: it was cancelled, and nothing may be removed."""
        at = task.until if task.until is not None and task.kind is OperationKind.RETENTION else task.deleted_at
        series = await self._series.count(selector, at)
        return await self._registry.report_cleanup(task.id, CleanupReport(state=OperationState.RUNNING, series=series))

    async def _free(self, done: Sequence[CleanupTask]) -> None:
        try:
            await self._series.clean_tombstones()
        except MonitoringError as error:
            log.warning("tombstones_not_cleaned", reason=str(error))
            return
        self._cleaned_at = self._seconds()
        for task in done:
            await self._registry.report_cleanup(task.id, CleanupReport(state=OperationState.DONE, freed=True))
