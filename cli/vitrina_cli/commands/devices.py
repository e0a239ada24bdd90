"""`vitrina devices`: which screens are dark, since when, and why."""

import json
from typing import Annotated, Any, Final

import typer

from vitrina_cli.files import STDOUT, FileForm, Language, SheetFormat, ToFile, write_file
from vitrina_cli.options import Limit, Output, Since, Until, api_of
from vitrina_cli.output import Format, show, show_one, write

app = typer.Typer(help="Devices: which are dark, since when, and why.", no_args_is_help=True)

Platform = Annotated[str, typer.Argument(help="Platform, like addreality.")]
Source = Annotated[str, typer.Argument(help="Name of the source.")]
DeviceId = Annotated[str, typer.Argument(help="Identity at its platform.")]
Filter = Annotated[list[str] | None, typer.Option(help="May repeat.")]
Sort = Annotated[str, typer.Option("--sort", help="Field, with - before it downwards.")]
Few = Annotated[int, typer.Option("--limit", min=1, help="At most so many.")]

_COLUMNS: Final = {
    "NAME": "name",
    "STATUS": "status",
    "SINCE": "status_since",
    "CAUSE": "cause",
    "PLATFORM": "platform",
    "SOURCE": "source",
    "DEVICE ID": "device_id",
    "SITE": "site",
    "CITY": "city",
    "LAST SEEN": "last_seen",
}
_CHANGES: Final = {
    "AT": "at", "PREVIOUS": "previous", "STATUS": "status", "CAUSE": "cause", "NAME": "name", "SOURCE": "source",
    "DEVICE ID": "device_id",
}  # fmt: skip
_SEGMENTS: Final = {"STATUS": "status", "FROM": "from", "TO": "to"}
_SOURCES: Final = {
    "SOURCE": "source", "PLATFORM": "platform", "UP": "up", "REASON": "reason", "DEVICES": "devices",
    "ONLINE": "online", "OFFLINE": "offline", "UNKNOWN": "unknown", "LAST SUCCESS": "last_success_at",
}  # fmt: skip


@app.command("list")
def list_devices(
    context: typer.Context,
    search: Annotated[str | None, typer.Argument(help="Words of name, identity, address.")] = None,
    status: Filter = None,
    platform: Filter = None,
    source: Filter = None,
    cause: Filter = None,
    site: Filter = None,
    city: Filter = None,
    player_version: Filter = None,
    playback: Filter = None,
    activated: Filter = None,
    sort: Sort = "name",
    limit: Limit = None,
    output: Output = Format.TABLE,
) -> None:
    """Devices that fit all filters. `--output csv` is the file that the UI exports."""
    filters = {
        "search": search, "status": status, "platform": platform, "source": source, "cause": cause, "site": site,
        "city": city, "player_version": player_version, "playback": playback, "activated": activated, "sort": sort,
    }  # fmt: skip
    with api_of(context) as api:
        if output is Format.CSV and limit is None:
            write(api.ask("GET /api/v1/devices.csv", query=filters).text)
        else:
            show(api.pages("GET /api/v1/devices", query=filters, limit=limit), _COLUMNS, output)


@app.command("export")
def export(
    context: typer.Context,
    search: Annotated[str | None, typer.Argument(help="Words of name, identity, address.")] = None,
    status: Filter = None,
    platform: Filter = None,
    source: Filter = None,
    cause: Filter = None,
    site: Filter = None,
    city: Filter = None,
    player_version: Filter = None,
    playback: Filter = None,
    activated: Filter = None,
    sort: Sort = "name",
    *,
    language: Language = "en",
    form: FileForm = SheetFormat.CSV,
    file: ToFile = STDOUT,
) -> None:
    """Devices that fit all filters, as the file that the UI exports."""
    filters = {
        "search": search, "status": status, "platform": platform, "source": source, "cause": cause, "site": site,
        "city": city, "player_version": player_version, "playback": playback, "activated": activated, "sort": sort,
        "language": language,
    }  # fmt: skip
    operations = {SheetFormat.CSV: "GET /api/v1/devices.csv", SheetFormat.XLSX: "GET /api/v1/devices.xlsx"}
    with api_of(context) as api:
        write_file(api.ask(operations[form], query=filters).content, file, form)


@app.command("show")
def show_device(
    context: typer.Context,
    platform: Platform,
    source: Source,
    device_id: DeviceId,
    include: Annotated[
        list[str] | None, typer.Option("--include", help="history, neighbours or events; may repeat.")
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """One device, and what its status is concluded from."""
    with api_of(context) as api:
        device = api.read(
            "GET /api/v1/devices/{platform}/{source}/{device_id}",
            platform=platform,
            source=source,
            device_id=device_id,
            query={"include": ",".join(include or [])},
        )
    show_one(device, output)


@app.command("events")
def events(
    context: typer.Context,
    platform: Platform,
    source: Source,
    device_id: DeviceId,
    limit: Few = 20,
    output: Output = Format.TABLE,
) -> None:
    """Its latest changes, the newest first."""
    operation = "GET /api/v1/devices/{platform}/{source}/{device_id}/events"
    with api_of(context) as api:
        found = api.read(operation, platform=platform, source=source, device_id=device_id, query={"limit": limit})
    show(found["items"], _CHANGES, output)


@app.command("history")
def history(
    context: typer.Context,
    platform: Platform,
    source: Source,
    device_id: DeviceId,
    since: Since = None,
    until: Until = None,
    output: Output = Format.TABLE,
) -> None:
    """When it was what, for a day unless said otherwise. JSON and YAML hold the sums, too."""
    operation = "GET /api/v1/devices/{platform}/{source}/{device_id}/history"
    with api_of(context) as api:
        found = api.read(
            operation, platform=platform, source=source, device_id=device_id, query={"from": since, "to": until}
        )
    _show_within(found, "segments", _SEGMENTS, output)


@app.command("series")
def series(
    context: typer.Context,
    platform: Platform,
    source: Source,
    device_id: DeviceId,
    metric: Annotated[str, typer.Argument(help="Name of the metric.")],
    since: Since = None,
    until: Until = None,
    step: Annotated[float | None, typer.Option("--step", help="Seconds between two points.")] = None,
    output: Output = Format.JSON,
) -> None:
    """Points of one of its metrics."""
    operation = "GET /api/v1/devices/{platform}/{source}/{device_id}/series"
    query = {"metric": metric, "from": since, "to": until, "step": step}
    with api_of(context) as api:
        show_one(api.read(operation, platform=platform, source=source, device_id=device_id, query=query), output)


@app.command("neighbours")
def neighbours(
    context: typer.Context,
    platform: Platform,
    source: Source,
    device_id: DeviceId,
    limit: Few = 20,
    output: Output = Format.TABLE,
) -> None:
    """Devices at its site: is it the screen, or the shop?"""
    operation = "GET /api/v1/devices/{platform}/{source}/{device_id}/neighbours"
    with api_of(context) as api:
        found = api.read(operation, platform=platform, source=source, device_id=device_id, query={"limit": limit})
    _show_within(found, "items", _COLUMNS, output)


def overview(context: typer.Context, output: Output = Format.TABLE) -> None:
    """Each source with its counts. JSON and YAML hold the whole overview."""
    with api_of(context) as api:
        _show_within(api.read("GET /api/v1/overview"), "sources", _SOURCES, output)


def watch(
    context: typer.Context,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="End after so many events.")] = None,
) -> None:
    """Live: what changes, one JSON object a line, until interrupted."""
    with api_of(context) as api, api.stream("GET /api/v1/stream") as lines:
        kind, told = "", 0
        for line in lines:
            name, _, value = line.partition(":")
            if name == "event":
                kind = value.strip()
            elif name == "data":
                write(json.dumps({"event": kind, "data": json.loads(value)}, ensure_ascii=False))
                told += 1
            if told == limit:
                return


def _show_within(found: dict[str, Any], name: str, columns: dict[str, str], output: Format) -> None:
    """The whole as JSON and YAML, its list as a table and CSV."""
    if output in {Format.TABLE, Format.CSV}:
        show(found[name], columns, output)
    else:
        show_one(found, output)
