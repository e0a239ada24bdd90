"""Makes a backup of an installation that runs, without stopping it."""

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from vitrina_embedded.backup import contents, postgres_tools
from vitrina_embedded.backup.archive import copy, pack
from vitrina_embedded.backup.contents import About
from vitrina_embedded.backup.history import snapshot
from vitrina_embedded.exclusion import alone
from vitrina_embedded.home import ROOT, Home, read_json
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import Settings
from vitrina_embedded.supervision import Supervisor


def make_backup(settings: Settings, target: Path, passphrase: str, *, history: bool = False) -> int:
    """Writes the archive and returns its size in bytes; a file of this name is there as a whole or not at all.

    Raises:
        Refusal: Vitrina does not run, or a part of it cannot be read.
    """
    home = Home(settings.home)
    if history and settings.prometheus_url:
        raise Refusal(f"The history lies in the Prometheus of {settings.prometheus_url}: back it up there.")
    if not home.path.exists() or not Supervisor(home).is_running():
        raise Refusal(f"Vitrina does not run in {home.path}: start it by `make up`, then make the backup.")
    unfinished = target.with_name(f".{target.name}.part")
    with alone(home), _work_folder(home) as work:
        try:
            with _private(unfinished) as file:
                _fill(home, file, passphrase, work, history=history)
            with unfinished.open("rb") as file:
                os.fsync(file.fileno())
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _fill(home: Home, target: BinaryIO, passphrase: str, work: Path, *, history: bool) -> None:
    ports = read_json(home.ports_file)
    server = postgres_tools.server_of(home, int(ports["postgres"]))
    about = About(
        made_at=datetime.now(UTC),
        version=version("vitrina-embedded"),
        revisions=postgres_tools.table_revisions(server),
        history=history,
    )
    (work / contents.ABOUT).write_text(about.model_dump_json(), encoding="utf-8")
    postgres_tools.dump(server, work / contents.DATABASE)
    with _paused(home, "nats"):
        copy(home.path / "nats", work / "nats")
    for name in ("alertmanager", "gateway"):
        copy(home.path / name, work / name)
    own = [(contents.SECRETS, home.secrets), (contents.SETTINGS, ROOT / ".env"), (contents.STATE, home.state_file)]
    parts = [*((name, work / name) for name in (contents.ABOUT, contents.DATABASE, *contents.FOLDERS)), *own]
    with ExitStack() as stack:
        if history:
            prometheus = f"http://{LOOPBACK}:{ports['prometheus']}"
            parts.append((contents.HISTORY, stack.enter_context(snapshot(prometheus, home.path / "prometheus"))))
        pack(target, passphrase, parts)


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
