"""`python -m vitrina_auth serve` (the default) or `migrate`."""

import argparse
import sys
from typing import TypeVar

from pydantic import ValidationError
from vitrina_kit.logging import configure_logging
from vitrina_kit.serving import run as run_loop
from vitrina_kit.settings import ServiceSettings

from vitrina_auth.app import run
from vitrina_auth.migration import migrate
from vitrina_auth.settings import AuthSettings, MigrationSettings

Settings = TypeVar("Settings", bound=ServiceSettings)


def main() -> None:
    parser = argparse.ArgumentParser(prog="vitrina_auth", description="Users, roles, sessions and signing keys.")
    parser.add_argument("command", nargs="?", choices=("serve", "migrate"), default="serve")
    if parser.parse_args().command == "migrate":
        migrate(_configured(MigrationSettings))
    else:
        run_loop(run(_configured(AuthSettings)))


def _configured(settings_type: type[Settings]) -> Settings:
    """The settings, with logging set up by them; ends the process with one sentence when they do not fit."""
    try:
        settings = settings_type()
    except ValidationError as error:
        wrong = (f"VITRINA_{str(item['loc'][0]).upper()} ({item['msg']})" for item in error.errors())
        sys.exit(f"auth cannot start: check {', '.join(wrong)}")
    configure_logging("auth", settings.log_level)
    return settings


if __name__ == "__main__":
    main()
