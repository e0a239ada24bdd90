"""`vitrina work`: who takes care of a screen that is dark, and until when."""

from typing import Annotated, Any, Final

import typer

from vitrina_cli.commands.devices import DeviceId, Platform, Source
from vitrina_cli.options import DryRun, Output, api_of
from vitrina_cli.output import Format, say, show

app = typer.Typer(help="Work states: who takes care of a dark screen or site.", no_args_is_help=True)

Kind = Annotated[str, typer.Argument(help="acknowledged, in_repair or closed.")]
Owner = Annotated[str | None, typer.Option("--owner", help="Who takes care.")]
Note = Annotated[str | None, typer.Option("--note", help="What is to be known.")]
Ticket = Annotated[str | None, typer.Option("--ticket", help="Link, http or https.")]
Until = Annotated[str | None, typer.Option("--until", help="When it counts again, like 2026-12-01T08:00:00Z.")]

_COLUMNS: Final = {"PLATFORM": "platform", "SOURCE": "source", "DEVICE ID": "device_id"}


@app.command("set")
def set_work(
    context: typer.Context,
    platform: Platform,
    source: Source,
    device_id: DeviceId,
    kind: Kind,
    owner: Owner = None,
    note: Note = None,
    ticket: Ticket = None,
    until: Until = None,
    *,
    dry_run: DryRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Of one device, which is counted apart from then on."""
    with api_of(context) as api:
        answer = api.ask(
            "PUT /api/registry/v1/work-states/{platform}/{source}/{device_id}",
            platform=platform,
            source=source,
            device_id=device_id,
            json=_work(kind, owner, note, ticket, until),
            query={"dry_run": dry_run},
        )
    show(answer.json()["before"], _COLUMNS, output)


@app.command("end")
def end(
    context: typer.Context, platform: Platform, source: Source, device_id: DeviceId, *, dry_run: DryRun = False
) -> None:
    """The device counts as everything else again."""
    with api_of(context) as api:
        api.ask(
            "DELETE /api/registry/v1/work-states/{platform}/{source}/{device_id}",
            platform=platform,
            source=source,
            device_id=device_id,
            query={"dry_run": dry_run},
        )
    say("The work state can be ended." if dry_run else "The work state is ended.")


@app.command("site")
def site(
    context: typer.Context,
    site: Annotated[str, typer.Argument(help="Name of the site.")],
    kind: Annotated[str, typer.Argument(help="acknowledged, in_repair, closed, or end.")],
    owner: Owner = None,
    note: Note = None,
    ticket: Ticket = None,
    until: Until = None,
    *,
    dry_run: DryRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Of every device that stands at the site now; tells those that changed."""
    work = None if kind == "end" else _work(kind, owner, note, ticket, until)
    with api_of(context) as api:
        body = {"site": site, "work": work}
        answer = api.ask("POST /api/registry/v1/work-states/bulk", json=body, query={"dry_run": dry_run})
    show(answer.json()["before"], _COLUMNS, output)


def _work(kind: str, owner: str | None, note: str | None, ticket: str | None, until: str | None) -> dict[str, Any]:
    return {"kind": kind, "owner": owner, "note": note, "ticket": ticket, "until": until}
