"""Programs of third-party exporters on this machine: only those that the installation allows, by name."""

import os
import shutil
from pathlib import Path

from vitrina_orchestrator.domain.errors import StartRefusedError
from vitrina_orchestrator.domain.program import Program
from vitrina_orchestrator.domain.third_party_policy import THIRD_PARTY_PROGRAMS


class Programs:
    def __init__(self, folder: Path | None = None, allowed: tuple[str, ...] = THIRD_PARTY_PROGRAMS) -> None:
        self._folder = folder
        self._allowed = allowed

    def find(self, program: Program) -> Path:
        """The first of its names that is here.

        Raises:
            StartRefusedError: none is here, or it is not one that this installation allows.
        """
        allowed = [name for name in program.command if name in self._allowed]
        if not allowed:
            named = ", ".join(program.command) or "no program"
            raise StartRefusedError(f"this installation allows none of what its manifest names: {named}")
        for name in allowed:
            found = shutil.which(name, path=os.pathsep.join(self._places()))
            if found is not None:
                return Path(found)
        raise StartRefusedError(f"{' or '.join(allowed)} is not on this machine: put it on PATH")

    def _places(self) -> list[str]:
        own = [str(self._folder / "usr" / "bin")] if self._folder is not None else []
        return [*own, os.environ.get("PATH", os.defpath)]
