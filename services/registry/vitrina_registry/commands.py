"""What `python -m vitrina_registry` does."""

import argparse
import asyncio
import sys

from vitrina_kit.configured import configured
from vitrina_kit.serving import run as run_loop

from vitrina_registry.adapters.manifest_files import ManifestError
from vitrina_registry.app import run
from vitrina_registry.rotation import rotate_keys
from vitrina_registry.settings import MigrationSettings, RegistrySettings, RotationSettings


def main() -> None:
    parser = argparse.ArgumentParser(prog="vitrina_registry", description="What should run: exporters and sources.")
    parser.add_argument("command", nargs="?", choices=("serve", "migrate", "rotate-keys"), default="serve")
    command = parser.parse_args().command
    if command == "migrate":
        from vitrina_registry.migration import migrate  # noqa: PLC0415 - Alembic is a tenth of a second of each start

        migrate(configured("registry", MigrationSettings))
        return
    try:
        if command == "rotate-keys":
            _rotate()
        else:
            run_loop(run(configured("registry", RegistrySettings)))
    except (ManifestError, OSError, ValueError) as error:
        sys.exit(f"registry cannot start: {error}")


def _rotate() -> None:
    """Ends with 1 when a credential stayed behind: its key must not be thrown away, or it is sent again."""
    done = asyncio.run(rotate_keys(configured("registry", RotationSettings)))
    sys.stdout.write(f"{done.rotated} credentials are under the first key of the file now.\n")
    if done.unreadable:
        sys.exit(f"no key opens: {', '.join(done.unreadable)}; send these again")
