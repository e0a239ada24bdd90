"""Where an installation keeps what is its own: data, logs, secrets, everything below one folder."""

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vitrina_embedded.refusal import Refusal

ROOT: Final = Path(__file__).resolve().parents[3]
RUN_ID_VARIABLE: Final = "VITRINA_RUN_ID"
_LONGEST_SOCKET_PATH: Final = 90
"""Linux allows 107 characters; supervisord first binds a name with its process id at the end."""


@dataclass(frozen=True)
class Home:
    """One installation. Two of them, with different folders, run beside each other."""

    path: Path

    @property
    def run_id(self) -> str:
        """Marks every process of this installation, in its environment."""
        return hashlib.sha256(str(self.path).encode()).hexdigest()[:16]

    @property
    def run(self) -> Path:
        """Generated configuration and what lives as long as the processes."""
        return self.path / "run"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def state_file(self) -> Path:
        """What was done once and must not be done again, like creating the demo's sources."""
        return self.path / "state.json"

    @property
    def ports_file(self) -> Path:
        return self.path / "ports.json"

    @property
    def endpoints_file(self) -> Path:
        """Addresses of every part, for engineers and tests."""
        return self.path / "endpoints.json"

    @property
    def ready_file(self) -> Path:
        """Exists while `make up` has brought everything up and nothing has taken it down."""
        return self.run / "ready.json"

    def folder(self, name: str) -> Path:
        """A part's own data folder, made when missing."""
        folder = self.path / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def log(self, program: str) -> Path:
        return self.logs / f"{program}.log"

    def socket(self) -> Path:
        """The supervisor's socket: here, or in a private folder elsewhere when the path is too long for one."""
        here = self.run / "supervisor.sock"
        if len(str(here)) <= _LONGEST_SOCKET_PATH:
            return here
        return Path(tempfile.gettempdir()) / f"vitrina-{os.getuid()}-{self.run_id}" / "supervisor.sock"

    def prepare(self) -> None:
        """Makes the folders, for this user alone.

        Raises:
            Refusal: the folder belongs to somebody else or cannot be written.
        """
        try:
            for folder in (self.path, self.run, self.logs, self.secrets, self.socket().parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if folder.stat().st_uid != os.getuid():
                    raise Refusal(f"{folder} belongs to another user: run this as that user, or delete it.")
                folder.chmod(0o700)
        except (PermissionError, NotADirectoryError, FileExistsError) as error:
            raise Refusal(
                f"{error.filename} cannot be made or written: set VITRINA_HOME to a folder of yours."
            ) from error


def read_json(path: Path) -> dict[str, Any]:
    """The object in the file; empty when there is none or a crash left half of one."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_private(path: Path, text: str) -> None:
    """Replaces the file as a whole, readable by its owner only from the first byte."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
