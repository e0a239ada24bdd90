"""Restores a backup into a folder without data, on this machine or another.

Everything is unpacked, checked and loaded in a folder beside, then takes its place by renaming; PostgreSQL's data come
first, because `make up` refuses data without their keys, while keys without data would look like a new installation.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from vitrina_embedded import postgres, processes
from vitrina_embedded.backup import contents, postgres_tools
from vitrina_embedded.backup.archive import check, unpack
from vitrina_embedded.backup.contents import About
from vitrina_embedded.database import prepare_database
from vitrina_embedded.down import stop_everything
from vitrina_embedded.downloads import TOOLS, Monitoring
from vitrina_embedded.exclusion import alone
from vitrina_embedded.home import Home
from vitrina_embedded.installation import Installation
from vitrina_embedded.ports import choose_ports
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.secret_files import ensure_secrets
from vitrina_embedded.settings import Settings
from vitrina_embedded.supervision import Supervisor

_DATABASE_SECONDS: Final = 60
_PLACES: Final = ("postgres", "secrets", *contents.FOLDERS, contents.HISTORY, contents.STATE, contents.SETTINGS)
"""In the order in which they are put in place."""


def restore_backup(settings: Settings, source: Path, passphrase: str, *, replace: bool = False) -> About:
    """Afterwards `make up` starts what the backup holds. `replace` puts present data aside, and deletes nothing.

    Raises:
        Refusal: the file is not a whole backup of ours, there are data, or Vitrina runs.
    """
    home = Home(settings.home)
    home.prepare()
    with alone(home):
        if Supervisor(home).is_running():
            raise Refusal(f"Vitrina runs in {home.path}: stop it by `make down` first.")
        if _has_data(home) and not replace:
            raise Refusal(
                f"{home.path} holds data already: name an empty folder in VITRINA_HOME, or add --replace, which puts "
                "these data aside."
            )
        with _staging(home) as staged:
            with _reading(source) as file:
                about = unpack(file, passphrase, staged.path)
            _load(settings, staged)
            if _has_data(home):
                _put_aside(home)
            for name in _PLACES:
                _place(staged.path / name, home.path / name)
    return about


def check_backup(source: Path, passphrase: str) -> About:
    """Reads the archive to its end.

    Raises:
        Refusal: it is not a whole backup of ours that this version can restore.
    """
    with _reading(source) as file:
        return check(file, passphrase)


def _has_data(home: Home) -> bool:
    return (home.postgres / "PG_VERSION").exists() or any(home.secrets.iterdir())


@contextmanager
def _staging(home: Home) -> Iterator[Home]:
    staged = Home(home.path / "restoring")
    stop_everything(staged)  # what a killed restore has left
    shutil.rmtree(staged.path, ignore_errors=True)
    staged.prepare()
    try:
        yield staged
    finally:
        stop_everything(staged)
        shutil.rmtree(staged.path)
        if staged.socket().parent != staged.run:
            shutil.rmtree(staged.socket().parent, ignore_errors=True)


@contextmanager
def _reading(source: Path) -> Iterator[BinaryIO]:
    try:
        with source.open("rb") as file:
            yield file
    except OSError as error:
        raise Refusal(f"{error.filename or source} cannot be read: {error.strerror}.") from error


def _load(settings: Settings, staged: Home) -> None:
    """A cluster with the roles and the tables of the backup."""
    secrets = ensure_secrets(staged, None)  # a backup of an older version lacks what is newer
    ports = choose_ports(staged, reserved={settings.port})
    nothing = Path("/nonexistent")
    installation = Installation(settings, staged, ports, secrets, Monitoring(nothing, nothing, nothing, nothing))
    postgres.create_cluster(staged, secrets["postgres-password"])
    supervisor = Supervisor(staged)
    supervisor.launch(program := [processes.postgres_server(installation)])
    supervisor.start(each.name for each in program)
    prepare_database(installation, seconds=_DATABASE_SECONDS)
    postgres_tools.load(postgres_tools.server_of(staged, ports["postgres"]), staged.path / contents.DATABASE)
    stop_everything(staged)


def _put_aside(home: Home) -> None:
    aside = home.path / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    aside.mkdir(mode=0o700)
    kept = {TOOLS, home.run, home.logs, home.path / "restoring", aside}
    for entry in list(home.path.iterdir()):
        if entry not in kept and not entry.name.startswith("before-restore-"):
            entry.rename(aside / entry.name)


def _place(source: Path, target: Path) -> None:
    if not source.exists():
        return
    if target.is_dir() and not any(target.iterdir()):
        target.rmdir()
    source.rename(target.with_name("restored.env") if target.name == contents.SETTINGS else target)
