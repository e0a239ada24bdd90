"""`python -m vitrina_embedded.upgrade.guard HOME`: brings back the old version when an upgrade fails or is killed.

The upgrade holds the other end of standard input: a word there says that all is done; an end without it is a failure
or a death, and the version in force, whichever that is, is started.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from vitrina_embedded.exclusion import alone
from vitrina_embedded.home import Home
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.upgrade.release import Release, this_release
from vitrina_embedded.upgrade.returning import give_back
from vitrina_embedded.upgrade.waiting_edge import close_waiting_edge

_DONE: Final = b"done"
_LOCK_SECONDS: Final = 30


class Guard:
    """The upgrade's side of it."""

    def __init__(self, home: Home) -> None:
        with home.log("upgrade").open("a", encoding="utf-8") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "vitrina_embedded.upgrade.guard", str(home.path)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,  # what kills the upgrade with all of its group leaves this
            )

    def dismiss(self) -> None:
        self._process.communicate(_DONE)

    def return_to_old(self) -> bool:
        """Whether it runs again."""
        self._process.communicate(b"")
        return self._process.returncode == 0


def settle(home: Home) -> int:
    """Starts the version in force with its data; returns the exit status of its `make up`.

    Raises:
        Refusal: another one is at work.
    """
    with alone(home):
        note = give_back(home)
    status = (Release(note.old) if note else this_release()).start(home)
    close_waiting_edge(home)
    return status


def main(path: str) -> int:
    """Exit status."""
    if sys.stdin.buffer.read() == _DONE:
        return 0
    home, deadline = Home(Path(path)), time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            return settle(home)
        except Refusal as refusal:  # a person's `make up` came first, which does the same
            if time.monotonic() > deadline:
                print(refusal)
                return 1
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
