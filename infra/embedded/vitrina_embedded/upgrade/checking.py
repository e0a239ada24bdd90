"""What an upgrade needs, found out while the old version runs."""

import re
import shutil
import subprocess
from typing import Final

from vitrina_embedded.backup.contents import unknown_revisions
from vitrina_embedded.backup.postgres_tools import server_of, table_revisions
from vitrina_embedded.downloads import postgres_bin
from vitrina_embedded.home import Home, read_json
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.supervision import Supervisor
from vitrina_embedded.upgrade import kept_data
from vitrina_embedded.upgrade.release import Release

_ROOM_MB: Final = 1024
"""Beside the copy of the data."""


def check(home: Home, old: Release, new: Release) -> None:
    """Raises:
    Refusal: the upgrade would fail, or there is nothing to upgrade.
    """
    if not home.path.exists() or not Supervisor(home).is_running():
        raise Refusal(f"Vitrina does not run in {home.path}: start the old version by `make up` in {old.root}.")
    if _numbers(new.version) < _numbers(old.version):
        raise Refusal(
            f"{new.root} is version {new.version}, older than {old.version}, which runs: nothing was changed."
        )
    newer = unknown_revisions(table_revisions(server_of(home, int(read_json(home.ports_file)["postgres"]))))
    if newer:
        raise Refusal(f"The tables of {', '.join(newer)} are newer than version {new.version}: take a later version.")
    _check_postgres(home)
    needed, free = kept_data.size(home) // 2**20 + _ROOM_MB, shutil.disk_usage(home.path).free // 2**20
    if free < needed:
        raise Refusal(f"The disk of {home.path} has {free} MB left and the upgrade needs {needed}: free some space.")


def _check_postgres(home: Home) -> None:
    """A server reads no data of another major version."""
    said = subprocess.run([str(postgres_bin() / "postgres"), "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"\d+", said.stdout)
    theirs, ours = (home.postgres / "PG_VERSION").read_text("utf-8").strip(), found.group() if found else ""
    if theirs != ours:
        raise Refusal(
            f"The data are those of PostgreSQL {theirs}, and this version has {ours}: make a backup with the old "
            "version and restore it with this one, which converts them."
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
