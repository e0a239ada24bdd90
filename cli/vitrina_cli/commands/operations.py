"""`vitrina operations`: the removal of series of what was deleted."""

from typing import Annotated, Final

import typer

from vitrina_cli.options import Limit, Output, Yes, api_of, confirm
from vitrina_cli.output import Format, show, show_one

app = typer.Typer(help="Removal of the series of what was deleted.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="Its number, as `vitrina operations list` tells it.")]

_COLUMNS: Final = {
    "ID": "id", "KIND": "kind", "STATE": "state", "PLATFORM": "platform", "EXPORTER": "exporter", "SOURCE": "source",
    "DUE": "due_at", "SERIES": "series", "ENDED": "ended_at", "REASON": "reason",
}  # fmt: skip


@app.command("list")
def list_operations(
    context: typer.Context,
    state: Annotated[list[str] | None, typer.Option("--state", help="pending, failed, ...; may repeat.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="Of this source.")] = None,
    limit: Limit = None,
    output: Output = Format.TABLE,
) -> None:
    """The newest first."""
    query = {"state": state, "source": source}
    with api_of(context) as api:
        show(api.pages("GET /api/registry/v1/operations", query=query, limit=limit), _COLUMNS, output)


@app.command("storage")
def storage(context: typer.Context, output: Output = Format.TABLE) -> None:
    """How much Prometheus has stored, how it grows, and for how many days that goes on."""
    with api_of(context) as api:
        show_one(api.read("GET /api/v1/storage"), output)


@app.command("cancel")
def cancel(context: typer.Context, number: Number, output: Output = Format.TABLE) -> None:
    """The series stay, and the source's name is free."""
    with api_of(context) as api:
        show_one(api.ask("POST /api/registry/v1/operations/{number}/cancel", number=str(number)).json(), output)


@app.command("run")
def run(context: typer.Context, number: Number, *, yes: Yes = False, output: Output = Format.TABLE) -> None:
    """Removes the series now, without the rest of the grace."""
    confirm(f"Remove the series of operation {number} now? They cannot be brought back.", yes=yes)
    with api_of(context) as api:
        show_one(api.ask("POST /api/registry/v1/operations/{number}/run", number=str(number)).json(), output)
