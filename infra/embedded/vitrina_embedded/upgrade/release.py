"""A release folder: a checkout or an unpacked archive of Vitrina with an environment of its own."""

import os
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from vitrina_embedded.home import ROOT, Home, write_private
from vitrina_embedded.refusal import Refusal

_HOME = "VITRINA_HOME"


@dataclass(frozen=True)
class Release:
    root: Path

    @property
    def version(self) -> str:
        return str(tomllib.loads((self.root / "pyproject.toml").read_text("utf-8"))["project"]["version"])

    @property
    def python(self) -> Path:
        return self.root / ".venv" / "bin" / "python"

    @property
    def home(self) -> Path:
        """Where it keeps its data: by the environment, its `.env`, or below itself."""
        said = os.environ.get(_HOME) or dotenv_values(self.root / ".env").get(_HOME) or ".vitrina"
        return (self.root / Path(said).expanduser()).resolve()

    def start(self, home: Home) -> int:
        """`make up` there; returns the exit status."""
        return subprocess.run(
            [str(self.python), "-m", "vitrina_embedded", "up"],
            cwd=self.root,
            env={**os.environ, _HOME: str(home.path)},
            stdin=subprocess.DEVNULL,
            check=False,
        ).returncode


def this_release() -> Release:
    return Release(ROOT)


def find_release(folder: Path) -> Release:
    """Raises:
    Refusal: no Vitrina that could be started again lies there, or it is this very folder.
    """
    release = Release(folder.expanduser().resolve())
    if release.root == ROOT:
        raise Refusal(
            f"{ROOT} is this folder itself, and what was here before is needed to return to: put the new version into "
            "a folder of its own, as by `git worktree add ../vitrina-new v1.2.3`, and upgrade from there."
        )
    if not (release.root / "compose.yaml").exists() or not release.python.exists():
        raise Refusal(f"{release.root} is no folder of Vitrina in which `make up` has run: name the one that runs now.")
    return release


def carry_settings(old: Release) -> None:
    """The old folder's `.env`, unless this one has its own; either way the data stay where they are.

    Raises:
        Refusal: this folder's own settings name other data.
    """
    ours = ROOT / ".env"
    if not ours.exists():
        theirs = old.root / ".env"
        lines = theirs.read_text("utf-8").splitlines() if theirs.exists() else []
        kept = [line for line in lines if not line.startswith(f"{_HOME}=")]
        write_private(ours, "\n".join([*kept, f"{_HOME}={old.home}", ""]))
    here = this_release().home
    if here != old.home:
        raise Refusal(
            f"The settings of this folder name the data in {here}, and {old.root} runs with those in {old.home}: set "
            f"VITRINA_HOME={old.home} in {ours}."
        )
