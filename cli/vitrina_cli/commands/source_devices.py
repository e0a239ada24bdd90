"""`vitrina sources devices`: which devices a source watches, where its vendor gives no list."""

from typing import Annotated, Any, Final

import typer

from vitrina_cli.options import DryRun, Limit, Output, Revision, api_of, if_match, read_input
from vitrina_cli.output import Format, show

app = typer.Typer(help="Which devices a source watches, where its vendor gives no list.", no_args_is_help=True)

Exporter = Annotated[str, typer.Argument(help="Name of the exporter.")]
Source = Annotated[str, typer.Argument(help="Name of the source.")]
DeviceIds = Annotated[list[str] | None, typer.Argument(help="Identities, as the vendor writes them.")]
DeviceFile = Annotated[str | None, typer.Option("--file", help="A device a line, or a CSV's first column; - is stdin.")]

_LINES: Final = {"LINE": "line", "VALUE": "value", "OUTCOME": "outcome", "DETAIL": "detail"}
_OPERATION: Final = "POST /api/registry/v1/exporters/{name}/sources/{source}/devices"


@app.command("list")
def list_devices(
    context: typer.Context, exporter: Exporter, source: Source, limit: Limit = None, output: Output = Format.TABLE
) -> None:
    """Identities of the devices that are watched."""
    operation = "GET /api/registry/v1/exporters/{name}/sources/{source}/devices"
    with api_of(context) as api:
        identities = api.pages(operation, name=exporter, source=source, limit=limit)
        show(({"device_id": identity} for identity in identities), {"DEVICE ID": "device_id"}, output)


@app.command("add")
def add(
    context: typer.Context,
    exporter: Exporter,
    source: Source,
    device_ids: DeviceIds = None,
    file: DeviceFile = None,
    *,
    accept_shared: Annotated[
        bool, typer.Option("--accept-shared", help="Also those that another source has already.")
    ] = False,
    revision: Revision = None,
    dry_run: DryRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Adds devices: all of them or none."""
    query = {"dry_run": dry_run, "accept_shared": accept_shared}
    content, kind = _lines(device_ids, file)
    with api_of(context) as api:
        report = api.ask(
            _OPERATION,
            name=exporter,
            source=source,
            content=content.encode(),
            headers={**if_match(revision), "Content-Type": kind},
            query=query,
        ).json()
    _show_report(report, output)


@app.command("remove")
def remove(
    context: typer.Context,
    exporter: Exporter,
    source: Source,
    device_ids: Annotated[list[str], typer.Argument(help="Identities.")],
    *,
    revision: Revision = None,
    dry_run: DryRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Removes devices: all of them or none."""
    with api_of(context) as api:
        report = api.ask(
            "DELETE /api/registry/v1/exporters/{name}/sources/{source}/devices",
            name=exporter,
            source=source,
            headers=if_match(revision),
            query={"device_id": device_ids, "dry_run": dry_run},
        ).json()
    _show_report(report, output)


def _lines(device_ids: list[str] | None, file: str | None) -> tuple[str, str]:
    """Text and its media type."""
    typed = "\n".join(device_ids or [])
    if file is None:
        return typed, "text/plain"
    return "\n".join(filter(None, [read_input(file), typed])), "text/csv" if file.endswith(".csv") else "text/plain"


def _show_report(report: dict[str, Any], output: Format) -> None:
    show(report["lines"] if output in {Format.TABLE, Format.CSV} else [report], _LINES, output)
