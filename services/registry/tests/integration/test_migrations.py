"""The migrations make exactly the tables that the code expects."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine
from vitrina_kit.settings import DatabaseSettings
from vitrina_registry.adapters.tables import SCHEMA, Table
from vitrina_registry.migration import migrate


async def test_migrations_and_tables_agree(engine: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {
            "include_schemas": True,
            "include_name": lambda name, kind, _parents: kind != "schema" or name == SCHEMA,
            "include_object": lambda _object, name, kind, *_rest: (kind, name) != ("table", "alembic_version"),
            "compare_type": True,
        }
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Table.metadata))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def test_migrating_twice_changes_nothing(migrated: DatabaseSettings) -> None:
    migrate(migrated)
