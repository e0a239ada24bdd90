"""`python -m vitrina_auth serve` (the default) or `migrate`."""

import argparse

from vitrina_kit.configured import configured
from vitrina_kit.serving import run as run_loop

from vitrina_auth.app import run
from vitrina_auth.migration import migrate
from vitrina_auth.settings import AuthSettings, MigrationSettings


def main() -> None:
    parser = argparse.ArgumentParser(prog="vitrina_auth", description="Users, roles, sessions and signing keys.")
    parser.add_argument("command", nargs="?", choices=("serve", "migrate"), default="serve")
    if parser.parse_args().command == "migrate":
        migrate(configured("auth", MigrationSettings))
    else:
        run_loop(run(configured("auth", AuthSettings)))


if __name__ == "__main__":
    main()
