"""Exporters as processes of this machine.

At most one process of an instance lives at any instant, also with two orchestrators: each change is made under the
folder's fence, and each process holds the folder's lock by an inherited descriptor until it ends. Before one starts,
any other that names the folder is ended: who deletes a folder deletes its locks, and no process. Processes are
detached: they outlive the orchestrator and are adopted by the next one.
"""

import asyncio
import os
import subprocess
from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

import structlog

from vitrina_orchestrator.adapters.locks import claimed, locked, try_lock
from vitrina_orchestrator.adapters.log_file import follow as follow_log
from vitrina_orchestrator.adapters.log_file import rotate, size_of, tail_of
from vitrina_orchestrator.adapters.process_folder import ProcessFolder, ProcessRecord, drop_removed
from vitrina_orchestrator.adapters.process_starts import CONFIG_DIR, PORT, ProcessStarts, free_port
from vitrina_orchestrator.adapters.processes import (
    ExitWatch,
    ProcessIdentity,
    end_process,
    environment_of,
    find_by_environment,
    identify,
    is_alive,
    values_in_environments,
)
from vitrina_orchestrator.adapters.programs import Programs
from vitrina_orchestrator.adapters.source_files import drop_configs_but, read_config, write_config
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.errors import InstanceBusyError, NoInstanceError, StartRefusedError
from vitrina_orchestrator.domain.naming import instance_parts, is_instance_name
from vitrina_orchestrator.domain.observed import Instance
from vitrina_orchestrator.domain.phase import early_deaths_after
from vitrina_orchestrator.domain.program import files_in

log = structlog.get_logger(__name__)

STOP_GRACE_SECONDS: Final = 5.0
_ROTATE_SECONDS: Final = 5.0
_CLAIM: Final = ".installation"
"""No exporter's name."""


class ProcessRuntime:
    """`async with` it: leaving ends the watching, never the exporters."""

    name = "process"

    def __init__(
        self, folder: Path, *, log_level: str = "info", run_id: str | None = None, programs: Programs | None = None
    ) -> None:
        self._folder = folder.absolute()
        passed_on = {"VITRINA_LOG_LEVEL": log_level} | ({"VITRINA_RUN_ID": run_id} if run_id else {})
        self._starts = ProcessStarts(passed_on, programs or Programs())
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._exit_codes: dict[ProcessIdentity, int | None] = {}
        self._changed: asyncio.Queue[str] = asyncio.Queue()
        self._watch = ExitWatch(self._on_exit)
        self._installation = run_id or "without a name"
        self._open = ExitStack()

    async def __aenter__(self) -> Self:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._open.enter_context(claimed(self._folder / _CLAIM, self._installation))
        self._open.callback(self._watch.close)
        self._open.callback(asyncio.create_task(self._keep_logs_small()).cancel)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        self._open.close()

    async def list(self) -> Sequence[Instance]:
        await asyncio.to_thread(drop_removed, self._folder)
        await asyncio.to_thread(self._give_folders_back)
        found = [await self.find(folder.name) for folder in self._folders()]
        return [instance for instance in found if instance is not None]

    async def find(self, name: str) -> Instance | None:
        folder = self._folder_of(name)
        if not folder.exists():
            return None
        record = folder.load()
        if record is None or record.process is None or not is_alive(record.process):
            record = await self._settle(folder, record)
        if record is not None and record.process is not None:
            self._watch.watch(record.process, name)
        return folder.instance(record)

    async def create(self, spec: InstanceSpec) -> None:
        folder = self._folder_of(spec.name)
        folder.make_room()
        async with locked(folder.fence):
            self._refuse_if_alive(folder.load())
            await self._launch(folder, ProcessRecord(spec=spec, port=0))

    async def start(self, name: str) -> None:
        folder = self._existing(name)
        async with locked(folder.fence):
            record = folder.load()
            if record is None:
                raise NoInstanceError(f"there is no instance of {name}")
            self._refuse_if_alive(record)
            restarts = record.restarts if record.halted else record.restarts + 1
            await self._launch(folder, record.model_copy(update={"restarts": restarts}))

    async def replace(self, spec: InstanceSpec, instead_of: str | None) -> None:
        folder = self._existing(spec.name)
        async with locked(folder.fence):
            record = folder.load()
            if record is not None and record.process is not None:
                if str(record.process.pid) != instead_of:
                    self._refuse_if_alive(record)
                await self._end(record.process)
            port = record.port if record is not None else 0
            await self._launch(folder, ProcessRecord(spec=spec, port=port))

    async def stop(self, name: str) -> None:
        folder = self._existing(name)
        async with locked(folder.fence):
            await self._halt(folder)

    async def remove(self, name: str) -> None:
        folder = self._folder_of(name)
        if not folder.exists():
            return
        async with locked(folder.fence):
            await self._halt(folder)
            os.close(await self._own_lock(folder))
            await asyncio.to_thread(folder.delete)
        log.info("instance_removed", instance=name)

    async def put_config(self, spec: InstanceSpec, revision: int, content: bytes) -> None:
        folder = self._folder_of(spec.name)
        try:
            folder.make_room()
            async with locked(folder.fence):
                folder.make()
                files = files_in(content) if spec.program is not None else {}
                await asyncio.to_thread(write_config, folder.config, revision, content, files)
        except OSError as error:
            raise StartRefusedError(f"its configuration cannot be written: {error.strerror}") from error

    async def fall_back(self, spec: InstanceSpec, revision: int) -> None:
        folder = self._existing(spec.name)
        async with locked(folder.fence):
            written = folder.written_config()
            if written is not None and written.revision == revision:
                return
            try:
                content = read_config(folder.config, revision)
                files = files_in(content) if spec.program is not None else {}
                await asyncio.to_thread(write_config, folder.config, revision, content, files)
                drop_configs_but(folder.config, revision)
            except OSError as error:
                raise StartRefusedError(f"its former configuration cannot be used: {error.strerror}") from error

    async def drop_old_configs(self, name: str, keep: int) -> None:
        folder = self._existing(name)
        async with locked(folder.fence):
            written = folder.written_config()
            if written is not None and written.revision == keep:
                drop_configs_but(folder.config, keep)

    async def events(self) -> AsyncGenerator[str]:
        while True:
            yield await self._changed.get()

    async def logs(self, name: str, tail: int, *, follow: bool) -> AsyncGenerator[str]:
        folder = self._existing(name)
        position = size_of(folder.log)
        for line in await asyncio.to_thread(tail_of, folder.log, tail):
            yield line
        if follow:
            async for line in follow_log(folder.log, position):
                yield line

    def _folders(self) -> Sequence[ProcessFolder]:
        with os.scandir(self._folder) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir() and is_instance_name(entry.name))
        return [self._folder_of(name) for name in names]

    def _give_folders_back(self) -> None:
        """To processes whose folders somebody deleted: so they are seen, and ended by whoever may."""
        for _, config in values_in_environments(CONFIG_DIR):
            folder = Path(config).parent
            if folder.parent == self._folder and is_instance_name(folder.name):
                with suppress(InstanceBusyError):  # whoever removes it right now ends the process first
                    self._folder_of(folder.name).make_room()

    def _folder_of(self, name: str) -> ProcessFolder:
        return ProcessFolder(self._folder / name)

    def _existing(self, name: str) -> ProcessFolder:
        folder = self._folder_of(name)
        if not is_instance_name(name) or not folder.exists():
            raise NoInstanceError(f"there is no instance of {name}")
        return folder

    def _refuse_if_alive(self, record: ProcessRecord | None) -> None:
        if record is not None and record.process is not None and is_alive(record.process):
            raise InstanceBusyError("it has been started by another orchestrator")

    async def _settle(self, folder: ProcessFolder, seen: ProcessRecord | None) -> ProcessRecord | None:
        """Records a death, or adopts a process that was launched just before a crash of ours.

        While somebody else holds the fence, only tells that what was seen does not run.
        """
        try:
            async with locked(folder.fence, patience_seconds=0):
                record = folder.load()
                if record is None:
                    return None
                if record.process is None:
                    return self._adopt_unrecorded(folder, record)
                if is_alive(record.process):
                    return record
                return self._bury(folder, record, record.process)
        except InstanceBusyError:
            return seen.model_copy(update={"process": None}) if seen is not None else None

    def _bury(self, folder: ProcessFolder, record: ProcessRecord, process: ProcessIdentity) -> ProcessRecord:
        now = datetime.now(UTC)
        lived = (now - record.started_at).total_seconds() if record.started_at is not None else 0.0
        self._collect(process)
        buried = record.model_copy(
            update={
                "process": None,
                "ended_at": now,
                "exit_code": self._exit_codes.pop(process, None),
                "early_deaths": early_deaths_after(record.early_deaths, lived),
            }
        )
        folder.save(buried)
        log.warning("instance_ended", instance=folder.name, pid=process.pid, exit_code=buried.exit_code)
        return buried

    def _adopt_unrecorded(self, folder: ProcessFolder, record: ProcessRecord) -> ProcessRecord:
        descriptor = try_lock(folder.lock)
        if descriptor is not None:
            os.close(descriptor)
            return record
        pid = find_by_environment(CONFIG_DIR, str(folder.config))
        process = identify(pid) if pid is not None else None
        if process is None:
            return record
        port = int(environment_of(process.pid).get(PORT, record.port))
        adopted = record.model_copy(update={"process": process, "port": port, "halted": False})
        folder.save(adopted)
        log.info("instance_adopted", instance=folder.name, pid=process.pid)
        return adopted

    async def _halt(self, folder: ProcessFolder) -> None:
        record = folder.load()
        if record is None:
            return
        update: dict[str, object] = {"process": None, "halted": True, "early_deaths": 0}
        if record.process is not None:
            await self._end(record.process)
            update |= {"ended_at": datetime.now(UTC), "exit_code": self._exit_codes.pop(record.process, None)}
        folder.save(record.model_copy(update=update))

    async def _end(self, process: ProcessIdentity) -> None:
        try:
            await end_process(process, STOP_GRACE_SECONDS)
        except TimeoutError:
            raise InstanceBusyError(f"process {process.pid} does not end, not even by SIGKILL") from None
        self._collect(process)

    async def _own_lock(self, folder: ProcessFolder) -> int:
        """The exporter's lock, when no process is on record. One that no record names is ended."""
        while (pid := find_by_environment(CONFIG_DIR, str(folder.config))) is not None:
            if stray := identify(pid):
                log.warning("stray_process_ended", instance=folder.name, pid=stray.pid)
                await self._end(stray)
        descriptor = try_lock(folder.lock)
        if descriptor is None:
            raise InstanceBusyError("an unknown process holds its lock")
        return descriptor

    async def _launch(self, folder: ProcessFolder, record: ProcessRecord) -> None:
        """Under the fence, with no living process on record."""
        descriptor = await self._own_lock(folder)
        try:
            port = free_port(record.port, others=self._ports_of_others(folder))
            fresh = {"process": None, "halted": False, "started_at": datetime.now(UTC)}
            record = record.model_copy(update={**fresh, "port": port})
            folder.make()
            folder.save(record)
            child = self._starts.spawn(folder, record, self._shared_state(folder.name), descriptor)
        except OSError as error:
            raise StartRefusedError(f"it cannot be started: {error.strerror}") from error
        finally:
            os.close(descriptor)
        process = identify(child.pid)
        if process is None:
            raise StartRefusedError("it ended before it could be seen")
        self._children[child.pid] = child
        folder.save(record.model_copy(update={"process": process}))
        self._watch.watch(process, folder.name)
        log.info("instance_started", instance=folder.name, pid=child.pid, port=port, restarts=record.restarts)

    def _shared_state(self, name: str) -> Path:
        """One folder for all shards of an exporter: a device that comes to another one brings its status along."""
        first = self._folder_of(instance_parts(name)[0])
        first.make()
        return first.state

    def _ports_of_others(self, folder: ProcessFolder) -> set[int]:
        """They come back to these, also who does not run now."""
        records = [other.load() for other in self._folders() if other.name != folder.name]
        return {record.port for record in records if record is not None}

    def _on_exit(self, process: ProcessIdentity, name: str) -> None:
        self._collect(process)
        self._changed.put_nowait(name)

    def _collect(self, process: ProcessIdentity) -> None:
        """Waits for a child that has ended; nobody but its parent learns an exit code."""
        child = self._children.get(process.pid)
        if child is not None and child.poll() is not None:
            del self._children[process.pid]
            self._exit_codes[process] = child.returncode

    async def _keep_logs_small(self) -> None:
        while True:
            await asyncio.sleep(_ROTATE_SECONDS)
            for folder in self._folders():
                with suppress(OSError):
                    await asyncio.to_thread(rotate, folder.log)
