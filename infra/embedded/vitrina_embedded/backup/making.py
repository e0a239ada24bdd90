"""Makes a backup of an installation that runs, without stopping it."""

import contextlib
import os
import shutil
import signal
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, cast

import httpx

from vitrina_embedded.backup import contents, postgres_tools
from vitrina_embedded.backup.contents import About
from vitrina_embedded.backup.sealing import SealedWriter
from vitrina_embedded.exclusion import alone
from vitrina_embedded.home import ROOT, Home, read_json
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import Settings
from vitrina_embedded.supervision import Supervisor

_SNAPSHOT_SECONDS = 300


def make_backup(settings: Settings, target: Path, passphrase: str, *, history: bool = False) -> int:
    """Writes the archive and returns its size in bytes; a file of this name is there as a whole or not at all.

    Raises:
        Refusal: Vitrina does not run, or a part of it cannot be read.
    """
    home = Home(settings.home)
    if not home.path.exists() or not Supervisor(home).is_running():
        raise Refusal(f"Vitrina does not run in {home.path}: start it by `make up`, then make the backup.")
    unfinished = target.with_name(f".{target.name}.part")
    with alone(home), _work_folder(home) as work:
        try:
            with _private(unfinished) as file, SealedWriter(file, passphrase) as sealed:
                _fill(home, cast("BinaryIO", sealed), work, history=history)
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _fill(home: Home, sealed: BinaryIO, work: Path, *, history: bool) -> None:
    port = int(read_json(home.ports_file)["postgres"])
    about = About(
        made_at=datetime.now(UTC),
        version=version("vitrina-embedded"),
        revisions=postgres_tools.table_revisions(home, port),
        history=history,
    )
    (work / contents.ABOUT).write_text(about.model_dump_json(), encoding="utf-8")
    postgres_tools.dump(home, port, work / contents.DATABASE)
    with _paused(home, "nats"):
        _copy(home.path / "nats", work / "nats")
    for name in ("alertmanager", "gateway"):
        _copy(home.path / name, work / name)
    with tarfile.open(fileobj=sealed, mode="w|gz") as archive:
        for name in (contents.ABOUT, contents.DATABASE, *contents.FOLDERS):
            archive.add(work / name, arcname=name)
        archive.add(home.secrets, arcname=contents.SECRETS)
        for path, name in ((ROOT / ".env", contents.SETTINGS), (home.state_file, contents.STATE)):
            if path.exists():
                archive.add(path, arcname=name)
        if history:
            with _snapshot(home) as blocks:
                archive.add(blocks, arcname=contents.HISTORY)


@contextmanager
def _work_folder(home: Home) -> Iterator[Path]:
    folder = home.path / "backing-up"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    path.unlink(missing_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refusal(f"{path.parent} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "wb") as file:
        yield file


@contextmanager
def _paused(home: Home, program: str) -> Iterator[None]:
    """It stands still while its files are copied: they are then what a crash would leave, which it is made to read.

    Its connections stay; its callers notice a pause.
    """
    pid = Supervisor(home).pids().get(program, 0)
    if not pid:
        yield
        return
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def _copy(source: Path, target: Path) -> None:
    """Files that come and go meanwhile are temporary ones of their owner."""
    if not source.exists():
        target.mkdir()
        return
    with contextlib.suppress(shutil.Error):
        shutil.copytree(source, target, symlinks=True)


@contextmanager
def _snapshot(home: Home) -> Iterator[Path]:
    """Prometheus' own copy of its data, made of links, and taken away again."""
    prometheus = f"http://{LOOPBACK}:{read_json(home.ports_file)['prometheus']}"
    try:
        answer = httpx.post(f"{prometheus}/api/v1/admin/tsdb/snapshot", timeout=_SNAPSHOT_SECONDS, trust_env=False)
        name = str(answer.raise_for_status().json()["data"]["name"])
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise Refusal(
            "Prometheus makes no snapshot of its data: look into its log, or make the backup without --history.",
            log=home.log("prometheus"),
        ) from error
    folder = home.path / "prometheus" / "snapshots" / name
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
