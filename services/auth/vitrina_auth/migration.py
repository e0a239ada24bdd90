"""Brings the schema `auth` to the newest version."""

from pathlib import Path
from typing import Final

from vitrina_kit.migrations import run_migrations
from vitrina_kit.settings import DatabaseSettings

FOLDER: Final = Path(__file__).resolve().parent.parent / "migrations"
"""Beside the package: images and the embedded way both keep the folder of the service whole."""


def migrate(settings: DatabaseSettings) -> None:
    run_migrations(FOLDER, settings)
