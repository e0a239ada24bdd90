"""Brings the tables of each service to this version; asks nothing of a database that is there already.

The services' migrations take seconds even when there is nothing to do. So those that a database has seen are noted
beside its data, where the note is lost together with the data.
"""

import hashlib
import os
import subprocess

from vitrina_embedded.backup.contents import unknown_revisions
from vitrina_embedded.backup.postgres_tools import server_of, table_revisions
from vitrina_embedded.home import ROOT, RUN_ID_VARIABLE
from vitrina_embedded.installation import Installation
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.service_processes import migrations


def is_migrated(installation: Installation) -> bool:
    note = installation.home.postgres / "vitrina-migrated"
    return note.exists() and note.read_text("utf-8") == _digest()


def migrate(installation: Installation) -> None:
    """Both schemas at once; they have nothing to do with each other.

    Raises:
        Refusal: a migration failed; names the service and the log.
    """
    if is_migrated(installation):
        return
    running = []
    for name, command, environment in migrations(installation):
        log = installation.home.log(f"{name}-migrate")
        with log.open("w", encoding="utf-8") as output:
            passed_on = {
                "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
                "LC_ALL": "C.UTF-8",
                RUN_ID_VARIABLE: installation.home.run_id,
            }
            told = {**passed_on, **environment}
            running.append((name, log, subprocess.Popen(command, cwd=ROOT, env=told, stdout=output, stderr=output)))
    failed = [(name, log) for name, log, process in running if process.wait() != 0]
    if failed:
        name, log = failed[0]
        if newer := _made_by_a_newer_version(installation):
            raise Refusal(
                f"The tables of {' and '.join(newer)} were made by a newer version: run `make up` in its folder."
            )
        raise Refusal(f"The tables of the service {name} could not be brought to this version: see its log.", log=log)
    (installation.home.postgres / "vitrina-migrated").write_text(_digest(), encoding="utf-8")


def _made_by_a_newer_version(installation: Installation) -> list[str]:
    """Schemas; none also when that cannot be asked, as of a database without tables."""
    try:
        return unknown_revisions(table_revisions(server_of(installation.home, installation.ports["postgres"])))
    except Refusal:
        return []


def _digest() -> str:
    total = hashlib.sha256()
    for path in sorted(ROOT.glob("services/*/migrations/**/*.py")):
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()
