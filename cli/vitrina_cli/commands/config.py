"""`vitrina config`: the settings of the installation on this machine."""

from typing import Final

import typer
from vitrina_embedded.network import check_exposure
from vitrina_embedded.refusal import Refusal
from vitrina_embedded.settings import Settings, load_settings
from vitrina_embedded.settings_report import effective, unknown_names

from vitrina_cli.failure import Exit, Failure
from vitrina_cli.options import Output
from vitrina_cli.output import Format, say, show

app = typer.Typer(help="Settings of the installation on this machine: environment and .env.", no_args_is_help=True)

_COLUMNS: Final = {"NAME": "name", "VALUE": "value", "FROM": "origin"}


@app.command("show")
def show_settings(output: Output = Format.TABLE) -> None:
    """The settings in force and where each comes from; secrets are masked."""
    show([vars(each) for each in effective(_load())], _COLUMNS, output)


@app.command("check")
def check() -> None:
    """Whether `make up` would take them, and names that nobody reads."""
    settings = _load()
    try:
        check_exposure(settings)
    except Refusal as refusal:
        raise Failure(str(refusal), Exit.INVALID) from refusal
    if unknown := unknown_names():
        raise Failure(f"Nobody reads {', '.join(unknown)}: compare with .env.example.", Exit.INVALID)
    say("The settings fit.")


def _load() -> Settings:
    try:
        return load_settings()
    except Refusal as refusal:
        raise Failure(str(refusal), Exit.INVALID) from refusal
