"""Processes of this installation that nobody supervises: after a crash, or exporters whose orchestrator is gone.

They are known by the mark in their environment, so that never anybody else's process is ended.
"""

import contextlib
from collections.abc import Iterator

import psutil

from vitrina_embedded.home import RUN_ID_VARIABLE, Home

_GRACE_SECONDS = 8


def end_leftovers(home: Home) -> int:
    """Ends them, politely first; how many there were."""
    ended = 0
    while found := list(_marked(home)):  # a process may start another while it is being ended
        ended += len(found)
        for process in found:
            with contextlib.suppress(psutil.Error):
                process.terminate()
        _, alive = psutil.wait_procs(found, timeout=_GRACE_SECONDS)
        for process in alive:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(alive, timeout=_GRACE_SECONDS)
    return ended


def _marked(home: Home) -> Iterator[psutil.Process]:
    ourselves = {process.pid for process in [psutil.Process(), *psutil.Process().parents()]}
    for process in psutil.process_iter():
        if process.pid in ourselves:
            continue
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and _belongs(process, home):
                yield process


def _belongs(process: psutil.Process, home: Home) -> bool:
    if process.environ().get(RUN_ID_VARIABLE) == home.run_id:
        return True
    # Processes of PostgreSQL write their title over their environment; they all work in its data folder.
    return process.cwd() == str(home.postgres)
