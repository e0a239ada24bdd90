"""`vitrina availability`: how long devices were on, over closed days."""

from typing import Annotated, Final

import typer

from vitrina_cli.files import STDOUT, FileForm, Language, SheetFormat, ToFile, write_file
from vitrina_cli.options import Limit, Output, api_of
from vitrina_cli.output import Format, show

app = typer.Typer(help="How long devices were on, in seconds, over closed days.", no_args_is_help=True)

First = Annotated[str, typer.Option("--from", help="First day, as 2026-03-01, of UTC.")]
Last = Annotated[str, typer.Option("--to", help="Last day, included.")]
Group = Annotated[str, typer.Option("--group", help="source, site or device.")]
OfSource = Annotated[str | None, typer.Option("--source", help="Of this source.")]

_COLUMNS: Final = {
    "PLATFORM": "platform", "SOURCE": "source", "SITE": "site", "DEVICE ID": "device_id", "DEVICES": "devices",
    "ONLINE": "online", "OFFLINE": "offline", "CLOSED": "planned", "UNKNOWN": "unknown",
    "NOT MEASURED": "not_measured", "SHARE": "online_share",
}  # fmt: skip


@app.command("show")
def show_availability(
    context: typer.Context,
    first: First,
    last: Last,
    group: Group = "source",
    source: OfSource = None,
    limit: Limit = None,
    output: Output = Format.TABLE,
) -> None:
    """Sums by source, site or device."""
    query = {"from": first, "to": last, "group": group, "source": source}
    with api_of(context) as api:
        show(api.pages("GET /api/registry/v1/availability", query=query, limit=limit), _COLUMNS, output)


@app.command("export")
def export(
    context: typer.Context,
    first: First,
    last: Last,
    group: Group = "source",
    source: OfSource = None,
    *,
    language: Language = "en",
    form: FileForm = SheetFormat.CSV,
    file: ToFile = STDOUT,
) -> None:
    """The whole report as a CSV or a workbook for a spreadsheet."""
    query = {"from": first, "to": last, "group": group, "source": source, "language": language}
    operations = {
        SheetFormat.CSV: "GET /api/registry/v1/availability.csv",
        SheetFormat.XLSX: "GET /api/registry/v1/availability.xlsx",
    }
    with api_of(context) as api:
        write_file(api.ask(operations[form], query=query).content, file, form)
