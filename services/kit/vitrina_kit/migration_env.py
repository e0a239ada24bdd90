"""What the Alembic environments of the services have in common: one schema each, version table inside it."""

import asyncio

from alembic import context
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.schema import CreateSchema


def migrate_online(metadata: MetaData, schema: str) -> None:
    """Runs the migrations of one schema; called by a service's `migrations/env.py`."""
    asyncio.run(_migrate(metadata, schema))


async def _migrate(metadata: MetaData, schema: str) -> None:
    engine = create_async_engine(context.config.attributes["database_url"])
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run, metadata, schema)
            await connection.commit()
    finally:
        await engine.dispose()


def _run(connection: Connection, metadata: MetaData, schema: str) -> None:
    _create_schema(connection, schema)
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema=schema,
        include_schemas=True,
        include_name=lambda name, kind, _parents: kind != "schema" or name == schema,
    )
    with context.begin_transaction():
        # Two migrations at once would both find nothing done: the second waits here.
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:schema))"), {"schema": schema})
        context.run_migrations()


def _create_schema(connection: Connection, schema: str) -> None:
    known = connection.execute(text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": schema}).first()
    if known is None:
        connection.execute(CreateSchema(schema))
    connection.commit()
