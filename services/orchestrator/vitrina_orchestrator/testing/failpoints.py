"""One pass of an orchestrator that is killed at any of its outside effects; which there are, is found by itself.

CPython tells an audit hook of each file that is opened for writing, renamed or removed and of each process that is
started, just before it happens, and every request to a container engine goes one way: so a new effect is a new
failpoint without a new test. The pass runs in a process forked from a clean one and dies by SIGKILL: no `finally`, no
flush. Killed after an effect is killed before the next one, and after the last one is a pass that came to its end.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import aiodocker
from vitrina_contracts.exporter import DesiredExporter, DesiredSummary, ObservedExporter
from vitrina_kit.clock import utc_now

from vitrina_orchestrator.adapters.exporter_client import ExporterClient, exporter_http_client
from vitrina_orchestrator.domain.desired import Polling
from vitrina_orchestrator.domain.errors import OrchestratorError
from vitrina_orchestrator.use_cases.ports import Runtime
from vitrina_orchestrator.use_cases.reconcile import Reconciler

POLLING: Final = Polling(60, 300, 20, ())
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_ON_FILES: Final = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "os.link"})
_ON_PROCESSES: Final = frozenset({"subprocess.Popen", "os.kill", "os.killpg", "os.posix_spawn"})
_FORKING: Final = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class OnePass:
    """A pass over one exporter by an orchestrator that has just started and ends afterwards."""

    open_runtime: Callable[[], AbstractAsyncContextManager[Runtime]]
    """Can be pickled."""
    desired: DesiredExporter
    folder: Path
    """Effects below it count; `statuses` in it gets what is published, a line each."""

    async def run(self) -> None:
        async with self.open_runtime() as runtime, exporter_http_client() as http:
            reconciler = Reconciler(
                runtime=runtime,
                registry=_Registry(self.desired),
                exporters=ExporterClient(http),
                statuses=_StatusFile(self.folder / "statuses"),
                meter=_Meter(),
                polling=POLLING,
                now=utc_now,
            )
            with suppress(OrchestratorError):  # of which the next pass makes the best
                await reconciler.reconcile(self.desired.name)

    def run_and_kill(self, number: int) -> str | None:
        """Killed just before its effect of this number, from 0; says which, null when it came to its end."""
        told, tell = _FORKING.Pipe(duplex=False)
        process = _FORKING.Process(target=_run_armed, args=(self, number, tell))
        process.start()
        tell.close()
        process.join()
        assert process.exitcode in {0, -signal.SIGKILL}, f"the pass ended with {process.exitcode}"
        return str(told.recv()) if process.exitcode else None


def _run_armed(one: OnePass, number: int, tell: Connection) -> None:
    failpoints = _Failpoints(number, tell)
    sys.addaudithook(partial(_on_audit, failpoints, str(one.folder)))
    _hook_engine(failpoints)
    asyncio.run(one.run())
    failpoints.disarm()


class _Failpoints:
    def __init__(self, number: int, tell: Connection) -> None:
        self._left: int | None = number
        self._tell = tell

    def reach(self, effect: str) -> None:
        if self._left is None:
            return
        if self._left > 0:
            self._left -= 1
            return
        self.disarm()
        self._tell.send(effect)
        os.kill(os.getpid(), signal.SIGKILL)

    def disarm(self) -> None:
        self._left = None


def _on_audit(failpoints: _Failpoints, folder: str, event: str, arguments: Sequence[Any]) -> None:
    if event in _ON_PROCESSES:
        failpoints.reach(event)
    elif event in _ON_FILES or (event == "open" and arguments[2] & _WRITING):
        path = os.fsdecode(arguments[0]) if isinstance(arguments[0], str | bytes | os.PathLike) else ""
        if path.startswith(folder) or not path.startswith("/"):  # a relative one: of a folder that is being emptied
            failpoints.reach(f"{event} {path.removeprefix(folder)}")


def _hook_engine(failpoints: _Failpoints) -> None:
    ask = aiodocker.Docker._do_query  # noqa: SLF001 - every request goes through it, and there is no hook

    async def asked(docker: aiodocker.Docker, path: str, method: str, **options: Any) -> Any:
        if method != "GET":
            failpoints.reach(f"{method} {path}")
        return await ask(docker, path, method, **options)

    vars_of: Any = aiodocker.Docker
    vars_of._do_query = asked  # noqa: SLF001 - in this process alone, which ends with the pass


@dataclass(frozen=True)
class _Registry:
    exporter: DesiredExporter

    async def summaries(self) -> Sequence[DesiredSummary]:
        return [DesiredSummary.model_validate(self.exporter.model_dump(include=set(DesiredSummary.model_fields)))]

    async def desired(self, exporter: str) -> DesiredExporter | None:
        return self.exporter if exporter == self.exporter.name else None


@dataclass(frozen=True)
class _StatusFile:
    path: Path

    async def publish(self, exporter: str, observed: ObservedExporter) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{exporter} {observed.model_dump_json()}\n")


class _Meter:
    def restarted(self, exporter: str) -> None:
        """Nobody reads it here."""
