"""Everything that the process runtime knows of an instance lies in one folder; nothing else remembers it.

`instance.json` (the record), `config/` (0700), `state/`, `log`, and two locks: `fence` is held by whoever changes
something here, `lock` by the exporter process itself for as long as it lives.
"""

import shutil
import uuid
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from vitrina_orchestrator.adapters.log_file import last_words
from vitrina_orchestrator.adapters.processes import ProcessIdentity
from vitrina_orchestrator.adapters.source_files import read_written_config
from vitrina_orchestrator.domain.desired import InstanceSpec
from vitrina_orchestrator.domain.errors import InstanceBusyError
from vitrina_orchestrator.domain.naming import instance_parts
from vitrina_orchestrator.domain.observed import Instance, WrittenConfig

_REMOVED: Final = ".removed-"
"""In the middle of a name that is no instance's."""


class ProcessRecord(BaseModel):
    """Written before a process is launched (without `process`) and after, so that a crash between is seen."""

    model_config = ConfigDict(frozen=True)

    spec: InstanceSpec
    port: int
    process: ProcessIdentity | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    halted: bool = False
    restarts: int = 0
    early_deaths: int = 0


def drop_removed(root: Path) -> None:
    """What a crash left of folders that were being deleted."""
    for removed in root.glob(f".*{_REMOVED}*"):
        shutil.rmtree(removed, ignore_errors=True)


class ProcessFolder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.fence = path / "fence"
        self.lock = path / "lock"
        self.config = path / "config"
        self.state = path / "state"
        self.log = path / "log"
        self._record = path / "instance.json"

    def make_room(self) -> None:
        """So that the fence can be taken; what lies inside is made under it.

        Raises:
            InstanceBusyError: it was there, and is gone: somebody else has removed it at this very moment.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except FileExistsError:
            if self.path.is_file():
                raise
            raise InstanceBusyError("another orchestrator has just removed it") from None

    def make(self) -> None:
        self.make_room()
        self.config.mkdir(mode=0o700, exist_ok=True)
        self.state.mkdir(mode=0o700, exist_ok=True)

    def exists(self) -> bool:
        return self.path.is_dir()

    def delete(self) -> None:
        """Under the fence. All of it is gone at once: a fence that went first would let others into the rest."""
        removed = self.path.with_name(f".{self.name}{_REMOVED}{uuid.uuid4().hex}")
        self.path.rename(removed)
        shutil.rmtree(removed, ignore_errors=True)  # what is left goes with the next look at all folders

    def load(self) -> ProcessRecord | None:
        """None also for a record that a power cut left torn: the instance is then made anew."""
        try:
            return ProcessRecord.model_validate_json(self._record.read_bytes())
        except (FileNotFoundError, NotADirectoryError, ValidationError):
            return None

    def save(self, record: ProcessRecord) -> None:
        draft = self._record.with_suffix(".draft")
        draft.write_text(record.model_dump_json(indent=2))
        draft.replace(self._record)

    def written_config(self) -> WrittenConfig | None:
        return read_written_config(self.config)

    def instance(self, record: ProcessRecord | None) -> Instance:
        config = self.written_config()
        exporter, shard = instance_parts(self.name)
        if record is None:
            return Instance(exporter=exporter, shard=shard, spec=None, config=config)
        running = record.process is not None
        return Instance(
            exporter=exporter,
            shard=shard,
            spec=record.spec,
            config=config,
            running=running,
            halted=record.halted,
            id=str(record.process.pid) if record.process is not None else None,
            image=record.spec.image if record.spec.program is not None else f"python -m {record.spec.module}",
            address=f"127.0.0.1:{record.port}",
            started_at=record.started_at,
            ended_at=record.ended_at,
            exit_code=record.exit_code,
            last_words=None if running or record.halted else last_words(self.log),
            restarts=record.restarts,
            early_deaths=record.early_deaths,
        )
