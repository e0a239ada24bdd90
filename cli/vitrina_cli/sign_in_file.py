"""Sign-ins of this person, one for each Vitrina, in a file that its owner alone may read.

A refresh token is good once: whoever uses it writes its successor before anybody else may look, hence the lock.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from vitrina_cli.failure import Exit, Failure


@dataclass(frozen=True)
class SignIn:
    """`cookie` is the refresh token's name and value; `expires_at` is the access token's, in Unix seconds."""

    url: str
    username: str
    cookie: tuple[str, str]
    access_token: str
    expires_at: float


class SignInFile:
    """Raises `Failure` when the folder cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "sign-ins.json"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else reads or writes meanwhile."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Failure(f"{self._folder} cannot be written: {error.strerror}.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def last_url(self) -> str | None:
        """Of the newest sign-in."""
        return next(reversed(self._read()), None)

    def get(self, url: str) -> SignIn | None:
        return self._read().get(url)

    def put(self, sign_in: SignIn) -> None:
        others = {url: kept for url, kept in self._read().items() if url != sign_in.url}
        self._write({**others, sign_in.url: sign_in})

    def update(self, sign_in: SignIn) -> None:
        """As `put`, but it does not become the newest."""
        self._write({**self._read(), sign_in.url: sign_in})

    def forget(self, url: str) -> None:
        self._write({other: kept for other, kept in self._read().items() if other != url})

    def _read(self) -> dict[str, SignIn]:
        try:
            records = json.loads(self._path.read_text(encoding="utf-8"))
            sign_ins = [SignIn(**record) for record in records]
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError) as error:
            raise Failure(
                f"{self._path} cannot be read: delete it and run `vitrina login`.", Exit.NOT_SIGNED_IN
            ) from error
        return {each.url: replace(each, cookie=(each.cookie[0], each.cookie[1])) for each in sign_ins}

    def _write(self, sign_ins: dict[str, SignIn]) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump([asdict(each) for each in sign_ins.values()], file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
