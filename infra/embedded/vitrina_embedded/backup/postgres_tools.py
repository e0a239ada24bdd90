"""pg_dump and pg_restore against a server of an installation; the password goes by file."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from vitrina_embedded import postgres
from vitrina_embedded.database import DATABASE, SCHEMAS
from vitrina_embedded.downloads import postgres_bin
from vitrina_embedded.home import Home, write_private
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.secret_files import read_secret


@dataclass(frozen=True)
class Server:
    """`programs` is the folder with pg_dump; in `folder`, a private one, lies a file with the password meanwhile."""

    host: str
    port: int
    password_file: Path
    programs: Path
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)


def server_of(home: Home, port: int) -> Server:
    """The one of an embedded installation."""
    password = home.secrets / "postgres-password"
    return Server(LOOPBACK, port, password, postgres_bin(), home.run, postgres.environment(home))


def dump(server: Server, target: Path) -> None:
    """Both schemas at one instant, while everybody works on.

    Raises:
        Refusal: it failed; says why.
    """
    schemas = [f"--schema={schema}" for schema in SCHEMAS]
    _run(server, "pg_dump", ["--format=custom", *schemas, f"--file={target}", DATABASE])


def load(server: Server, source: Path) -> None:
    """Into a database with its roles and without tables; all or nothing.

    Raises:
        Refusal: it failed; says why.
    """
    options = ["--clean", "--if-exists", "--exit-on-error", "--single-transaction"]
    _run(server, "pg_restore", [*options, f"--dbname={DATABASE}", str(source)])


def table_revisions(server: Server) -> dict[str, str]:
    """Newest migration of each schema."""
    query = " UNION ALL ".join(f"SELECT '{name}', version_num FROM {name}.alembic_version" for name in SCHEMAS)  # noqa: S608 - our own names
    answer = _run(
        server, "psql", ["--no-align", "--tuples-only", "--field-separator= ", f"--command={query}", DATABASE]
    )
    return dict(line.split(" ", 1) for line in answer.split("\n") if line)


def _run(server: Server, program: str, arguments: Sequence[str]) -> str:
    with _password_file(server) as file:
        command = [str(server.programs / program), f"--host={server.host}", f"--port={server.port}"]
        done = subprocess.run(
            [*command, "--username=postgres", "--no-password", *arguments],
            env={**server.environment, "PGPASSFILE": str(file)},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise Refusal(f"{program} failed: {done.stderr.partition(chr(10))[0]}")
    return done.stdout


@contextmanager
def _password_file(server: Server) -> Iterator[Path]:
    file = server.folder / "pgpass"
    write_private(file, f"{server.host}:{server.port}:*:postgres:{read_secret(server.password_file)}\n")
    try:
        yield file
    finally:
        file.unlink()
