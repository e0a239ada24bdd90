"""Alembic, for the command `migrate` alone: who serves does not load it."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from vitrina_kit.database import database_url
from vitrina_kit.settings import DatabaseSettings


def run_migrations(folder: Path, settings: DatabaseSettings) -> None:
    """Brings a service's schema to its newest version. `folder` holds Alembic's `env.py` and `versions/`."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["database_url"] = database_url(settings)
    command.upgrade(config, "head")
