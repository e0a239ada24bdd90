"""pg_dump and pg_restore against a server of an installation; the password goes by file."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from vitrina_embedded import postgres
from vitrina_embedded.database import DATABASE, SCHEMAS
from vitrina_embedded.downloads import postgres_bin
from vitrina_embedded.home import Home, write_private
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.secret_files import read_secret


def dump(home: Home, port: int, target: Path) -> None:
    """Both schemas at one instant, while everybody works on.

    Raises:
        Refusal: it failed; says why.
    """
    schemas = [f"--schema={schema}" for schema in SCHEMAS]
    _run(home, port, "pg_dump", ["--format=custom", *schemas, f"--file={target}", DATABASE])


def load(home: Home, port: int, source: Path) -> None:
    """Into a database with its roles and without tables; all or nothing.

    Raises:
        Refusal: it failed; says why.
    """
    options = ["--clean", "--if-exists", "--exit-on-error", "--single-transaction"]
    _run(home, port, "pg_restore", [*options, f"--dbname={DATABASE}", str(source)])


def table_revisions(home: Home, port: int) -> dict[str, str]:
    """Newest migration of each schema."""
    query = " UNION ALL ".join(f"SELECT '{name}', version_num FROM {name}.alembic_version" for name in SCHEMAS)  # noqa: S608 - our own names
    answer = _run(
        home, port, "psql", ["--no-align", "--tuples-only", "--field-separator= ", f"--command={query}", DATABASE]
    )
    return dict(line.split(" ", 1) for line in answer.split("\n") if line)


def _run(home: Home, port: int, program: str, arguments: Sequence[str]) -> str:
    with _password_file(home, port) as file:
        command = [str(postgres_bin() / program), f"--host={LOOPBACK}", f"--port={port}", "--username=postgres"]
        done = subprocess.run(
            [*command, "--no-password", *arguments],
            env={**postgres.environment(home), "PGPASSFILE": str(file)},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise Refusal(f"{program} failed: {done.stderr.partition(chr(10))[0]}")
    return done.stdout


@contextmanager
def _password_file(home: Home, port: int) -> Iterator[Path]:
    file = home.run / "pgpass"
    write_private(file, f"{LOOPBACK}:{port}:*:postgres:{read_secret(home.secrets / 'postgres-password')}\n")
    try:
        yield file
    finally:
        file.unlink()
