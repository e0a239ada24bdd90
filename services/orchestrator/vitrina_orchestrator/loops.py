"""What wakes the work queue besides messages: time, the runtime, and what exporters say about themselves."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from vitrina_orchestrator.domain.errors import OrchestratorError
from vitrina_orchestrator.domain.naming import instance_parts
from vitrina_orchestrator.use_cases.cleanup import Cleanup
from vitrina_orchestrator.use_cases.ports import Runtime
from vitrina_orchestrator.use_cases.reconcile import Reconciler
from vitrina_orchestrator.workqueue import WorkQueue

log = structlog.get_logger(__name__)

_UNREAD_SECONDS: Final = 1.0
"""Between two looks while the registry does not answer: it may be back any moment."""
_LEISURE_SECONDS: Final = 2.0
"""Between two questions to an exporter that runs as desired."""
_HASTE_SECONDS: Final = 0.25
"""The same while a change is on its way."""

Loop = Callable[[], Awaitable[None]]


def resync_loop(reconciler: Reconciler, queue: WorkQueue, seconds: float) -> Loop:
    """The safety net under the events: everything is looked at again."""

    async def loop() -> None:
        while True:
            try:
                exporters = await reconciler.resync()
                wake = queue.add if reconciler.unread is None else queue.hint
                for exporter in exporters:
                    wake(exporter)
            except OrchestratorError as error:
                log.warning("resync_failed", reason=str(error))
            await asyncio.sleep(seconds if reconciler.unread is None else min(seconds, _UNREAD_SECONDS))

    return loop


def runtime_loop(runtime: Runtime, queue: WorkQueue) -> Loop:
    """An instance ended or changed by itself."""

    async def loop() -> None:
        async for name in runtime.events():
            queue.add(instance_parts(name)[0])

    return loop


def watch_loop(reconciler: Reconciler, queue: WorkQueue) -> Loop:
    """Asks each running exporter about itself."""

    async def loop() -> None:
        clock = asyncio.get_running_loop().time
        asked: dict[str, float] = {}
        while True:
            now = clock()
            paces = {
                name: _LEISURE_SECONDS if settled else _HASTE_SECONDS
                for name, settled in reconciler.memories.watched().items()
            }
            due = [name for name, pace in paces.items() if now - asked.get(name, -pace) >= pace]
            asked = {name: now if name in due else asked[name] for name in paces}
            await asyncio.gather(*(_look(reconciler, queue, name) for name in due))
            await asyncio.sleep(_HASTE_SECONDS)

    return loop


def cleanup_loop(cleanup: Cleanup, woken: asyncio.Event, seconds: float) -> Loop:
    """Removes the series of what was deleted, when something changed and each so many seconds."""

    async def loop() -> None:
        while True:
            woken.clear()
            try:
                await cleanup.work()
                await cleanup.search()
            except OrchestratorError as error:
                log.warning("cleanup_waits", reason=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await woken.wait()

    return loop


async def _look(reconciler: Reconciler, queue: WorkQueue, exporter: str) -> None:
    try:
        if await reconciler.look(exporter):
            queue.hint(exporter)
    except OrchestratorError as error:
        log.warning("look_failed", exporter=exporter, reason=str(error))
