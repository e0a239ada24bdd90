"""`python -m vitrina_auth serve` (the default) or `migrate`."""

import argparse

from vitrina_kit.logging import configure_logging
from vitrina_kit.serving import run as run_loop

from vitrina_auth.app import run
from vitrina_auth.migration import migrate
from vitrina_auth.settings import AuthSettings


def main() -> None:
    parser = argparse.ArgumentParser(prog="vitrina_auth", description="Users, roles, sessions and signing keys.")
    parser.add_argument("command", nargs="?", choices=("serve", "migrate"), default="serve")
    command = parser.parse_args().command
    settings = AuthSettings()
    configure_logging("auth", settings.log_level)
    if command == "migrate":
        migrate(settings)
    else:
        run_loop(run(settings))


if __name__ == "__main__":
    main()
