"""The web UI, built from its sources when they changed since the last build."""

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from vitrina_embedded.downloads import from_environment
from vitrina_embedded.home import ROOT, Home
from vitrina_embedded.refusal import Refusal

WEB: Final = ROOT / "web"
DIST: Final = WEB / "dist"
_STAMP: Final = DIST / ".built-from"
_INSTALLED: Final = WEB / "node_modules" / ".installed-from"
_NOT_SOURCES: Final = {"node_modules", "dist", "test-results", "coverage"}


def is_built() -> bool:
    return (DIST / "index.html").exists() and _read(_STAMP) == _digest(_sources())


def build(home: Home) -> None:
    """Installs Node's packages when the lock changed, then builds.

    Raises:
        Refusal: either fails; names the log.
    """
    log = home.log("web-build")
    with _one_at_a_time(), log.open("w", encoding="utf-8") as output:
        if is_built():
            return
        wanted = _digest(_sources())
        install_packages(output.fileno(), log)
        _npm(["run", "build"], output.fileno(), log)
        _STAMP.write_text(wanted, encoding="utf-8")


def install_packages(output: int, log: Path) -> None:
    """`npm ci`, unless what the lock names is installed."""
    wanted = _digest([WEB / "package.json", WEB / "package-lock.json"])
    if _read(_INSTALLED) == wanted:
        return
    _npm(["ci", "--no-audit", "--no-fund"], output, log)
    _INSTALLED.write_text(wanted, encoding="utf-8")


def node_environment() -> dict[str, str]:
    """With our own Node first on PATH."""
    return {**os.environ, "PATH": f"{from_environment('node').parent}:{os.environ.get('PATH', '')}", "CI": "1"}


def _npm(arguments: list[str], output: int, log: Path) -> None:
    command = [str(from_environment("npm")), *arguments]
    done = subprocess.run(command, cwd=WEB, env=node_environment(), stdout=output, stderr=output, check=False)
    if done.returncode != 0:
        purpose = "Node's packages could not be installed" if arguments[0] == "ci" else "The web UI could not be built"
        raise Refusal(f"{purpose}: see the end of its log (is the network there, the disk not full?).", log=log)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two installations of one clone share the build."""
    with (ROOT / ".venv" / "web-build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sources() -> list[Path]:
    found: list[Path] = []
    for folder, folders, files in os.walk(WEB):
        folders[:] = sorted(set(folders) - _NOT_SOURCES)
        found.extend(Path(folder) / name for name in sorted(files))
    return found


def _digest(files: list[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        total.update(f"{path.relative_to(WEB)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _read(stamp: Path) -> str | None:
    try:
        return stamp.read_text(encoding="utf-8")
    except OSError:
        return None
