"""Backup and restore of an installation of containers: the archive of the embedded way, by the one-shot `backup`.

What NATS, Alertmanager and the gateway keep is copied first and for itself (`stage`), because NATS has to stand still
meanwhile, which only somebody with the engine can bring about. The archive goes to standard output; the passphrase is
the first line of standard input, and when restoring, the archive follows it.
"""

import os
import shutil
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from vitrina_embedded.backup import contents, postgres_tools
from vitrina_embedded.backup.archive import copy, pack, unpack
from vitrina_embedded.backup.contents import About
from vitrina_embedded.backup.history import snapshot
from vitrina_embedded.backup.postgres_tools import Server
from vitrina_embedded.home import ROOT
from vitrina_embedded.refusal import Refusal

from vitrina_compose.places import DATA, HOME, STAGING, USER

_SHORTEST_PASSPHRASE: Final = 12
_PROMETHEUS: Final = "http://prometheus-inside:9090"


def stage() -> None:
    """Copies what lies beside the database; of no use without `seal`."""
    _clear()
    for name in contents.FOLDERS:
        copy(DATA / name, STAGING / name)


def seal(source: BinaryIO, target: BinaryIO, *, history: bool) -> None:
    """Writes the archive, of what was staged and the database of now.

    Raises:
        Refusal: a part cannot be read, or the passphrase is too short.
    """
    passphrase = _passphrase(source)
    server = _server()
    about = About(
        made_at=datetime.now(UTC),
        version=os.environ["VITRINA_VERSION"],
        revisions=postgres_tools.table_revisions(server),
        history=history,
    )
    (STAGING / contents.ABOUT).write_text(about.model_dump_json(), encoding="utf-8")
    postgres_tools.dump(server, STAGING / contents.DATABASE)
    parts = [(name, STAGING / name) for name in (contents.ABOUT, contents.DATABASE, *contents.FOLDERS)]
    parts += [(contents.SECRETS, HOME.secrets), (contents.SETTINGS, ROOT / "release" / ".env")]
    with ExitStack() as stack:
        if history:
            blocks = stack.enter_context(snapshot(_PROMETHEUS, DATA / contents.HISTORY))
            parts.append((contents.HISTORY, blocks))
        pack(target, passphrase, parts)
    _clear()


def put(source: BinaryIO) -> About:
    """Everything but the database, into an installation without secrets; the dump waits for `load`.

    Raises:
        Refusal: there are secrets already, or the archive is not a whole backup of ours.
    """
    if any(HOME.secrets.iterdir()):
        raise Refusal(
            "This installation has secrets already, and a restore wants an empty one: choose another "
            "COMPOSE_PROJECT_NAME, or delete this one (infra/compose/README.md)."
        )
    _clear()
    about = unpack(source, _passphrase(source), STAGING)
    for name in (*contents.FOLDERS, contents.HISTORY):
        if (STAGING / name).exists() and (DATA / name).exists():
            shutil.copytree(STAGING / name, DATA / name, dirs_exist_ok=True)
            shutil.rmtree(STAGING / name)
            for path in (DATA / name).rglob("*"):
                os.chown(path, USER, USER)
    shutil.copytree(STAGING / contents.SECRETS, HOME.secrets, dirs_exist_ok=True)  # last: they say that it is restored
    shutil.rmtree(STAGING / contents.SECRETS)
    return about


def load() -> None:
    """The dump that `put` has left, into the database that is there by now.

    Raises:
        Refusal: there is none, or it cannot be loaded.
    """
    dump = STAGING / contents.DATABASE
    if not dump.exists():
        raise Refusal("There is nothing to load: `put` comes first.")
    postgres_tools.load(_server(), dump)
    _clear()


def _passphrase(source: BinaryIO) -> str:
    given = source.readline().decode().rstrip("\r\n")
    if len(given) < _SHORTEST_PASSPHRASE:
        raise Refusal(f"The passphrase, the first line of the input, needs at least {_SHORTEST_PASSPHRASE} characters.")
    return given


def _server() -> Server:
    programs = Path("/usr/lib/postgresql/17/bin")
    return Server("postgres", 5432, HOME.secrets / "postgres-password", programs, STAGING)


def _clear() -> None:
    STAGING.mkdir(mode=0o700, exist_ok=True)
    for entry in STAGING.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def standard_output() -> BinaryIO:
    """The archive goes there, so nothing else may."""
    binary = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return binary
