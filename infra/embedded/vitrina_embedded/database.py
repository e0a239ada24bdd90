"""The database and its roles: one for each service with tables, owner of the schema of its name alone."""

import asyncio
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

import asyncpg  # type: ignore[import-untyped]  # ships no type hints

from vitrina_embedded.installation import Installation
from vitrina_embedded.ports import LOOPBACK
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.secret_files import read_secret

DATABASE: Final = "vitrina"
SCHEMAS: Final = ("registry", "auth")


def role(schema: str) -> str:
    return f"vitrina_{schema}"


def url(installation: Installation, schema: str) -> str:
    """Without the password: that goes by file."""
    return f"postgresql+asyncpg://{role(schema)}@{installation.address('postgres')}/{DATABASE}"


def prepare_database(installation: Installation, *, seconds: float) -> None:
    """Waits until PostgreSQL answers, then makes what is missing; roles get the passwords of the secret files.

    Raises:
        Refusal: it does not answer in time, or knows another password.
    """
    try:
        asyncio.run(prepare(LOOPBACK, installation.ports["postgres"], installation.secrets, seconds=seconds))
    except asyncpg.InvalidPasswordError as error:
        raise Refusal(
            f"PostgreSQL does not know the password in {installation.secrets['postgres-password']}: put the file "
            "that belongs to this data back, or run `make wipe` to start anew."
        ) from error
    except (OSError, asyncpg.CannotConnectNowError) as error:
        raise Refusal(
            "PostgreSQL did not start in time: look into its log, then run `make up` again.",
            log=installation.home.log("postgres"),
        ) from error


async def prepare(host: str, port: int, secrets: Mapping[str, Path], *, seconds: float) -> None:
    """Makes the database, a role and a schema for each service, as far as they are missing.

    Raises:
        OSError, asyncpg.CannotConnectNowError: the server did not let us in within this time.
        asyncpg.InvalidPasswordError: its data are older than the secret.
    """
    deadline = time.monotonic() + seconds
    connect = partial(_connect, host, port, read_secret(secrets["postgres-password"]), deadline)
    server = await connect("postgres")
    try:
        for schema in SCHEMAS:
            await _ensure_role(server, role(schema), read_secret(secrets[f"{schema}-database-password"]))
        if not await server.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await server.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await server.close()
    database = await connect(DATABASE)
    try:
        await database.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
        for schema in SCHEMAS:
            await database.execute(f"GRANT CONNECT, CREATE ON DATABASE {DATABASE} TO {role(schema)}")
            await database.execute(f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {role(schema)}")
    finally:
        await database.close()


async def _connect(host: str, port: int, password: str, deadline: float, database: str) -> asyncpg.Connection:
    """Tries until the server, still starting or recovering from a crash, lets us in."""
    while True:
        try:
            return await asyncpg.connect(host=host, port=port, user="postgres", password=password, database=database)
        except (OSError, asyncpg.CannotConnectNowError):
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(0.1)


async def _ensure_role(server: asyncpg.Connection, name: str, password: str) -> None:
    verb = "ALTER" if await server.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name) else "CREATE"
    # The statement takes no parameters; the password is our own, of the URL-safe alphabet.
    await server.execute(f"{verb} ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{password}'")
