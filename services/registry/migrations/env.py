from alembic import context
from vitrina_kit.database import database_url
from vitrina_kit.migration_env import migrate_online
from vitrina_kit.settings import DatabaseSettings
from vitrina_registry.adapters.tables import SCHEMA, Table

if "database_url" not in context.config.attributes:
    context.config.attributes["database_url"] = database_url(DatabaseSettings())

migrate_online(Table.metadata, SCHEMA)
