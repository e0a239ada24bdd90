"""The old version's data, copied while nothing runs, and put back by renaming.

Prometheus' history is not copied: it is large, and what is scraped meanwhile is true whoever scraped it.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vitrina_embedded.home import RUN_ID_VARIABLE, Home
from vitrina_embedded.refusal import Refusal

PLACES: Final = ("postgres", "secrets", "nats", "alertmanager", "gateway", "runtime", "state.json")


def size(home: Home) -> int:
    """Bytes that a copy takes. The old version runs, and may remove any file meanwhile."""
    total = 0
    for path in _files(home):
        with contextlib.suppress(FileNotFoundError):
            total += path.lstat().st_size
    return total


def keep(home: Home, name: str) -> None:
    """Copies everything into the folder `name`, which is there as a whole or not at all.

    Raises:
        Refusal: it cannot be copied.
    """
    unfinished = _unfinished(home, name)
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    sources = [str(home.path / place) for place in PLACES if (home.path / place).exists()]
    done = subprocess.run(
        ["cp", "--archive", "--reflink=auto", "--target-directory", str(unfinished), *sources],
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", RUN_ID_VARIABLE: home.run_id},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Refusal(f"The data could not be copied: {done.stderr.partition(chr(10))[0]}")
    os.sync()  # the folder must not get its name before its files are on the disk
    unfinished.rename(home.path / name)


def put_back(home: Home, name: str) -> None:
    """Whatever was kept takes its place again; may be cut short anywhere and called again.

    What the new version made of the data goes, for it never was in force.
    """
    shutil.rmtree(_unfinished(home, name), ignore_errors=True)
    kept = home.path / name
    if not kept.exists():
        return
    refused = home.path / f"{name}.refused"
    refused.mkdir(mode=0o700, exist_ok=True)
    for place in PLACES:
        if not (kept / place).exists():
            continue
        if (home.path / place).exists():
            (home.path / place).rename(refused / place)
        (kept / place).rename(home.path / place)
    kept.rmdir()
    shutil.rmtree(refused)


def _unfinished(home: Home, name: str) -> Path:
    return home.path / f"{name}.part"


def _files(home: Home) -> Iterator[Path]:
    for place in PLACES:
        path = home.path / place
        if path.is_file():
            yield path
        for folder, _, names in os.walk(path):
            yield from (Path(folder) / name for name in names)
