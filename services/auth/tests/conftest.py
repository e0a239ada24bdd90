"""A whole auth on a real database, asked over HTTP in process."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text
from vitrina_auth.app import Auth, create_auth
from vitrina_auth.migration import migrate
from vitrina_auth.settings import AuthSettings
from vitrina_auth.testing.clock import MovableClock
from vitrina_auth.testing.people import ADMIN_PASSWORD, HERE, MakePerson, MakeUser, Person, Rows, password_of
from vitrina_auth.use_cases.first_admin import ensure_first_admin
from vitrina_auth.use_cases.keys import rotate_keys
from vitrina_kit.settings import DatabaseSettings
from vitrina_kit.testing.postgres import PostgresServer, postgres_server  # noqa: F401 - a fixture

FILLED = ("users", "signing_keys", "audit", "clients", "attempts", "revocations")
"""Tables to empty; what belongs to users goes along."""


@pytest.fixture(scope="session")
def database(postgres_server: PostgresServer) -> DatabaseSettings:  # noqa: F811 - the fixture imported above
    settings = postgres_server.new_database("vitrina_auth")
    migrate(settings)
    return settings


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def settings(database: DatabaseSettings, tmp_path: Path) -> AuthSettings:
    key = tmp_path / "secret-key"
    key.write_bytes(Fernet.generate_key())
    password = tmp_path / "admin-password"
    password.write_text(f"{ADMIN_PASSWORD}\n")
    return AuthSettings(
        database_url=database.database_url,
        database_password_file=database.database_password_file,
        secret_key_file=key,
        admin_password_file=password,
        refresh_cookie_secure=False,
        argon2_memory_kib=19456,
    )


@pytest.fixture
async def empty_auth(settings: AuthSettings, clock: MovableClock) -> AsyncIterator[Auth]:
    made = create_auth(settings, clock)
    async with made.engine.begin() as connection:
        await connection.execute(text(f"TRUNCATE {', '.join(f'auth.{name}' for name in FILLED)} CASCADE"))
        await connection.execute(text("UPDATE auth.audit_chain SET anchor = head, entries = 0"))
    yield made
    await made.close()


@pytest.fixture
async def auth(empty_auth: Auth) -> Auth:
    """Holds the first admin and the first key."""
    await rotate_keys(empty_auth.parts)
    await ensure_first_admin(empty_auth.parts, ADMIN_PASSWORD)
    return empty_auth


@pytest.fixture
async def person(auth: Auth) -> AsyncIterator[MakePerson]:
    clients: list[httpx.AsyncClient] = []

    def make(address: str = HERE) -> Person:
        transport = httpx.ASGITransport(auth.api, client=(address, 40000))
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://vitrina.local"))
        return Person(clients[-1])

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
async def admin(person: MakePerson) -> Person:
    somebody = person()
    assert (await somebody.sign_in("admin", ADMIN_PASSWORD)).status_code == 200
    return somebody


@pytest.fixture
def signed_in_user(admin: Person, person: MakePerson) -> MakeUser:
    async def make(username: str, role: str = "manager", sources: list[str] | None = None) -> Person:
        body: dict[str, Any] = {"username": username, "password": password_of(username), "role": role}
        body |= {"sources": sources or []} if role == "manager" else {}
        assert (await admin.ask("POST", "/users", json=body)).status_code == 201
        somebody = person()
        assert (await somebody.sign_in(username, password_of(username))).status_code == 200
        return somebody

    return make


@pytest.fixture
def rows(auth: Auth) -> Rows:
    async def query(sql: str) -> list[dict[str, Any]]:
        async with auth.engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(text(sql))).mappings()]

    return query
