"""A real PostgreSQL for a test session: one server, a database of its own for whoever asks."""

import os
import pwd
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import make_url

from vitrina_kit.settings import DatabaseSettings
from vitrina_kit.testing.ports import free_port
from vitrina_kit.testing.tools import postgres_binaries

_OPTIONS = ("fsync=off", "max_connections=100", "shared_buffers=32MB", "listen_addresses=127.0.0.1")


@dataclass
class PostgresServer:
    """Can be stopped and started again; without fsync, since only processes die in tests, not machines."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    numbers: Iterator[int] = field(default_factory=count)

    def initialise(self) -> None:
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in (self.folder, data):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        options = ["--pgdata", str(data), "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        self._run("initdb", *options, "--no-sync")

    def start(self) -> None:
        settings = [part for option in _OPTIONS for part in ("-c", option)]
        command = [*_as_ordinary_user(), str(postgres_binaries() / "postgres"), "-D", str(self.folder / "data")]
        self.process = subprocess.Popen(  # noqa: S603 - our own binary
            [*command, "-p", str(self.port), "-k", "", *settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 20
        while not self._answers():
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            time.sleep(0.05)  # pg_isready offers nothing to wait on

    def stop(self) -> None:
        """A fast shutdown: open transactions are rolled back, connections closed."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)

    def new_database(self, role: str) -> DatabaseSettings:
        """An empty database that the role owns."""
        name = f"{role}_{next(self.numbers)}"
        self.query(
            f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            f"CREATE DATABASE {name} OWNER {role}",
        )
        return DatabaseSettings(
            database_url=f"postgresql+asyncpg://{role}@127.0.0.1:{self.port}/{name}", database_password_file=None
        )

    def query(self, *statements: str) -> None:
        """Runs statements as the superuser."""
        commands = [part for statement in statements for part in ("-c", statement)]
        self._run("psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-v", "ON_ERROR_STOP=1", *commands)

    def dump(self, settings: DatabaseSettings) -> str:
        """All of a database as SQL, which is what lies in a backup before that is encrypted."""
        name = make_url(settings.database_url).database
        command = [str(postgres_binaries() / "pg_dump"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]
        return subprocess.run([*command, str(name)], check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own binary

    def _answers(self) -> bool:
        command = [str(postgres_binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0  # noqa: S603 - our own binary

    def _run(self, program: str, *arguments: str) -> None:
        command = [*_as_ordinary_user(), str(postgres_binaries() / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)  # noqa: S603 - our own binary


def _as_ordinary_user() -> list[str]:
    """PostgreSQL refuses root: it runs as nobody then, who may still pass folders like /root on the way to it."""
    if os.getuid() != 0:
        return []
    nobody = pwd.getpwnam("nobody")
    user = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    way = ["--securebits=+no_setuid_fixup", "--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search"]
    return ["setpriv", *user, *way]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory(prefix="vitrina-postgres-") as folder:
        server = PostgresServer(Path(folder))
        server.initialise()
        server.start()
        yield server
        server.stop()
