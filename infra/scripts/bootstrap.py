"""Makes `.venv` and installs what the given lock names, checked by hash; costs next to nothing when that is done.

Runs on the system's Python with nothing installed, so it uses the standard library alone. `requirements-dev.lock` holds
everything that `requirements.lock` holds at the same versions: once it is installed it stays.
"""

from __future__ import annotations  # so that an older Python gets as far as the sentence about its age

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
STAMP = VENV / "vitrina-installed.json"
SUPERSET = "requirements-dev.lock"
OLDEST_PYTHON = (3, 11)
ROOM_NEEDED_MB = 1500
MEMBERS = (
    "services/contracts",
    "services/kit",
    "services/registry",
    "services/orchestrator",
    "services/metrics-gateway",
    "services/auth",
    *sorted(str(path.parent.relative_to(ROOT)) for path in ROOT.glob("exporters/*/pyproject.toml")),
    "infra/embedded",
    "cli",
)


def main(lock: str) -> None:
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(map(str, sys.version_info[:3]))
        stop(f"Vitrina needs Python 3.11 or newer and found {have}: install a newer python3 and try again.")
    installed = read_stamp()
    if installed.get("lock") == SUPERSET:
        lock = SUPERSET
    wanted = {"lock": lock, "digest": digest(lock)}
    if installed == wanted:
        return
    check_room()
    print(f"Installing the Python packages of {lock} into .venv (once, a minute or so)", flush=True)
    STAMP.unlink(missing_ok=True)  # what is half done must not pass for done
    make_venv()
    install_uv(lock)
    uv(["pip", "sync", "--require-hashes", lock], "install the Python packages")
    members = [option for member in MEMBERS for option in ("--editable", member)]
    uv(["pip", "install", "--no-deps", "--no-build-isolation", *members], "install Vitrina's own packages")
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")


def stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(1)


def read_stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def digest(lock: str) -> str:
    """Of all that decides what has to be installed: the lock, our members' metadata, the interpreter."""
    total = hashlib.sha256(repr((sys.version_info[:3], str(ROOT))).encode())
    for path in [ROOT / lock, *(ROOT / member / "pyproject.toml" for member in MEMBERS)]:
        total.update(path.read_bytes())
    return total.hexdigest()


def check_room() -> None:
    free = shutil.disk_usage(ROOT).free // 2**20
    if free < ROOM_NEEDED_MB:
        stop(
            f"The disk of {ROOT} has {free} MB left and Vitrina needs {ROOM_NEEDED_MB}: free some space and try again."
        )


def make_venv() -> None:
    if works(VENV / "bin" / "python"):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return
    said = made.stdout + made.stderr
    shutil.rmtree(VENV, ignore_errors=True)
    if "ensurepip" in said or "No module named venv" in said:
        stop("Python's venv module is missing: install it (on Debian: apt-get install python3-venv) and try again.")
    fail("make the Python environment", said)


def works(python: Path) -> bool:
    """Whether there is an environment that can install something; one left half made by an earlier try can not."""
    if not python.exists():
        return False
    probe = subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False)
    return probe.returncode == 0


def install_uv(lock: str) -> None:
    """By pip and with the lock's own hashes: from here on uv, being some ten times quicker, does the rest."""
    pin = re.search(r"^uv==.*?(?=^\S|\Z)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    if pin is None:
        stop(f"{lock} does not name uv: run `make lock`.")
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as requirements:
        requirements.write(pin.group())
        requirements.flush()
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "--no-deps", "-r", requirements.name], "install uv")


def uv(arguments: list[str], purpose: str) -> None:
    run([str(VENV / "bin" / "uv"), *arguments, "--quiet", "--python", str(VENV / "bin" / "python")], purpose)


def run(command: list[str], purpose: str) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        fail(purpose, done.stdout + done.stderr)


def environment() -> dict[str, str]:
    """What pip was told, uv is told: a mirror, and the certificates that the machine trusts."""
    told = dict(os.environ)
    told.setdefault("UV_LINK_MODE", "copy" if other_disk_than_cache() else "hardlink")
    told.setdefault("UV_SYSTEM_CERTS", "1")
    if "PIP_INDEX_URL" in told:
        told.setdefault("UV_DEFAULT_INDEX", told["PIP_INDEX_URL"])
    return told


def other_disk_than_cache() -> bool:
    cache = Path(os.environ.get("UV_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home())
    return not cache.exists() or cache.stat().st_dev != ROOT.stat().st_dev


def fail(purpose: str, said: str) -> NoReturn:
    last = "\n".join(said.strip().splitlines()[-8:])
    if re.search(r"No space left|Disk quota", said, re.IGNORECASE):
        stop(f"The disk is full, so it was not possible to {purpose}: free some space and try again.")
    if re.search(r"HASH|hash mismatch", said):
        stop(f"A package is not the one that the lock names, so nothing was installed (could not {purpose}):\n{last}")
    if re.search(r"resolve|connect|dns|network|timed? ?out|unreachable|proxy|certificate", said, re.IGNORECASE):
        stop(f"It was not possible to {purpose}: check the network (or the proxy's settings) and try again.\n{last}")
    stop(f"It was not possible to {purpose}:\n{last}")


if __name__ == "__main__":
    main(sys.argv[1])
