"""PostgreSQL's data folder, and the user it runs as.

PostgreSQL refuses to run as root. Started by root it runs as `nobody`, who may not pass through folders like /root;
opening those folders would change the machine of the one who only tries Vitrina. Instead the process keeps one
capability, to read and pass what is closed to it (`no_setuid_fixup` makes access(2) honour it), only when the way is
closed. Its data folder lies inside one that root alone may enter, so another process of `nobody` does not reach it.
"""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Final

from vitrina_embedded.downloads import postgres_bin
from vitrina_embedded.home import RUN_ID_VARIABLE, Home
from vitrina_embedded.refusal import Refusal

_CAP_DAC_OVERRIDE: Final = 1
_CAP_DAC_READ_SEARCH: Final = 2


def setpriv_options(home: Home) -> list[str]:
    """Arguments of setpriv for every program of PostgreSQL; none for an ordinary user."""
    if os.getuid() != 0:
        return []
    uid, gid = _owner(home)
    options = [f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
    if _open_to_all(home.path) and _open_to_all(postgres_bin()):
        return options
    capability = "dac_read_search" if _may(_CAP_DAC_READ_SEARCH) else "dac_override"
    if capability == "dac_override" and not _may(_CAP_DAC_OVERRIDE):
        raise Refusal("Root has too few rights here to run PostgreSQL: run `make up` as an ordinary user.")
    return [
        *options,
        "--securebits=+no_setuid_fixup",
        f"--inh-caps=-all,+{capability}",
        f"--ambient-caps=+{capability}",
    ]


def create_cluster(home: Home, password_file: Path) -> None:
    """Makes the data folder unless there is one; a try that did not get to its end leaves none.

    Raises:
        Refusal: initdb failed.
    """
    if (home.postgres / "PG_VERSION").exists():
        return
    fresh = home.path / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if os.getuid() == 0:
        os.chown(fresh, *_owner(home))
    initdb = [
        str(postgres_bin() / "initdb"),
        "--pgdata",
        str(fresh),
        "--username=postgres",
        f"--pwfile={password_file}",
    ]
    options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--set=max_connections=60"]
    command = ["setpriv", *setpriv_options(home), *initdb, *options]
    log = home.log("initdb")
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(command, env=environment(home), stdout=output, stderr=output, check=False)
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise Refusal(
            "PostgreSQL could not make its data folder: look into its log, then run `make up` again.", log=log
        )
    if home.postgres.exists():
        home.postgres.rmdir()
    fresh.rename(home.postgres)


def environment(home: Home) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", RUN_ID_VARIABLE: home.run_id}


def drop_stale_pid(home: Home) -> None:
    """Once the leftovers are ended a pid file names a process that is no more; the number may be another's."""
    (home.postgres / "postmaster.pid").unlink(missing_ok=True)


def _owner(home: Home) -> tuple[int, int]:
    """An ordinary user's data stays that user's; else nobody's, the one account that every machine has."""
    if home.postgres.exists() and home.postgres.stat().st_uid != 0:
        about = home.postgres.stat()
        return about.st_uid, about.st_gid
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _open_to_all(path: Path) -> bool:
    """Whether everybody may pass through every folder on the way."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in [path, *path.parents] if folder.exists())


def _may(capability: int) -> bool:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    permitted = next(line.split()[1] for line in status.splitlines() if line.startswith("CapPrm"))
    return bool(int(permitted, 16) >> capability & 1)
