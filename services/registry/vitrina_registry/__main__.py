"""`python -m vitrina_registry [serve|migrate]`."""

import sys
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from vitrina_kit.database import run_migrations
from vitrina_kit.logging import configure_logging
from vitrina_kit.serving import run as run_loop
from vitrina_kit.settings import DatabaseSettings

from vitrina_registry.adapters.manifest_files import ManifestError
from vitrina_registry.app import run
from vitrina_registry.settings import RegistrySettings

MIGRATIONS: Final = Path(__file__).parents[1] / "migrations"


def main(arguments: list[str]) -> None:
    match arguments:
        case ["migrate"]:
            configure_logging("registry")
            run_migrations(MIGRATIONS, DatabaseSettings())
        case [] | ["serve"]:
            settings = RegistrySettings()
            configure_logging("registry", settings.log_level)
            run_loop(run(settings))
        case _:
            sys.exit("usage: python -m vitrina_registry [serve|migrate]")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (ValidationError, ManifestError, ValueError, OSError) as error:
        sys.exit(f"registry: {error}")
