"""What no container can remember, because its labels never change: one small file an instance, and a lock beside it.

All of it may be lost: counts begin anew, and the configuration is written again.
"""

import shutil
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from vitrina_orchestrator.adapters.locks import locked


class ConfigRecord(BaseModel):
    """What was written into the volume with this id."""

    model_config = ConfigDict(frozen=True)

    volume: str
    revision: int
    digest: str
    older_revisions: tuple[int, ...] = ()


class ContainerRecord(BaseModel):
    model_config = ConfigDict(frozen=True)

    container: str | None = None
    """The one that the counts are about."""
    halted: bool = False
    counted_start: datetime | None = None
    """Start of the life whose end has been counted."""
    exit_code: int | None = None
    out_of_memory: bool = False
    restarts: int = 0
    early_deaths: int = 0
    image: str | None = None
    """Id of what its image's name meant when it was made."""
    config: ConfigRecord | None = None

    def about(self, container: str) -> "ContainerRecord":
        """The same when it is about this container, else with new counts."""
        return self if self.container == container else ContainerRecord(container=container, config=self.config)


class RecordFolder:
    def __init__(self, root: Path, instance: str) -> None:
        self._path = root / instance
        self._file = self._path / "record.json"

    def fence(self, patience_seconds: float = 60.0) -> AbstractAsyncContextManager[None]:
        """Held by whoever changes something of this instance. Raises `InstanceBusyError`."""
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return locked(self._path / "fence", patience_seconds)

    def load(self) -> ContainerRecord:
        try:
            return ContainerRecord.model_validate_json(self._file.read_bytes())
        except (FileNotFoundError, NotADirectoryError, ValidationError):
            return ContainerRecord()

    def save(self, record: ContainerRecord) -> None:
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._file.with_suffix(".draft")
        draft.write_text(record.model_dump_json(indent=2))
        draft.replace(self._file)

    def delete(self) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
