"""One `make up` or `make down` at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from vitrina_embedded.home import Home
from vitrina_embedded.refusal import Refusal


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Raises:
    Refusal: another one is at work.
    """
    path = home.run / "lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            other = file.read().strip() or "unknown"
            raise Refusal(f"Another `make up` or `make down` is at work here (process {other}): wait for it.") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
