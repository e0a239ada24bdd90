"""Alembic's environment of the schema `auth`, for `python -m vitrina_auth migrate` and for Alembic's own commands."""

from alembic import context
from vitrina_auth.adapters.tables import SCHEMA, AuthTable
from vitrina_kit.database import database_url
from vitrina_kit.migration_env import migrate_online
from vitrina_kit.settings import DatabaseSettings

if "database_url" not in context.config.attributes:
    context.config.attributes["database_url"] = database_url(DatabaseSettings())

migrate_online(AuthTable.metadata, SCHEMA)
