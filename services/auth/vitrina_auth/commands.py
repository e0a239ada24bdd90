"""What `python -m vitrina_auth` does."""

import argparse

from vitrina_kit.configured import configured
from vitrina_kit.serving import run as run_loop

from vitrina_auth.app import run
from vitrina_auth.settings import AuthSettings, MigrationSettings


def main() -> None:
    parser = argparse.ArgumentParser(prog="vitrina_auth", description="Users, roles, sessions and signing keys.")
    parser.add_argument("command", nargs="?", choices=("serve", "migrate"), default="serve")
    if parser.parse_args().command == "migrate":
        from vitrina_auth.migration import migrate  # noqa: PLC0415 - Alembic is a tenth of a second of each start

        migrate(configured("auth", MigrationSettings))
    else:
        run_loop(run(configured("auth", AuthSettings)))
