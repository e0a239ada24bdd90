"""`vitrina monitoring`: files with which a Prometheus of others adopts Vitrina."""

from pathlib import Path
from typing import Annotated

import typer
from vitrina_embedded.outside import FUNCTIONS_OFF, outside_files, write_outside_files
from vitrina_embedded.settings import load_settings

from vitrina_cli.commands.machine import in_words
from vitrina_cli.output import say
from vitrina_cli.settings import DEFAULT_URL


def monitoring(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the files are written; vitrina-*.yml in it are replaced.")],
    token_file: Annotated[
        Path, typer.Option("--token-file", help="Where their Prometheus will find an API token: a path over there.")
    ] = Path("/etc/prometheus/vitrina-token"),
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", help="Authority of Vitrina's certificate: a path over there.")
    ] = None,
) -> None:
    """Files for a Prometheus and an Alertmanager of your own: whom to scrape, rules, routes, by the settings here."""
    with in_words():
        files = outside_files(load_settings(), context.obj.url or DEFAULT_URL, token_file, ca_file)
        write_outside_files(folder, files)
    say(f"{len(files)} files are written to {folder}: its README.md says where each belongs.")
    say("These functions are off with a Prometheus of your own:")
    for function in FUNCTIONS_OFF:
        say(f"- {function}")
