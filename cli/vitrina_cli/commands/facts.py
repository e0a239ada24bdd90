"""`vitrina facts`: what people know of devices and no vendor tells."""

from typing import Annotated, Final

import typer

from vitrina_cli.commands.devices import DeviceId, Platform, Source
from vitrina_cli.failure import Exit, Failure
from vitrina_cli.options import DryRun, Limit, Output, Yes, api_of, confirm, parse_pairs, read_input
from vitrina_cli.output import Format, say, show, show_one, write

app = typer.Typer(help="Facts of devices: site, address, opening hours, contact.", no_args_is_help=True)

OfPlatform = Annotated[str | None, typer.Option("--platform", help="Of this platform.")]
OfSource = Annotated[str | None, typer.Option("--source", help="Of this source.")]
Facts = Annotated[list[str], typer.Option("--set", help="fact=value, nothing after = clears it; may repeat.")]

_COLUMNS: Final = {
    "PLATFORM": "platform", "SOURCE": "source", "DEVICE ID": "device_id", "SITE": "site", "CITY": "city",
    "ADDRESS": "address", "OPENING HOURS": "opening_hours", "TAGS": "tags", "CONTACT": "contact",
}  # fmt: skip


@app.command("list")
def list_facts(
    context: typer.Context,
    platform: OfPlatform = None,
    source: OfSource = None,
    limit: Limit = None,
    output: Output = Format.TABLE,
) -> None:
    """Devices of which anything is known."""
    query = {"platform": platform, "source": source}
    with api_of(context) as api:
        show(api.pages("GET /api/registry/v1/facts", query=query, limit=limit), _COLUMNS, output)


@app.command("show")
def show_facts(
    context: typer.Context, platform: Platform, source: Source, device_id: DeviceId, output: Output = Format.TABLE
) -> None:
    """Of one device."""
    operation = "GET /api/registry/v1/facts/{platform}/{source}/{device_id}"
    with api_of(context) as api:
        show_one(api.read(operation, platform=platform, source=source, device_id=device_id), output)


@app.command("put")
def put(
    context: typer.Context,
    platform: Platform,
    source: Source,
    device_id: DeviceId,
    facts: Facts,
    *,
    dry_run: DryRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Everything that is known of a device: facts that are not named are cleared. `set` leaves them."""
    with api_of(context) as api:
        answer = api.ask(
            "PUT /api/registry/v1/facts/{platform}/{source}/{device_id}",
            platform=platform,
            source=source,
            device_id=device_id,
            json=parse_pairs(facts, "--set"),
            query={"dry_run": dry_run},
        )
    show_one(answer.json(), output)


@app.command("set")
def set_facts(
    context: typer.Context,
    devices: Annotated[list[str], typer.Argument(help="platform/source/device_id, several at once.")],
    facts: Facts,
    *,
    dry_run: DryRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Sets some facts of some devices; the others stay."""
    body = {"devices": [_device(text) for text in devices], "set": parse_pairs(facts, "--set")}
    with api_of(context) as api:
        answer = api.ask("POST /api/registry/v1/facts/bulk", json=body, query={"dry_run": dry_run})
    show_one(answer.json(), output)


@app.command("delete")
def delete(
    context: typer.Context,
    platform: Platform,
    source: Source,
    device_id: DeviceId,
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Forgets what is known of a device."""
    confirm(f"Forget all facts of {device_id}?", yes=yes or dry_run)
    with api_of(context) as api:
        api.ask(
            "DELETE /api/registry/v1/facts/{platform}/{source}/{device_id}",
            platform=platform,
            source=source,
            device_id=device_id,
            query={"dry_run": dry_run},
        )
    say("The facts can be deleted." if dry_run else "The facts are deleted.")


@app.command("export")
def export(
    context: typer.Context,
    platform: OfPlatform = None,
    source: OfSource = None,
    language: Annotated[str, typer.Option("--language", help="Of the headings: en or ru.")] = "en",
) -> None:
    """A CSV for a spreadsheet, to be changed and imported again."""
    query = {"platform": platform, "source": source, "language": language}
    with api_of(context) as api:
        write(api.ask("GET /api/registry/v1/facts.csv", query=query).text)


@app.command("import")
def import_facts(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="CSV file; - is stdin.")],
    *,
    dry_run: DryRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Takes a CSV: an empty cell clears, a missing column leaves; all lines or none."""
    with api_of(context) as api:
        answer = api.ask(
            "POST /api/registry/v1/facts.csv",
            content=read_input(file).encode(),
            headers={"Content-Type": "text/csv"},
            query={"dry_run": dry_run},
        )
    show_one(answer.json(), output)


def _device(text: str) -> dict[str, str]:
    match text.split("/", 2):
        case [platform, source, device_id]:
            return {"platform": platform, "source": source, "device_id": device_id}
    raise Failure(f"{text}: write a device as platform/source/device_id.", Exit.USAGE)
